import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepError, OpenLinkRequest } from '@jupyterlab-deep/protocol';
import type { ISettings } from '../admin/config';
import { openExchange } from '../storage/accounts/loginFlow';
import { DavFiles } from '../storage/dav/davFiles';
import { Exchange } from '../storage/dav/exchange';
import { PLAIN_CAPABILITIES, readStatus } from '../storage/nextcloud/probe';
import { writeAtomically } from '../store/atomicFile';
import { storeFailure } from '../store/diskErrors';
import { SecretBox } from '../store/secretBox';
import { checkLink, ILinkAddress, linkAddressOf } from './linkAddress';
import { linkSharing } from './linkPlace';
import type { ISharingPlace } from './places';

/** Since this version links are read below their token; before, the token was the name of a user. */
const TOKENS_IN_PATHS_SINCE = 29;
const ID_BYTES = 4;

/** What makes a link, as it is sealed. */
interface ISecret {
  token: string;
  password: string;
}

/** A link that was opened, as it is kept. */
export interface IKeptLink {
  id: string;
  server: string;
  allowPrivate: boolean;
  /** Read as servers did before they had tokens in paths. */
  isOld: boolean;
  /** Token and password, sealed. */
  secret: string;
  addedAt: string;
}

/** Links that others sent, which are looked behind as accounts are. */
export class OpenedLinks {
  constructor(private readonly _parts: OpenedLinks.IParts) {}

  get all(): readonly IKeptLink[] {
    return this._kept;
  }

  async open(): Promise<void> {
    await (this._opening ??= this._read());
  }

  /**
   * Ask a link's server what it is, and make the place behind it. Nothing is kept.
   *
   * @throws DeepError `address-private`, `address-refused`, `storage-refused` when it is no Nextcloud, `storage-unreachable`
   */
  async ask(request: OpenLinkRequest, signal: AbortSignal): Promise<IKeptLink> {
    const { allowPrivate = false, password = '' } = request;
    const { network, box } = this._parts;
    const address = linkAddressOf(request.link);
    const { server, token } = address;
    const { privateHosts } = network;
    await checkLink(address, { allowPrivate, privateHosts });
    const exchange = openExchange(server, network, allowPrivate);
    const status = await readStatus(exchange, server, signal);
    if (!status) {
      throw new DeepError(
        'storage-refused',
        `${exchange.host} does not answer as a Nextcloud does, so the link cannot be read.`,
        { hint: 'Open it in a browser, and look whether it is right.' }
      );
    }
    const known = this._same(address);
    return {
      id: known?.id ?? randomBytes(ID_BYTES).toString('hex'),
      server,
      allowPrivate,
      isOld: status.major < TOKENS_IN_PATHS_SINCE,
      secret: box.seal(JSON.stringify({ token, password } satisfies ISecret)),
      addedAt: known?.addedAt ?? new Date().toISOString()
    };
  }

  /** Keep one, in place of the same with another password. @throws DeepError `no-space` */
  async keep(link: IKeptLink): Promise<void> {
    this._places.delete(link.id);
    const others = this._kept.filter(({ id }) => id !== link.id);
    await this._write([...others, link]);
  }

  /** @throws DeepError `no-space` */
  async remove(link: string): Promise<void> {
    this._places.delete(link);
    await this._write(this._kept.filter(({ id }) => id !== link));
  }

  /** Where the modules behind a link are; its connection is kept with it. */
  placeOf(link: IKeptLink): ISharingPlace {
    const isKept = this._kept.includes(link);
    const known = isKept ? this._places.get(link.id) : undefined;
    const place = known ?? this._connect(link);
    if (isKept) {
      this._places.set(link.id, place);
    }
    return place;
  }

  private _connect(link: IKeptLink): ISharingPlace {
    const { id, allowPrivate, isOld, server } = link;
    const secret = this._secretOf(link);
    const token = encodeURIComponent(secret.token);
    const exchange = new Exchange({
      server,
      network: this._parts.network,
      allowPrivate,
      authorization: () => basic(isOld ? secret.token : 'anonymous', secret),
      // Without it a server that federates with no other refuses links.
      headers: { 'x-requested-with': 'XMLHttpRequest' }
    });
    const files = new DavFiles({
      account: id,
      kind: 'nextcloud',
      exchange,
      filesUrl: isOld
        ? `${server}/public.php/webdav`
        : `${server}/public.php/dav/files/${token}`,
      can: PLAIN_CAPABILITIES
    });
    const hasPassword = secret.password !== '';
    const { host } = new URL(server);
    return linkSharing({ id, host, files, hasPassword, isOld });
  }

  private _same({ server, token }: ILinkAddress): IKeptLink | undefined {
    return this._kept.find(
      each => each.server === server && this._secretOf(each).token === token
    );
  }

  private _secretOf({ secret }: IKeptLink): ISecret {
    return JSON.parse(this._parts.box.open(secret));
  }

  private async _write(links: readonly IKeptLink[]): Promise<void> {
    this._kept = links;
    const folder = path.dirname(this._parts.file);
    const write = this._last.then(async () => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeAtomically(this._parts.file, JSON.stringify(this._kept));
      } catch (error) {
        throw storeFailure(error, folder);
      }
    });
    this._last = write.catch(() => undefined);
    await write;
  }

  private async _read(): Promise<void> {
    try {
      this._kept = JSON.parse(await readFile(this._parts.file, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw new Error(
          `${this._parts.file} cannot be read: ${(error as Error).message}. It holds the links that you opened; put a copy of it back, or delete it and open them anew.`,
          { cause: error }
        );
      }
    }
  }

  private _kept: readonly IKeptLink[] = [];
  private readonly _places = new Map<string, ISharingPlace>();
  private _opening?: Promise<void>;
  private _last: Promise<void> = Promise.resolve();
}

export namespace OpenedLinks {
  export interface IParts {
    file: string;
    box: SecretBox;
    network: ISettings['network'];
  }
}

const basic = (user: string, { password }: ISecret): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
