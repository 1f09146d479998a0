import type {
  Capability,
  CatalogueListing,
  Module as CatalogueModule
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { IMimeBundle, shownAs } from '../display/bundle';
import { tableBundle } from '../display/table';

export type { Capability, CatalogueModule };

/** What narrows a search. */
export interface ISearchFilters {
  capability?: Capability;
  /** At most so many modules. */
  limit?: number;
  signal?: AbortSignal;
}

/** What a search found; shown as a table. */
export interface IModuleList extends Array<CatalogueModule> {
  /** Modules in all sources, before the search. */
  total: number;
  /** A search that would have found something, where this one did not. */
  suggestion?: string;
}

/** The modules that can be used. */
export const catalogue = {
  /**
   * Search by words: titles, summaries, tasks, tags. Without words, all modules.
   *
   * @throws DeepError `invalid-request`, `service-unavailable`, `cancelled`.
   */
  async search(
    text = '',
    { signal, ...filters }: ISearchFilters = {}
  ): Promise<IModuleList> {
    const { modules, total, suggestion } = await service.json<CatalogueListing>(
      '/catalogue/modules',
      { query: { text: text || undefined, ...filters }, signal }
    );
    const found = Object.assign(modules.map(showable), { total });
    // Neither shall come up when the list is printed.
    Object.defineProperty(found, 'total', { enumerable: false });
    Object.defineProperty(found, 'suggestion', { value: suggestion });
    return shownAs<IModuleList>(found, listBundle);
  },

  /**
   * One module by its id, `source/name`.
   *
   * @throws DeepError `not-found`.
   */
  async get(
    id: string,
    { signal }: { signal?: AbortSignal } = {}
  ): Promise<CatalogueModule> {
    return showable(
      await service.json<CatalogueModule>(modulePath(id), { signal })
    );
  }
};

/** The service's route of a module. */
export function modulePath(id: string): string {
  const [source, name, ...rest] = id.split('/');
  if (!source || !name || rest.length > 0) {
    throw new DeepError('invalid-request', `“${id}” is not a module's id.`, {
      hint: "An id looks like builtin/image-classifier; catalogue.search('…') lists them."
    });
  }
  return `/catalogue/modules/${encodeURIComponent(source)}/${encodeURIComponent(name)}`;
}

const showable = (module: CatalogueModule): CatalogueModule =>
  shownAs(module, moduleBundle);

function listBundle(list: IModuleList): IMimeBundle {
  const rows = list.map(
    ({ id, title, summary, capabilities, problems, broken }) => ({
      id,
      title,
      summary: broken ? `Broken: ${problems[0]?.message ?? ''}` : summary,
      can: capabilities
    })
  );
  const none = `No module of ${list.total} matches.`;
  const hint = list.suggestion ? ` Try “${list.suggestion}”.` : '';
  const caption =
    list.length === 0 ? none + hint : `${list.length} of ${list.total} modules`;
  return tableBundle(rows, ['id', 'title', 'summary', 'can'], caption);
}

function moduleBundle(module: CatalogueModule): IMimeBundle {
  const rows: [string, unknown][] = [
    ['id', module.id],
    ['summary', module.summary],
    ['version', module.version],
    ['licence', module.licence],
    ['can', module.capabilities],
    ['takes', module.input],
    ['gives', module.output],
    ['examples', module.examples.map(({ name }) => name)],
    ['problems', module.problems.map(({ message }) => message)]
  ];
  const known = rows.filter(([, value]) => value && String(value) !== '');
  return tableBundle(
    known.map(([what, value]) => ({ what, value })),
    ['what', 'value'],
    module.title
  );
}
