import type { Readable } from 'node:stream';
import {
  DeepError,
  StorageAccount,
  StorageCapabilities,
  StorageEntry,
  StorageQuota
} from '@jupyterlab-deep/protocol';
import { writeMany } from '../nextcloud/bulk';
import { uploadChunks } from '../nextcloud/chunkedUpload';
import { filesOfZip } from '../nextcloud/folderZip';
import type {
  IBytes,
  IRemoteBody,
  IRemoteFiles,
  ISmallFile,
  ISmallResult,
  IUploadProgress,
  IWriteGuard
} from '../remoteFiles';
import { entryOf, entryQuery, QUOTA_QUERY, quotaOf } from './entries';
import type { Exchange, IAsk } from './exchange';
import { responses } from './listing';
import type { IDavResponse } from './multistatus';
import {
  checkPath,
  encodePath,
  joined,
  nameOf,
  parentOf,
  pathOfHref
} from './paths';
import { IReadOptions, readFile } from './reading';
import { statusOf } from './refusals';
import { putFile } from './writing';

export interface IDavFilesOptions {
  account: string;
  kind: StorageAccount['kind'];
  exchange: Exchange;
  /** Of the user's files, without a slash at its end. */
  filesUrl: string;
  /** Nextcloud: of the user's uploads, and of the bulk upload. */
  uploadsUrl?: string;
  bulkUrl?: string;
  can: StorageCapabilities;
}

type WriteOptions = IWriteGuard & IUploadProgress & { signal?: AbortSignal };
interface ISignal {
  signal?: AbortSignal;
}

const XML = { 'content-type': 'application/xml; charset=utf-8' };

/** The files of one account over WebDAV (RFC 4918), with what Nextcloud has beside it. */
export class DavFiles implements IRemoteFiles {
  constructor(private readonly _options: IDavFilesOptions) {
    const { pathname } = new URL(_options.filesUrl);
    this._root = `${decodeURIComponent(pathname).replace(/\/$/, '')}/`;
  }

  get account(): string {
    return this._options.account;
  }

  get can(): StorageCapabilities {
    return this._options.can;
  }

  async stat(path: string, signal?: AbortSignal): Promise<StorageEntry> {
    const found = await this._one(path, `look at ${shown(path)}`, {
      body: entryQuery(this._isNextcloud),
      signal
    });
    return entryOf(path, found);
  }

  async *list(
    path: string,
    options: { signal?: AbortSignal; onSkipped?(name: string): void } = {}
  ): AsyncGenerator<StorageEntry[]> {
    const { signal, onSkipped } = options;
    const ask = this._ask(path, 'PROPFIND', `list ${shown(path)}`, {
      headers: { depth: '1', ...XML },
      body: entryQuery(this._isNextcloud),
      isRepeatable: true,
      signal
    });
    const { exchange } = this._options;
    let isNamed = false;
    for await (const piece of responses(exchange, ask)) {
      const entries: StorageEntry[] = [];
      for (const response of piece) {
        const at = pathOfHref(response.href, this._root, exchange.origin);
        if (at === path) {
          isNamed = true;
        } else if (at === undefined || parentOf(at) !== path) {
          onSkipped?.(response.href);
        } else {
          entries.push(entryOf(at, response));
        }
      }
      if (entries.length > 0) {
        yield entries;
      }
    }
    if (!isNamed) {
      // Whoever took this for an empty folder would delete what was fetched from it.
      throw new DeepError(
        'storage-refused',
        `${exchange.host} answered with a listing of something else than ${shown(path)}.`,
        {
          hint: 'Link the account with the address under which the server knows itself.'
        }
      );
    }
  }

  async quota(signal?: AbortSignal): Promise<StorageQuota | undefined> {
    const act = 'say how much is used';
    return quotaOf(await this._one('', act, { body: QUOTA_QUERY, signal }));
  }

  async read(path: string, options: IReadOptions = {}): Promise<IRemoteBody> {
    const { exchange } = this._options;
    return readFile(
      exchange,
      this._urlOf(path),
      `read ${shown(path)}`,
      options
    );
  }

