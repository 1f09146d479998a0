import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  DeepError,
  OpenLinkRequest,
  ReceivedModules,
  SharedLink,
  SharedModule
} from '@jupyterlab-deep/protocol';
import { eachInParallel } from '../catalogue/sources/parallel';
import { asDeepError } from '../http/problems';
import { StorageAccounts } from '../storage/accounts/storageAccounts';
import { ICard, IKnown, KnownShares, nameOfKnown } from './known';
import { judged } from './looking';
import { linkOf, LINK_PREFIX } from './linkPlace';
import { OpenedLinks } from './openedLinks';
import { cloudSharing, diskSharing, ISharingPlace } from './places';
import { lookAtPlace, OnProgress, Progress } from './placeLook';
import { aboutShared, SHARED } from './sharedAbout';
import { fingerprintOf } from './signing';

export { SHARED };

/** Places that are looked at together: a slow one holds up no other. */
const PLACES_AT_ONCE = 4;

interface ILookOptions {
  signal: AbortSignal;
  onProgress: OnProgress;
}

/** What colleagues share with this user: looked for in every account, behind links that were opened and in the folders that were named. */
export class Received {
  constructor(private readonly _parts: Received.IParts) {}

  /** Places that did not answer, at the last look. */
  get problems(): readonly string[] {
    return this._problems;
  }

  get known(): KnownShares {
    return this._parts.known;
  }

  async open(): Promise<void> {
    await this._parts.known.open();
    await this._parts.links.open();
  }

  /** Look at all places. What does not answer keeps what it had. @throws the signal's reason */
  async look({ signal, onProgress }: ILookOptions): Promise<void> {
    await this.open();
    const { known } = this._parts;
    const places = this._places();
    const read = new Map<ISharingPlace, IKnown[]>();
    const problems = new Map<ISharingPlace, string>();
    const progress = new Progress(onProgress);
    await eachInParallel(
      places,
      PLACES_AT_ONCE,
      async place => {
        try {
          read.set(place, await lookAtPlace(place, known, signal, progress));
        } catch (error) {
          signal.throwIfAborted();
          problems.set(place, `${place.title}: ${asDeepError(error).detail}`);
        }
      },
      signal
    );
    // Those of links that were opened or let go meanwhile are as they are now.
    const ids = new Set(this._places().map(({ id }) => id));
    const found = places
      .filter(({ id }) => ids.has(id))
      .flatMap(place => read.get(place) ?? known.at(place.id));
    const looked = new Set(places.map(({ id }) => id));
    const others = known.all.filter(
      each => ids.has(each.place) && !looked.has(each.place)
    );
    await this._replace([...found, ...others]);
    this._problems = places.flatMap(place => problems.get(place) ?? []);
  }

  /**
   * Look behind a link that somebody sent, and keep it when there is a module.
   *
   * @throws DeepError `address-private`, `address-refused`, `link-password`, `not-found` of a link that is gone or has no module,
   * `storage-refused`, `storage-unreachable`, `timeout` when the signal comes first
   */
  async openLink(
    request: OpenLinkRequest,
    signal: AbortSignal
  ): Promise<SharedModule[]> {
    try {
      return await this._openLink(request, signal);
    } catch (error) {
      throw signal.aborted ? tooSlow() : error;
    }
  }

  async links(): Promise<SharedLink[]> {
    await this.open();
    const { known, links } = this._parts;
    return links.all.map(({ id, server, addedAt }) => ({
      id,
      place: new URL(server).host,
      addedAt,
      modules: known.all
        .filter(
          ({ place, state }) =>
            place === LINK_PREFIX + id && state !== 'nothing'
        )
        .map(each => `${SHARED}/${nameOfKnown(each)}`)
    }));
  }

  /** Forget a link and what lies behind it. @throws DeepError `not-found` */
  async removeLink(id: string): Promise<void> {
    await this.open();
    const { known, links } = this._parts;
    if (links.all.every(each => each.id !== id)) {
      throw new DeepError('not-found', 'There is no such link any more.');
    }
    await links.remove(id);
    const place = LINK_PREFIX + id;
    await known.replace(known.all.filter(each => each.place !== place));
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
    const { card } = shared;
    const folder = card && this.folderOf(nameOfKnown(shared), card.digest);
    return aboutShared(shared, this._parts.known, folder !== undefined);
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
    const link = linkOf(place);
    if (link !== undefined) {
      return this._linkPlace(link);
    }
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
    const { place, state } = await this.get(name);
    if (state !== 'withdrawn') {
      throw new DeepError('conflict', 'It is still shared with you.', {
        hint: 'Let the share go in your cloud: then it can be forgotten here.'
      });
    }
    const { known } = this._parts;
    await known.replace(known.all.filter(each => nameOfKnown(each) !== name));
    const link = linkOf(place);
    if (link !== undefined && known.all.every(each => each.place !== place)) {
      await this._parts.links.remove(link);
    }
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

  private async _openLink(
    request: OpenLinkRequest,
    signal: AbortSignal
  ): Promise<SharedModule[]> {
    await this.open();
    const { known, links } = this._parts;
    const link = await links.ask(request, signal);
    const place = links.placeOf(link);
    const read = await lookAtPlace(place, known, signal, new Progress());
    const modules = read.filter(
      ({ state }) => state !== 'nothing' && state !== 'withdrawn'
    );
    if (modules.length === 0) {
      throw nothingBehind(place, read);
    }
    await links.keep(link);
    await this._replace([
      ...known.all.filter(each => each.place !== place.id),
      ...read
    ]);
    return this.current()
      .filter(each => each.place === place.id)
      .map(each => this.about(each));
  }

  private _linkPlace(id: string): ISharingPlace {
    const { links } = this._parts;
    const link = links.all.find(each => each.id === id);
    if (!link) {
      throw new DeepError('not-found', 'Its link was removed here.', {
        hint: 'Open the link again.'
      });
    }
    return links.placeOf(link);
  }

  private async _replace(found: readonly IKnown[]): Promise<void> {
    const { known } = this._parts;
    await known.replace(found);
    // Keys that were pinned just now count for everything else of their owners.
    await known.replace(found.map(each => judged(each, known)));
  }

  private _places(): ISharingPlace[] {
    const { accounts, known, links } = this._parts;
    const clouds = accounts.all.filter(
      ({ kind, can }) => kind === 'nextcloud' && can.shares
    );
    return [
      ...clouds.map(({ id }) => cloudSharing(accounts, id)),
      ...links.all.map(link => links.placeOf(link)),
      ...known.folders.map(diskSharing)
    ];
  }

  private _problems: readonly string[] = [];
}

export namespace Received {
  export interface IParts {
    accounts: StorageAccounts;
    known: KnownShares;
    links: OpenedLinks;
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

const tooSlow = (): DeepError =>
  new DeepError('timeout', 'The server of the link takes too long to answer.', {
    hint: 'Open the link in a browser to see whether it answers, then try again.'
  });

/** Why a link is not kept. */
function nothingBehind(
  { gone: words = '' }: ISharingPlace,
  read: readonly IKnown[]
): DeepError {
  return read.every(({ state }) => state === 'withdrawn')
    ? new DeepError('not-found', words)
    : new DeepError(
        'not-found',
        'Behind this link there is no shared module: neither a folder of versions nor a folder with such folders.',
        { hint: 'Ask its sender for the link that “Share…” made.' }
      );
}
