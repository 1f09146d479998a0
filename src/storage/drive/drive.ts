import type { StorageEntry } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents, ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { DeepRequestError } from '../../service/errors';
import { formatSize } from '../../shared/sizes';
import type { FilesClient, IGuard } from '../filesClient';
import type { ConflictChoice, IConflict } from './conflict';
import {
  bytesOf,
  contentOf,
  formatOf,
  modelOf,
  MOST_BINARY_BYTES,
  MOST_TEXT_BYTES
} from './driveContents';
import { asDriveError, cancelledByUser } from './driveErrors';
import { freeName, joined } from './freeName';
import { Listings } from './listings';
import { writeFile } from './uploads';

/** What is asked of the user while a drive is at work. */
export interface IDriveVoice {
  /** Somebody else saved meanwhile. */
  askConflict(conflict: IConflict): Promise<ConflictChoice>;
  /** Something went to the trash, and can come back. */
  tellRemoved(name: string, undo: () => Promise<void>): void;
  /** How far a large upload is; the last call has 1, or a failure. */
  tellUpload(name: string, work: Promise<unknown>): (part: number) => void;
}

interface IOpened {
  etag?: string;
  lastModified: string;
}

/** The files of an account as a drive of Lab. */
export class StorageDrive implements Contents.IDrive {
  constructor(private readonly _options: StorageDrive.IOptions) {
    this.name = _options.client.account;
    this.serverSettings = _options.serverSettings;
    this._listings = new Listings(_options.client);
  }

  readonly name: string;
  readonly serverSettings: ServerConnection.ISettings;

  get fileChanged(): ISignal<Contents.IDrive, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  get(
    localPath: string,
    options: Contents.IFetchOptions = {}
  ): Promise<Contents.IModel> {
    return told(async () => {
      const entry = await this._client.entry(localPath);
      if (options.content === false) {
        return this._described(entry, options);
      }
      return entry.type === 'folder'
        ? this._folder(entry)
        : this._file(entry, options);
    });
  }

  getDownloadUrl(localPath: string): Promise<string> {
    return told(async () => {
      const { type } = await this._client.entry(localPath);
      return this._client.downloadUrl(localPath, type === 'folder');
    });
  }

  newUntitled(options: Contents.ICreateOptions = {}): Promise<Contents.IModel> {
    return told(async () => {
      const folder = options.path ?? '';
      const taken = await this._namesIn(folder);
      const path = joined(folder, freeName(this._untitled(options), taken));
      const entry =
        options.type === 'directory'
          ? await this._client.makeFolder(path)
          : await this._client.write(path, firstContent(options), {
              ifAbsent: true
            });
      return this._announce('new', null, modelOf(entry, options.type));
    });
  }

  delete(localPath: string): Promise<void> {
    return told(async () => {
      const { inTrash } = await this._client.remove(localPath);
      this._opened.delete(localPath);
      this._announceGone(localPath);
      if (inTrash) {
        this._options.voice.tellRemoved(PathExt.basename(localPath), () =>
          this._restore(localPath)
        );
      }
    });
  }

  rename(from: string, to: string): Promise<Contents.IModel> {
    return told(async () => {
      const entry = await this._client.move({ from, to });
      this._follow(from, to);
      return this._announce('rename', { path: from }, modelOf(entry));
    });
  }

  save(
    localPath: string,
    options: Partial<Contents.IModel> = {}
  ): Promise<Contents.IModel> {
    return told(async () => {
      if (options.type === 'directory') {
        const entry = await this._client.makeFolder(localPath);
        return this._announce('save', null, modelOf(entry));
      }
      const bytes = bytesOf(options);
      if (options.chunk !== undefined) {
        return this._saveChunk(localPath, bytes, options.chunk);
      }
      return this._saveWhole(localPath, bytes, options);
    });
  }

  copy(from: string, toLocalDir: string): Promise<Contents.IModel> {
    return told(async () => {
      const taken = await this._namesIn(toLocalDir);
      const name = freeName(PathExt.basename(from), taken);
      const to = joined(toLocalDir, name);
      const entry = await this._client.copy({ from, to });
      return this._announce('new', null, modelOf(entry));
    });
  }

