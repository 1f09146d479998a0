import type { Contents } from '@jupyterlab/services';
import { LazyDrive } from './drive/lazyDrive';

/**
 * Lab restores documents before the service was asked for anything, and a path of an unknown drive would be lost: the ids of the
 * accounts of the last visit are kept in the browser, where they are read without waiting.
 */
export class KnownDrives {
  constructor(
    private readonly _contents: Contents.IManager,
    private readonly _load: (account: string) => Promise<Contents.IDrive>
  ) {
    this._key = `jupyterlab-deep:drives:${_contents.serverSettings.baseUrl}`;
    const kept = window.localStorage.getItem(this._key) ?? '';
    this._add(kept.split(' ').filter(id => id !== ''));
  }

  has(account: string): boolean {
    return this._ids.has(account);
  }

  get size(): number {
    return this._ids.size;
  }

  /** Lab cannot take a drive away: one of a disconnected account stays and says so when it is used. */
  set(ids: string[]): void {
    this._ids = new Set(ids);
    this._add(ids);
    window.localStorage.setItem(this._key, ids.join(' '));
  }

  private _add(ids: string[]): void {
    for (const id of ids) {
      this._ids.add(id);
      if (!this._added.has(id)) {
        this._added.add(id);
        const { serverSettings } = this._contents;
        this._contents.addDrive(
          new LazyDrive(id, serverSettings, () => this._load(id))
        );
      }
    }
  }

  private readonly _key: string;
  private readonly _added = new Set<string>();
  private _ids = new Set<string>();
}