  async write(
    path: string,
    bytes: IBytes,
    options: WriteOptions = {}
  ): Promise<StorageEntry> {
    if (!this._isNextcloud) {
      await this._makeParent(path, options.signal);
    }
    if (this._needsChunks(bytes.sizeBytes) || options.resume) {
      return this._writeChunks(path, bytes, options);
    }
    try {
      return await this._put(path, bytes, options);
    } catch (error) {
      // A proxy took no body of this size, or gave up before the server had it.
      const isTooLarge = [413, 504].includes(statusOf(error) ?? 0);
      if (!isTooLarge || !this._canChunk) {
        throw error;
      }
      return this._writeChunks(path, bytes, options);
    }
  }

  async writeMany(
    files: ISmallFile[],
    signal?: AbortSignal
  ): Promise<ISmallResult[]> {
    files.forEach(({ path }) => checkPath(path));
    const { exchange, bulkUrl } = this._options;
    if (!bulkUrl) {
      throw new DeepError('internal', 'This server takes one file at a time.');
    }
    return writeMany(exchange, bulkUrl, files, signal);
  }

  readMany(
    folder: string,
    options: { names?: string[]; signal?: AbortSignal } = {}
  ): ReturnType<IRemoteFiles['readMany']> {
    const act = `send the files of ${shown(folder)}`;
    const { exchange } = this._options;
    return filesOfZip(exchange, this._urlOf(folder), { ...options, act });
  }

  /** A folder as the server's own ZIP. Only where `can.zip`. */
  async readArchive(
    folder: string,
    signal?: AbortSignal
  ): Promise<{ body: Readable }> {
    const { body } = await this._options.exchange.send(
      this._ask(folder, 'GET', `send the files of ${shown(folder)}`, {
        url: `${this._urlOf(folder)}?accept=zip`,
        headers: { accept: 'application/zip' },
        signal
      })
    );
    return { body };
  }

  async makeFolder(path: string, signal?: AbortSignal): Promise<void> {
    if (path === '') {
      return;
    }
    const status = await this._mkcol(path, signal);
    if (status === 409 || status === 404) {
      await this.makeFolder(parentOf(path), signal);
      await this._mkcol(path, signal, true);
    }
  }

  move(from: string, to: string, options: IMoveOptions = {}): Promise<void> {
    return this._relocate('MOVE', from, to, options);
  }

  copy(from: string, to: string, options: IMoveOptions = {}): Promise<void> {
    return this._relocate('COPY', from, to, options);
  }

  async remove(
    path: string,
    { ifMatch, signal }: { ifMatch?: string; signal?: AbortSignal } = {}
  ): Promise<void> {
    if (path === '') {
      throw new DeepError('invalid-request', 'The root cannot be deleted.');
    }
    await this._options.exchange.run(
      this._ask(path, 'DELETE', `delete ${shown(path)}`, {
        signal,
        headers: ifMatch === undefined ? {} : { 'if-match': ifMatch }
      })
    );
  }

  private get _isNextcloud(): boolean {
    return this._options.kind === 'nextcloud';
  }

  private get _canChunk(): boolean {
    return this.can.chunked && this._options.uploadsUrl !== undefined;
  }

  private _needsChunks(sizeBytes: number): boolean {
    const { chunkBytes = Infinity } = this.can;
    return this._canChunk && sizeBytes > chunkBytes;
  }

  private _put(
    path: string,
    bytes: IBytes,
    { ifMatch, ifAbsent, signal, onBytes }: WriteOptions
  ): Promise<StorageEntry> {
    const { can, exchange } = this._options;
    return putFile(
      exchange,
      this._urlOf(path),
      `write ${shown(path)}`,
      bytes,
      {
        ifMatch,
        ifAbsent,
        signal,
        onBytes,
        isNextcloud: this._isNextcloud,
        hasHash: can.hash
      },
      () => this.stat(path, signal)
    );
  }