  /** Lab asks for one at each save; the cloud keeps versions of its own, and none is made here. */
  async createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return { id: NO_CHECKPOINT, last_modified: new Date().toISOString() };
  }

  async listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return [];
  }

  async restoreCheckpoint(): Promise<void> {
    throw this._withoutCheckpoints();
  }

  async deleteCheckpoint(): Promise<void> {
    throw this._withoutCheckpoints();
  }

  private _withoutCheckpoints(): Error {
    return new Error(
      this._options.trans.__(
        'A cloud storage has no checkpoints of Jupyter. Earlier versions are on its web page: Open in the Cloud.'
      )
    );
  }

  /**
   * Before a save Lab asks for the hash and compares. It is answered with what was opened: `If-Match` finds every change, and our
   * dialog offers more than Lab's.
   */
  private _described(
    entry: StorageEntry,
    { hash, type }: Contents.IFetchOptions
  ): Contents.IModel {
    const opened = this._opened.get(entry.path);
    const model = modelOf(entry, type);
    return hash && opened
      ? { ...model, last_modified: opened.lastModified }
      : model;
  }

  private async _folder(entry: StorageEntry): Promise<Contents.IModel> {
    const entries = await this._listings.list(entry.path);
    return {
      ...modelOf(entry),
      content: entries.map(each => modelOf(each)),
      format: 'json'
    };
  }

  private async _file(
    entry: StorageEntry,
    options: Contents.IFetchOptions
  ): Promise<Contents.IModel> {
    const format = formatOf(entry, options);
    this._refuseTooLarge(entry, format);
    const { blob, etag } = await this._client.read(entry.path);
    const model = modelOf(entry, options.type);
    this._remember(model, etag ?? entry.etag);
    return { ...model, format, content: await contentOf(blob, format) };
  }

  private _refuseTooLarge(
    { name, sizeBytes = 0 }: StorageEntry,
    format: Contents.FileFormat
  ): void {
    const most = format === 'base64' ? MOST_BINARY_BYTES : MOST_TEXT_BYTES;
    if (sizeBytes > most) {
      throw new Error(
        this._options.trans.__(
          '“%1” has %2: too large to be opened in a tab (at most %3). Download it, or make a dataset of its folder and open it in a notebook.',
          name,
          formatSize(sizeBytes),
          formatSize(most)
        )
      );
    }
  }

  private async _saveWhole(
    path: string,
    bytes: Blob,
    options: Partial<Contents.IModel>
  ): Promise<Contents.IModel> {
    const opened = this._opened.get(path);
    try {
      const entry = await this._write(path, bytes, { ifMatch: opened?.etag });
      return this._saved(entry, options);
    } catch (reason) {
      if (!isConflict(reason)) {
        throw reason;
      }
      return this._settle(path, bytes, options);
    }
  }

  private async _settle(
    path: string,
    bytes: Blob,
    options: Partial<Contents.IModel>
  ): Promise<Contents.IModel> {
    const { voice } = this._options;
    const theirs = await this._client.read(path);
    const name = PathExt.basename(path);
    const choice = await voice.askConflict({
      name,
      mine: bytes,
      theirs: theirs.blob,
      isText: options.format !== 'base64'
    });
    if (choice === 'cancel') {
      throw cancelledByUser();
    }
    if (choice === 'keep-both') {
      return this._keepBoth(path, bytes, options);
    }
    // What was compared is overwritten, and nothing that came after it.
    this._opened.set(path, {
      etag: theirs.etag,
      lastModified: this._opened.get(path)?.lastModified ?? ''
    });
    return this._saveWhole(path, bytes, options);
  }

  /** The document goes on under a name of its own; the cloud's version keeps the old one. */
  private async _keepBoth(
    path: string,
    bytes: Blob,
    options: Partial<Contents.IModel>
  ): Promise<Contents.IModel> {
    const folder = PathExt.dirname(path);
    const taken = await this._namesIn(folder);
    const to = joined(folder, freeName(PathExt.basename(path), taken));
    const entry = await this._write(to, bytes, { ifAbsent: true });
    this._opened.delete(path);
    const model = this._saved(entry, options);
    return this._announce('rename', { path }, model);
  }

  private _saved(
    entry: StorageEntry,
    options: Partial<Contents.IModel>
  ): Contents.IModel {
    const model = modelOf(entry, options.type);
    this._remember(model, entry.etag);
    return this._announce('save', null, model);
  }

  /** Lab gives pieces of a megabyte and says of the last one only that it is the last. */
  private async _saveChunk(
    path: string,
    bytes: Blob,
    chunk: number
  ): Promise<Contents.IModel> {
    const pieces = chunk === 1 ? [] : (this._pieces.get(path) ?? []);
    pieces.push(bytes);
    if (chunk !== -1) {
      this._pieces.set(path, pieces);
      return { ...EMPTY, path, name: PathExt.basename(path) };
    }
    this._pieces.delete(path);
    const entry = await this._write(path, new Blob(pieces), {});
    return this._saved(entry, {});
  }

  private _write(
    path: string,
    bytes: Blob,
    guard: IGuard
  ): Promise<StorageEntry> {
    let tell: ((part: number) => void) | undefined;
    const work = writeFile(this._client, path, bytes, guard, part =>
      tell?.(part)
    );
    if (bytes.size > TOLD_BYTES) {
      const name = PathExt.basename(path);
      tell = this._options.voice.tellUpload(name, work);
    }
    return work;
  }

  private async _restore(path: string): Promise<void> {
    const trash = await this._client.trash();
    const [latest] = trash
      .filter(({ originalPath }) => originalPath === path)
      .sort((a, b) => (b.deletedAt ?? '').localeCompare(a.deletedAt ?? ''));
    if (!latest) {
      throw new Error(
        this._options.trans.__('“%1” is not in the trash any more.', path)
      );
    }
    await this._client.restore(latest.id);
    const entry = await this._client.entry(path);
    this._announce('new', null, modelOf(entry));
  }

  private async _namesIn(folder: string): Promise<Set<string>> {
    const entries = await this._listings.list(folder);
    return new Set(entries.map(({ name }) => name));
  }

  private _untitled({ type, ext = '.txt' }: Contents.ICreateOptions): string {
    const { trans } = this._options;
    return type === 'directory'
      ? trans.__('Untitled Folder')
      : type === 'notebook'
        ? `${trans.__('Untitled')}.ipynb`
        : `${trans.__('untitled')}${ext.startsWith('.') ? '' : '.'}${ext}`;
  }

  private _remember(model: Contents.IModel, etag: string | undefined): void {
    const { path, last_modified: lastModified } = model;
    this._opened.set(path, { etag, lastModified });
  }

  /** What was opened is now there, and so is what lies below it. */
  private _follow(from: string, to: string): void {
    for (const [path, opened] of [...this._opened]) {
      if (path === from || path.startsWith(`${from}/`)) {
        this._opened.delete(path);
        this._opened.set(to + path.slice(from.length), opened);
      }
    }
  }

  private _announce(
    type: 'new' | 'rename' | 'save',
    oldValue: Partial<Contents.IModel> | null,
    newValue: Contents.IModel
  ): Contents.IModel {
    this._listings.forget();
    this._fileChanged.emit({ type, oldValue, newValue });
    return newValue;
  }

  private _announceGone(path: string): void {
    this._listings.forget();
    this._fileChanged.emit({
      type: 'delete',
      oldValue: { path },
      newValue: null
    });
  }

  private get _client(): FilesClient {
    return this._options.client;
  }

  private readonly _fileChanged = new Signal<
    Contents.IDrive,
    Contents.IChangedArgs
  >(this);
  private readonly _listings: Listings;
  private readonly _opened = new Map<string, IOpened>();
  private readonly _pieces = new Map<string, Blob[]>();
  private _isDisposed = false;
}

export namespace StorageDrive {
  export interface IOptions {
    client: FilesClient;
    serverSettings: ServerConnection.ISettings;
    voice: IDriveVoice;
    trans: TranslationBundle;
  }
}

const NO_CHECKPOINT = 'none';

/** Smaller uploads are over before anybody reads about them. */
const TOLD_BYTES = 10_000_000;

const EMPTY: Contents.IModel = {
  name: '',
  path: '',
  type: 'file',
  writable: true,
  created: '',
  last_modified: '',
  mimetype: '',
  content: null,
  format: 'base64'
};

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (reason) {
    throw asDriveError(reason);
  }
}

const isConflict = (reason: unknown): boolean =>
  reason instanceof DeepRequestError && reason.key === 'conflict';

const firstContent = ({ type }: Contents.ICreateOptions): Blob =>
  new Blob(
    type === 'notebook'
      ? [
          JSON.stringify({
            cells: [],
            metadata: {},
            nbformat: 4,
            nbformat_minor: 5
          })
        ]
      : []
  );
