import path from 'node:path';
import { SharedModule } from '@jupyterlab-deep/protocol';
import { IKnown, KnownShares, nameOfKnown } from './known';
import { linkOf } from './linkPlace';
import { compareVersions } from './names';
import { fingerprintOf } from './signing';

/** Id of the catalogue's source. */
export const SHARED = 'shared';

/** A shared module as people see it. */
export function aboutShared(
  shared: IKnown,
  known: KnownShares,
  isHere: boolean
): SharedModule {
  const { card, owner, path: at, place, versions, state, problem } = shared;
  const link = linkOf(place);
  const name = nameOfKnown(shared);
  const used = known.usedVersion(name);
  const version = card?.version ?? '';
  const [knownKey] = known.keysOf(owner);
  const isOther = state === 'other-key' && knownKey !== undefined;
  return {
    id: `${SHARED}/${name}`,
    name,
    title: card?.title ?? (path.posix.basename(at) || shared.placeTitle),
    // Behind a link nobody vouches for a name.
    author: (link && card?.author) || shared.ownerName,
    authorSays: card?.author ?? '',
    place: shared.placeTitle,
    ...(link && { link }),
    path: at,
    kind: card?.kind ?? 'model',
    version,
    versions,
    ...(card && { publishedAt: card.publishedAt }),
    licence: card?.licence ?? '',
    files: card?.files ?? 0,
    sizeBytes: card?.sizeBytes ?? 0,
    ...(card?.note && { note: card.note }),
    ...(card?.image && { image: card.image }),
    ...(card?.notebook && { notebook: card.notebook }),
    key: card ? fingerprintOf(card.key) : '',
    ...(isOther && { knownKey: fingerprintOf(knownKey) }),
    digest: card?.digest ?? '',
    state: state === 'nothing' ? 'broken' : state,
    ...(problem && { problem }),
    isHere,
    ...(used && { used }),
    hasUpdate:
      state === 'shared' &&
      used !== undefined &&
      compareVersions(version, used) > 0
  };
}