  private async _writeChunks(
    path: string,
    bytes: IBytes,
    options: WriteOptions
  ): Promise<StorageEntry> {
    const { ifAbsent, ifMatch, signal } = options;
    const { can, exchange, uploadsUrl = '' } = this._options;
    const look = (): Promise<StorageEntry | undefined> =>
      this.stat(path, signal).catch(unlessMissing);
    // The last request names the joined file, not this one: its guard is looked at before.
    const checkGuard = async (): Promise<StorageEntry | undefined> => {
      const there = await look();
      refuseOther(path, there, { ifAbsent, ifMatch });
      return there;
    };
    await checkGuard();
    await this.makeFolder(parentOf(path), signal);
    const target = {
      exchange,
      uploadsUrl,
      destination: this._urlOf(path),
      can,
      mayReplace: !ifAbsent,
      look: checkGuardOnce(checkGuard, look),
      signal
    };
    await uploadChunks(target, path, bytes, options);
    const entry = await this.stat(path, signal);
    if (entry.sizeBytes !== bytes.sizeBytes) {
      throw new DeepError(
        'storage-refused',
        `${exchange.host} put the parts of ${shown(path)} together, but has ${entry.sizeBytes} of ${bytes.sizeBytes} bytes.`
      );
    }
    return entry;
  }

  private async _makeParent(path: string, signal?: AbortSignal): Promise<void> {
    const parent = parentOf(path);
    if (parent !== '' && !this._made.has(parent)) {
      await this.makeFolder(parent, signal);
      this._made.add(parent);
    }
  }

  /** @returns the status, where it is none of success. */
  private async _mkcol(
    path: string,
    signal?: AbortSignal,
    isLast = false
  ): Promise<number> {
    const { statusCode } = await this._options.exchange.run(
      this._ask(path, 'MKCOL', `make the folder ${shown(path)}`, {
        signal,
        // 405: it is there.
        taken: isLast ? [405] : [404, 405, 409],
        isRepeatable: true
      })
    );
    return statusCode;
  }

  private async _relocate(
    method: 'MOVE' | 'COPY',
    from: string,
    to: string,
    { overwrite = false, signal }: IMoveOptions
  ): Promise<void> {
    const act = method === 'MOVE' ? 'move' : 'copy';
    await this._options.exchange.run(
      this._ask(from, method, `${act} ${shown(from)} to ${shown(to)}`, {
        signal,
        answerMs: 600_000,
        headers: {
          destination: this._urlOf(to),
          overwrite: overwrite ? 'T' : 'F'
        }
      })
    );
  }

  private async _one(
    path: string,
    act: string,
    { body, signal }: { body: string; signal?: AbortSignal }
  ): Promise<IDavResponse> {
    const ask = this._ask(path, 'PROPFIND', act, {
      headers: { depth: '0', ...XML },
      body,
      isRepeatable: true,
      signal
    });
    for await (const [first] of responses(this._options.exchange, ask)) {
      return first;
    }
    throw new DeepError(
      'storage-refused',
      `${this._options.exchange.host} said nothing about ${shown(path)}.`
    );
  }

  private _ask(
    path: string,
    method: string,
    act: string,
    more: Partial<IAsk> & ISignal
  ): IAsk {
    return { method, url: this._urlOf(path), act, ...more };
  }

  private _urlOf(path: string): string {
    checkPath(path);
    return joinedUrl(this._options.filesUrl, path);
  }

  private readonly _root: string;
  private readonly _made = new Set<string>();
}

interface IMoveOptions extends ISignal {
  overwrite?: boolean;
}

const joinedUrl = (base: string, path: string): string =>
  joined(base, encodePath(path));

const shown = (path: string): string => (path === '' ? 'the files' : path);

function refuseOther(
  path: string,
  there: StorageEntry | undefined,
  { ifAbsent, ifMatch }: IWriteGuard
): void {
  const isOther = ifMatch !== undefined && there?.etag !== ifMatch;
  if (isOther || (ifAbsent && there)) {
    throw new DeepError(
      'conflict',
      isOther
        ? `${nameOf(path)} was changed there meanwhile.`
        : `There is a ${nameOf(path)} already.`
    );
  }
}

/** The first look, just before the parts are joined, also looks at the guard. */
function checkGuardOnce<T>(
  check: () => Promise<T>,
  look: () => Promise<T>
): () => Promise<T> {
  let isChecked = false;
  return () => {
    const now = isChecked ? look : check;
    isChecked = true;
    return now();
  };
}

function unlessMissing(error: unknown): undefined {
  if (statusOf(error) === 404) {
    return undefined;
  }
  throw error;
}
