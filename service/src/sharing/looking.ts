import { DeepError } from '@jupyterlab-deep/protocol';
import { eachInParallel } from '../catalogue/sources/parallel';
import { asDeepError } from '../http/problems';
import { ICard, IKnown, KnownShares } from './known';
import { byVersion, isVersion, MANIFEST } from './names';
import { IPlace, readText } from './place';
import type { ISharingPlace } from './places';
import { IVouched, MAX_MANIFEST_BYTES, readShared } from './sharedManifest';
import { fingerprintOf } from './signing';

/** Requests of one account at once; more only wait in the queue of its exchange. */
const AT_ONCE = 6;
/** From so many changed folders on, one search for manifests is less than a listing of each. */
const SEARCH_FROM = 8;
const BEHIND = new Set(['storage-unreachable', 'timeout', 'storage-login']);

/** A folder that may be a module, as its place tells it. */
export type ISharedFolder = Pick<
  IKnown,
  'place' | 'placeTitle' | 'path' | 'etag' | 'owner' | 'ownerName'
>;

interface ILook {
  place: Pick<ISharingPlace, 'files' | 'versions'>;
  known: KnownShares;
  signal: AbortSignal;
  /** Called after each folder. */
  onRead(): void;
}

/**
 * Read what folders hold, of those that changed since.
 *
 * @throws DeepError when the place does not answer; the signal's reason
 */
export async function lookInto(
  folders: readonly ISharedFolder[],
  look: ILook
): Promise<IKnown[]> {
  const before = new Map(
    folders.map(folder => [folder, earlierOf(folder, look.known)])
  );
  const changed = folders.filter(each => !isSame(each, before.get(each)));
  const versions =
    changed.length >= SEARCH_FROM ? await searched(look) : undefined;
  const found = new Map<ISharedFolder, IKnown>();
  await eachInParallel(
    changed,
    AT_ONCE,
    async folder => {
      const there = versions?.get(folder.path);
      found.set(folder, await lookAt(folder, before.get(folder), there, look));
      look.onRead();
    },
    look.signal
  );
  return folders.map(
    folder =>
      found.get(folder) ??
      judged({ ...before.get(folder)!, ...folder }, look.known)
  );
}

/** What was known of a folder of the same owner. */
const earlierOf = (
  { place, path: at, owner }: ISharedFolder,
  known: KnownShares
): IKnown | undefined =>
  known.all.find(
    each => each.place === place && each.path === at && each.owner === owner
  );

const isSame = ({ etag }: ISharedFolder, before: IKnown | undefined): boolean =>
  etag !== undefined && before?.etag === etag && before.state !== 'withdrawn';

/** A server that does not search has each folder listed. */
async function searched({
  place,
  signal
}: ILook): Promise<Map<string, string[]> | undefined> {
  try {
    return await place.versions?.();
  } catch (error) {
    signal.throwIfAborted();
    if (BEHIND.has(asDeepError(error).key)) {
      throw error;
    }
    return undefined;
  }
}

async function lookAt(
  folder: ISharedFolder,
  earlier: IKnown | undefined,
  versions: string[] | undefined,
  { place, known, signal }: ILook
): Promise<IKnown> {
  try {
    const there = versions ?? (await versionsIn(place.files, folder, signal));
    return await read(place.files, folder, there, earlier, known, signal);
  } catch (error) {
    signal.throwIfAborted();
    const said = asDeepError(error);
    if (BEHIND.has(said.key)) {
      throw said;
    }
    // A folder that was no module and is none may be anything.
    const isModule =
      earlier?.card !== undefined || said.key === 'share-refused';
    return {
      ...folder,
      versions: earlier?.versions ?? [],
      ...(earlier?.card && { card: earlier.card }),
      state: isModule ? 'broken' : 'nothing',
      problem: said.message
    };
  }
}

async function versionsIn(
  files: IPlace,
  { path: at }: ISharedFolder,
  signal: AbortSignal
): Promise<string[]> {
  const entries = await files.list(at, signal);
  return entries
    .filter(({ type, name }) => type === 'folder' && isVersion(name))
    .map(({ name }) => name);
}

async function read(
  place: IPlace,
  folder: ISharedFolder,
  there: readonly string[],
  before: IKnown | undefined,
  known: KnownShares,
  signal: AbortSignal
): Promise<IKnown> {
  const versions = [...there].sort(byVersion);
  const [newest] = versions;
  if (newest === undefined) {
    return {
      ...folder,
      versions,
      ...(before?.card && {
        card: before.card,
        problem: `${folder.ownerName} has taken back every version.`
      }),
      state: before?.card ? 'withdrawn' : 'nothing'
    };
  }
  const file = `${folder.path}/${newest}/${MANIFEST}`;
  const text = await readText(place, file, MAX_MANIFEST_BYTES, signal);
  const card = cardOf(await readShared(text, { version: newest }));
  return judged({ ...folder, versions, card, state: 'shared' }, known);
}

/** What is signed with another key than its owner's is not used, whatever it says. */
export function judged(shared: IKnown, known: KnownShares): IKnown {
  const { card, owner, ownerName } = shared;
  if (!card || (shared.state !== 'shared' && shared.state !== 'other-key')) {
    return shared;
  }
  const { problem: _problem, ...plain } = shared;
  const keys = known.keysOf(owner);
  return keys.length === 0 || keys.includes(card.key)
    ? { ...plain, state: 'shared' }
    : {
        ...plain,
        state: 'other-key',
        problem: otherKey(ownerName, card.key, keys)
      };
}

export const otherKey = (
  ownerName: string,
  key: string,
  keys: readonly string[]
): string =>
  `It is signed with the key ${fingerprintOf(key)}, not with the one that ${ownerName} has used until now (${keys.map(fingerprintOf).join(', ')}). Somebody else may have written it. Ask ${ownerName}, by another way than this cloud, whether the new key is theirs.`;

export function cardOf({ manifest, key, digest }: IVouched): ICard {
  const { files, ...about } = manifest;
  return {
    ...about,
    key,
    digest,
    files: files.length,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  };
}

/** Read one version's manifest, to the file. @throws DeepError `share-refused`, `not-found`, what its place says */
export async function manifestAt(
  place: IPlace,
  { path: at, owner, ownerName }: IKnown,
  version: string,
  known: KnownShares,
  signal: AbortSignal
): Promise<IVouched> {
  const file = `${at}/${version}/${MANIFEST}`;
  const text = await readText(place, file, MAX_MANIFEST_BYTES, signal);
  const vouched = await readShared(text, { version });
  const keys = known.keysOf(owner);
  if (!keys.includes(vouched.key)) {
    throw new DeepError(
      'share-refused',
      otherKey(ownerName, vouched.key, keys)
    );
  }
  return vouched;
}
