import type { IMimeBundle } from '../display/bundle';
import { tableBundle } from '../display/table';
import type { ReceivedModule, SharedByMe } from './modules';

const COLUMNS = ['id', 'title', 'version', 'author', 'place', 'what', 'state'];

export function receivedBundle(
  modules: readonly ReceivedModule[],
  problems: readonly string[]
): IMimeBundle {
  const rows = modules.map(each => ({
    ...{ id: each.id, title: each.title, version: each.version },
    ...{ author: each.author, place: each.place, what: each.kind },
    state: each.hasUpdate ? 'newer than yours' : each.state
  }));
  const none = rows.length === 0 ? ['Nothing is shared with you.'] : [];
  return tableBundle(rows, COLUMNS, [...problems, ...none].join('\n'));
}

export function publishedBundle(modules: readonly SharedByMe[]): IMimeBundle {
  const rows = modules.map(each => ({
    name: each.name,
    versions: each.versions.join(', '),
    with: each.with.join(', '),
    link: each.url
  }));
  const caption = rows.length === 0 ? 'You share nothing from here.' : '';
  return tableBundle(rows, ['name', 'versions', 'with', 'link'], caption);
}
