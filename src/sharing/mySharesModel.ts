import type { Publication, SharedLink } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { SharingClient } from './client';

/** What the user shares, and the folders on disks in which is looked for modules of others. */
export class MySharesModel implements IDisposable {
  constructor(
    private readonly _client: SharingClient,
    private readonly _trans: TranslationBundle
  ) {}

  get changed(): ISignal<MySharesModel, void> {
    return this._changed;
  }

  /** Null until they are known. */
  get publications(): readonly Publication[] | null {
    return this._publications;
  }

  get folders(): readonly string[] {
    return this._folders;
  }

  /** Links of others that were opened. */
  get links(): readonly SharedLink[] {
    return this._links;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  load(): Promise<boolean> {
    return this._try(async () => {
      const [publications, folders, links] = await Promise.all([
        this._client.published(),
        this._client.folders(),
        this._client.links()
      ]);
      this._publications = publications;
      this._folders = folders;
      this._links = links;
    });
  }

  /** All of a module, or one version. */
  withdraw(publication: Publication, version?: string): Promise<boolean> {
    const { name, account, place } = publication;
    return this._try(async () => {
      await this._client.withdraw({
        name,
        ...(account ? { account } : { path: place }),
        ...(version && { version })
      });
      this._publications = await this._client.published();
    });
  }

  /** @returns whether it was taken */
  addFolder(path: string): Promise<boolean> {
    return this._try(async () => {
      this._folders = await this._client.addFolder(path);
    });
  }

  removeFolder(path: string): Promise<boolean> {
    return this._try(async () => {
      this._folders = await this._client.removeFolder(path);
    });
  }

  removeLink(id: string): Promise<boolean> {
    return this._try(async () => {
      await this._client.removeLink(id);
      this._links = await this._client.links();
    });
  }

  private async _try(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this._error = null;
    } catch (reason) {
      this._error = asRequestError(reason, this._trans);
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
    return this._error === null;
  }

  private readonly _changed = new Signal<MySharesModel, void>(this);
  private _publications: readonly Publication[] | null = null;
  private _folders: readonly string[] = [];
  private _links: readonly SharedLink[] = [];
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
}
