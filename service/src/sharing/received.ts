import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  DeepError,
  ReceivedModules,
  SharedModule
} from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { StorageAccounts } from '../storage/accounts/storageAccounts';
import { ICard, IKnown, KnownShares, nameOfKnown } from './known';
import { judged, lookInto } from './looking';
import { compareVersions } from './names';
import { cloudSharing, diskSharing, ISharingPlace } from './places';
import { fingerprintOf } from './signing';

export const SHARED = 'shared';

interface ILookOptions {
  signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

/** What colleagues share with this user: looked for in every account and in the folders that were named. */
export class Received {
  constructor(private readonly _parts: Received.IParts) {}

  /** Places that did not answer, at the last look. */
  get problems(): readonly string[] {
    return this._problems;
  }

  get known(): KnownShares {
    return this._parts.known;
  }

  open(): Promise<void> {
    return this._parts.known.open();
  }

  /** Look at all places. What does not answer keeps what it had. @throws the signal's reason */
  async look({ signal, onProgress }: ILookOptions): Promise<void> {
    const { known } = this._parts;
    await known.open();
    const problems: string[] = [];
    const found: IKnown[] = [];
    for (const place of this._places()) {
      const before = known.all.filter(each => each.place === place.id);
      try {
        const folders = await place.folders(signal);
        let done = 0;
        const read = await lookInto(folders, {
          place,
          known,
          signal,
          onRead: () => onProgress(++done, folders.length)
        });
        found.push(...read, ...gone(before, read));
      } catch (error) {
        signal.throwIfAborted();
        found.push(...before);
        problems.push(`${place.title}: ${asDeepError(error).detail}`);
      }
    }
    await known.replace(found);
    // Keys that were pinned just now count for everything else of their owners.
    await known.replace(found.map(each => judged(each, known)));
    this._problems = problems;
  }

  async list(): Promise<ReceivedModules> {
    await this.open();
    return {
      modules: this.current().map(each => this.about(each)),
      problems: [...this._problems]
    };
  }

  /** One for each module, however often it is shared with this user. */
  current(): (IKnown & { card?: ICard })[] {
    const byName = new Map<string, IKnown>();
    for (const each of this._parts.known.all) {
      if (each.state !== 'nothing') {
        const name = nameOfKnown(each);
        const other = byName.get(name);
        if (!other || rank(each) < rank(other)) {
          byName.set(name, each);
        }
      }
    }
    return [...byName.values()];
  }

  /** @throws DeepError `not-found` */
  async get(name: string): Promise<IKnown> {
    await this.open();
    const found = this.current().find(each => nameOfKnown(each) === name);
    if (!found) {
      throw new DeepError('not-found', `Nobody shares a module ${name}.`, {
        hint: 'Look at what is shared with you: it may have been taken back.'
      });
    }
    return found;
  }

  about(shared: IKnown): SharedModule {
    const { known } = this._parts;
    const { card, owner, path: at, versions, state, problem } = shared;
    const name = nameOfKnown(shared);
    const used = known.usedVersion(name);
    const version = card?.version ?? '';
    const [knownKey] = known.keysOf(owner);
    const isOther = state === 'other-key' && knownKey !== undefined;
    return {
      id: `${SHARED}/${name}`,
      name,
      title: card?.title ?? path.posix.basename(at),
      author: shared.ownerName,
      authorSays: card?.author ?? '',
      place: shared.placeTitle,
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
      isHere:
        card !== undefined && this.folderOf(name, card.digest) !== undefined,
      ...(used && { used }),
      hasUpdate:
        state === 'shared' &&
        used !== undefined &&
        compareVersions(version, used) > 0
    };
  }

  /** Where its files are, once they were fetched and checked. */
  folderOf(name: string, digest: string): string | undefined {
    const folder = this.contentFolder(name, digest);
    return existsSync(folder) ? folder : undefined;
  }

  /** Where the files of exactly this content go. */
  contentFolder(name: string, digest: string): string {
    return path.join(this._parts.folder, 'content', digest, name);
  }

  /** @throws DeepError `not-found` of an account that is not there any more */
  placeOf({ place }: IKnown): ISharingPlace {
    return path.isAbsolute(place)
      ? diskSharing(place)
      : cloudSharing(this._parts.accounts, place);
  }

  /**
   * Take a module's key for that of its owner.
   *
   * @param fingerprint As its user compared it.
   * @throws DeepError `not-found`, `conflict` when it is another by now
   */
  async trust(name: string, fingerprint: string): Promise<void> {
    const { card, owner } = await this.get(name);
    if (!card || fingerprintOf(card.key) !== fingerprint) {
      throw new DeepError('conflict', 'It is signed with another key by now.', {
        hint: 'Look again, and compare the key anew.'
      });
    }
    await this._parts.known.pin(owner, card.key);
  }

  /** Forget one that is not shared any more. @throws DeepError `not-found`, `conflict` */
  async forget(name: string): Promise<void> {
    const { state } = await this.get(name);
    if (state !== 'withdrawn') {
      throw new DeepError('conflict', 'It is still shared with you.', {
        hint: 'Let the share go in your cloud: then it can be forgotten here.'
      });
    }
    const { known } = this._parts;
    await known.replace(known.all.filter(each => nameOfKnown(each) !== name));
  }

  /** @throws DeepError `not-found` of a folder that is not there */
  async addFolder(folder: string): Promise<void> {
    await this.open();
    if (!existsSync(folder)) {
      throw new DeepError('not-found', `The folder ${folder} is not there.`, {
        hint: 'Mount its disk, or write its path as it is on this machine.'
      });
    }
    const { known } = this._parts;
    await known.setFolders([...new Set([...known.folders, folder])]);
  }

  async removeFolder(folder: string): Promise<void> {
    await this.open();
    const { known } = this._parts;
    await known.setFolders(known.folders.filter(each => each !== folder));
    await known.replace(known.all.filter(({ place }) => place !== folder));
  }

  private _places(): ISharingPlace[] {
    const { accounts, known } = this._parts;
    const clouds = accounts.all.filter(
      ({ kind, can }) => kind === 'nextcloud' && can.shares
    );
    return [
      ...clouds.map(({ id }) => cloudSharing(accounts, id)),
      ...known.folders.map(diskSharing)
    ];
  }

  private _problems: readonly string[] = [];
}

export namespace Received {
  export interface IParts {
    accounts: StorageAccounts;
    known: KnownShares;
    /** Of the capability, in the store. */
    folder: string;
  }
}

const RANKS: Record<IKnown['state'], number> = {
  shared: 0,
  'other-key': 1,
  broken: 2,
  withdrawn: 3,
  nothing: 4
};

const rank = ({ state }: IKnown): number => RANKS[state];

/** Modules that were shared before and are not told of any more. */
function gone(before: readonly IKnown[], now: readonly IKnown[]): IKnown[] {
  const there = new Set(now.map(each => `${each.path}\0${each.owner}`));
  return before
    .filter(
      each =>
        each.card !== undefined && !there.has(`${each.path}\0${each.owner}`)
    )
    .map(each => ({
      ...each,
      etag: undefined,
      state: 'withdrawn' as const,
      problem: `${each.ownerName} does not share it any more. What you copied stays yours.`
    }));
}
