import type { ExportedKey, KeyImport } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { SharingClient } from './client';

/** As the service wants it of a file that leaves. */
export const SHORTEST_PASSPHRASE = 10;

/** A file whose key is looked at, before it takes the place of another. */
interface ILookedAt {
  file: string;
  passphrase: string;
  found: KeyImport;
}

/** The key that signs what the user shares: exported to another machine of theirs, imported from there. */
export class AuthorKeyModel implements IDisposable {
  constructor(
    private readonly _client: Pick<
      SharingClient,
      'key' | 'exportKey' | 'importKey'
    >,
    private readonly _trans: TranslationBundle
  ) {}

  get changed(): ISignal<AuthorKeyModel, void> {
    return this._changed;
  }

  /** Fingerprint; null until it is known. */
  get key(): string | null {
    return this._key;
  }

  /** An import that waits for a word; null while there is none. */
  get asked(): KeyImport | null {
    return this._lookedAt?.found ?? null;
  }

  /** What was done last. */
  get news(): string {
    return this._news;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._lookedAt = null;
    Signal.clearData(this);
  }

  async load(): Promise<void> {
    await this._try(async () => {
      this._key = await this._client.key();
    });
  }

  /** @returns the file; null when it was refused */
  async export(passphrase: string): Promise<ExportedKey | null> {
    let exported: ExportedKey | null = null;
    await this._try(async () => {
      exported = await this._client.exportKey(passphrase);
      this._news = this._trans.__(
        'The key was exported as %1. Keep the passphrase apart from it.',
        exported.name
      );
    });
    return exported;
  }

  /** Look which key a file holds. */
  async look(file: string, passphrase: string): Promise<void> {
    this._lookedAt = null;
    await this._try(async () => {
      const found = await this._client.importKey({ file, passphrase });
      if (found.isDone) {
        this._news = this._trans.__(
          'The file holds the key that signs here already: %1.',
          found.key
        );
      } else {
        this._lookedAt = { file, passphrase, found };
      }
    });
  }

  /** The user has compared the two fingerprints, and wants it or not. */
  async answer(isSure: boolean): Promise<void> {
    const looked = this._lookedAt;
    this._lookedAt = null;
    if (!looked || !isSure) {
      this._changed.emit();
      return;
    }
    const { file, passphrase, found } = looked;
    await this._try(async () => {
      const { replaces } = found;
      await this._client.importKey({ file, passphrase, replaces });
      this._key = found.key;
      this._news = this._trans.__('%1 signs from now on.', found.key);
    });
  }

  private async _try(work: () => Promise<void>): Promise<void> {
    this._isBusy = true;
    this._error = null;
    this._news = '';
    this._changed.emit();
    try {
      await work();
    } catch (reason) {
      this._error = asRequestError(reason, this._trans);
    }
    this._isBusy = false;
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<AuthorKeyModel, void>(this);
  private _key: string | null = null;
  private _lookedAt: ILookedAt | null = null;
  private _news = '';
  private _isBusy = false;
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
}
