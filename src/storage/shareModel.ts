import type {
  StoragePerson,
  StorageShare,
  StorageShareChange
} from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { FilesClient } from './filesClient';

const ASK_AFTER_MS = 300;

/** Who a file or folder is shared with. */
export class ShareModel implements IDisposable {
  constructor(
    private readonly _client: FilesClient,
    private readonly _path: string,
    private readonly _trans: TranslationBundle
  ) {}

  get changed(): ISignal<ShareModel, void> {
    return this._changed;
  }

  get name(): string {
    return PathExt.basename(this._path) || this._client.account;
  }

  /** Null until they are known. */
  get shares(): readonly StorageShare[] | null {
    return this._shares;
  }

  get search(): string {
    return this._search;
  }

  get people(): readonly StoragePerson[] {
    return this._people;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._asked.abort();
    this._ask.dispose();
    Signal.clearData(this);
  }

  async load(): Promise<void> {
    await this._try(async () => {
      this._shares = await this._client.shares(this._path);
    });
  }

  find(text: string): void {
    this._search = text;
    this._changed.emit();
    void this._ask.invoke().catch(() => undefined); // A newer one took its place.
  }

  async shareWith({ id, kind }: StoragePerson): Promise<void> {
    await this._try(async () => {
      const path = this._path;
      this._add(await this._client.share({ path, kind, with: id }));
      this._search = '';
      this._people = [];
    });
  }

  /** @returns whether there is a link now. */
  shareLink(options: {
    password: string;
    expiresAt: string;
  }): Promise<boolean> {
    const { password, expiresAt } = options;
    return this._try(async () => {
      const share = await this._client.share({
        path: this._path,
        kind: 'link',
        ...(password && { password }),
        ...(expiresAt && { expiresAt })
      });
      this._add(share);
    });
  }

  async change(id: string, change: StorageShareChange): Promise<void> {
    await this._try(async () => {
      const share = await this._client.changeShare(id, change);
      this._shares =
        this._shares?.map(each => (each.id === id ? share : each)) ?? null;
    });
  }

  async remove(id: string): Promise<void> {
    await this._try(async () => {
      await this._client.removeShare(id);
      this._shares = this._shares?.filter(each => each.id !== id) ?? null;
    });
  }

  private _add(share: StorageShare): void {
    this._shares = [...(this._shares ?? []), share];
  }

  private async _findPeople(): Promise<void> {
    this._asked.abort();
    const asked = (this._asked = new AbortController());
    const search = this._search.trim();
    await this._try(async () => {
      const people = search
        ? await this._client.people(search, asked.signal)
        : [];
      if (!asked.signal.aborted) {
        this._people = people;
      }
    }, asked.signal);
  }

  private async _try(
    work: () => Promise<void>,
    signal?: AbortSignal
  ): Promise<boolean> {
    let isDone = false;
    try {
      await work();
      isDone = true;
      this._error = null;
    } catch (reason) {
      if (!signal?.aborted) {
        this._error = asRequestError(reason, this._trans);
      }
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
    return isDone;
  }

  private readonly _changed = new Signal<ShareModel, void>(this);
  private readonly _ask = new Debouncer(() => this._findPeople(), ASK_AFTER_MS);
  private _asked = new AbortController();
  private _shares: readonly StorageShare[] | null = null;
  private _search = '';
  private _people: readonly StoragePerson[] = [];
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
}
