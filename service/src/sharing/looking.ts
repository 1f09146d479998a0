import { DeepError } from '@jupyterlab-deep/protocol';
import { eachInParallel } from '../catalogue/sources/parallel';
import { asDeepError } from '../http/problems';
import { joined } from '../storage/dav/paths';
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
/** How long one folder may hold up the others. */
const PATIENCE_MS = 30_000;
/** So many folders in a row that could not be read, and the place is given up: it is not one of them that fails. */
const FAILURES_IN_A_ROW = AT_ONCE;
const BEHIND = new Set(['storage-unreachable', 'timeout']);

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
  patienceMs?: number;
}

/**
 * Read what folders hold, of those that changed since. One that cannot be read says why, and holds up no other.
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
  const failures = new Failures(changed.length);
  await eachInParallel(
    changed,
    AT_ONCE,
    async folder => {
      const there = versions?.get(folder.path);
      const earlier = before.get(folder);
      found.set(
        folder,
        await lookAt(folder, earlier, there, { ...look, failures })
      );
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

/** Tells a folder that cannot be read from a place that does not answer. */
class Failures {
  constructor(private readonly _folders: number) {}

  /** @throws the failure when the place is to be given up */
  count(failure: DeepError): void {
    this._inARow += 1;
    this._all += 1;
    if (this._inARow >= FAILURES_IN_A_ROW || this._all === this._folders) {
      throw failure;
    }
  }

  reset(): void {
    this._inARow = 0;
  }

  private _inARow = 0;
  private _all = 0;
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

/** A server that does not search, or not soon enough, has each folder listed. */
async function searched({
  place,
  signal,
  patienceMs = PATIENCE_MS
}: ILook): Promise<Map<string, string[]> | undefined> {
  try {
    return await place.versions?.(patient(signal, patienceMs));
  } catch (error) {
    signal.throwIfAborted();
    const said = asDeepError(error);
    if (said.key === 'storage-login') {
      throw said;
    }
    return undefined;
  }
}

const patient = (signal: AbortSignal, ms: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ms)]);

async function lookAt(
  folder: ISharedFolder,
  earlier: IKnown | undefined,
  versions: string[] | undefined,
  look: ILook & { failures: Failures }
): Promise<IKnown> {
  const { place, known, failures, patienceMs = PATIENCE_MS } = look;
  const signal = patient(look.signal, patienceMs);
  let there = versions;
  try {
    there ??= await versionsIn(place.files, folder, signal);
    const read = await readNewest(place.files, folder, there, earlier, signal);
    failures.reset();
    return judged(read, known);
  } catch (error) {
    look.signal.throwIfAborted();
    const said = signal.aborted ? slow(folder, patienceMs) : asDeepError(error);
    if (said.key === 'storage-login') {
      throw said;
    }
    if (BEHIND.has(said.key)) {
      failures.count(said);
    } else {
      failures.reset();
    }
    return unread(folder, earlier, there, said);
  }
}

const slow = ({ path: at, placeTitle }: ISharedFolder, ms: number): DeepError =>
  new DeepError(
    'timeout',
    `${placeTitle} has not given ${at || 'it'} within ${Math.round(ms / 1000)} seconds. It is tried again at the next look.`
  );

/** What is said of a folder that could not be read now. It is read at the next look, changed or not. */
function unread(
  folder: ISharedFolder,
  earlier: IKnown | undefined,
  there: readonly string[] | undefined,
  { key, message }: DeepError
): IKnown {
  const about = {
    ...folder,
    etag: undefined,
    versions: earlier?.versions ?? [...(there ?? [])].sort(byVersion),
    ...(earlier?.card && { card: earlier.card })
  };
  if (BEHIND.has(key) && earlier?.card) {
    return { ...earlier, ...about };
  }
  if (key === 'not-found' && earlier?.card) {
    const problem = `${folder.ownerName} took it back while it was looked at.`;
    return { ...about, state: 'withdrawn', problem };
  }
  // A folder that was no module and is none may be anything.
  const hasVersions = there !== undefined && there.length > 0;
  const isModule =
    earlier?.card !== undefined || (hasVersions && key !== 'not-found');
  return {
    ...about,
    // What is signed wrongly stays so until it changes.
    ...(key === 'share-refused' && { etag: folder.etag }),
    state: isModule ? 'broken' : 'nothing',
    problem: message
  };
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

async function readNewest(
  place: IPlace,
  folder: ISharedFolder,
  there: readonly string[],
  before: IKnown | undefined,
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
  const file = joined(folder.path, newest, MANIFEST);
  const text = await readText(place, file, MAX_MANIFEST_BYTES, signal);
  const card = cardOf(await readShared(text, { version: newest }));
  return { ...folder, versions, card, state: 'shared' };
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
  const file = joined(at, version, MANIFEST);
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
