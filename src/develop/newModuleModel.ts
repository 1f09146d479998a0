import type {
  ModuleLicence,
  ModuleVariant,
  NotebookReading,
  WrittenModule
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { DevelopClient } from './client';

/** What the form holds. */
export interface INewModule {
  variant: ModuleVariant;
  title: string;
  /** Below the root of Jupyter. */
  folder: string;
  summary: string;
  author: string;
  licence: ModuleLicence;
  /** The notebook or the model file. */
  source: string;
}

/** *New module*: the form, what a notebook would become, what was written. */
export class NewModuleModel implements IDisposable {
  constructor(private readonly _options: NewModuleModel.IOptions) {
    const { notebook } = _options;
    this._values = {
      variant: notebook ? 'notebook' : 'image',
      title: '',
      folder: '',
      summary: '',
      author: '',
      licence: 'MIT',
      source: notebook ?? ''
    };
    if (notebook) {
      void this.read();
    }
  }

  get changed(): ISignal<NewModuleModel, void> {
    return this._changed;
  }

  get values(): INewModule {
    return this._values;
  }

  get reading(): NotebookReading | null {
    return this._reading;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isBusy(): boolean {
    return this._isBusy;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Why it cannot be written yet; empty when it can. */
  get lacks(): string {
    const { title, variant, source } = this._values;
    const { trans } = this._options;
    if (variant === 'notebook' && source === '') {
      return trans.__('Choose the notebook.');
    }
    if (variant === 'model' && source === '') {
      return trans.__('Choose the model file.');
    }
    return title.trim() === '' ? trans.__('Give it a name.') : '';
  }

  /** The folder that it goes to, by its name where nobody chose another. */
  get folder(): string {
    return this._values.folder || this._proposedFolder();
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  set(change: Partial<INewModule>): void {
    const before = this._values;
    this._values = { ...before, ...change };
    this._error = null;
    if (change.variant && change.variant !== before.variant) {
      this._reading = null;
      this._values.source = '';
    }
    this._changed.emit();
  }

  /** Look at the notebook again, such as after its cells were marked. */
  async read(): Promise<void> {
    const { variant, source } = this._values;
    if (variant !== 'notebook' || source === '') {
      return;
    }
    await this._work(async () => {
      this._reading = await this._options.client.readNotebook(source);
      if (this._values.title === '') {
        this._values = { ...this._values, title: this._reading.title };
      }
    });
  }

  /** @returns what was written; null where it was not. */
  async write(): Promise<WrittenModule | null> {
    let written: WrittenModule | null = null;
    const { source, summary, author, ...rest } = this._values;
    await this._work(async () => {
      written = await this._options.client.write({
        ...rest,
        folder: { from: 'jupyter', path: this.folder },
        ...(summary && { summary }),
        ...(author && { author }),
        ...(source && { source: { from: 'jupyter', path: source } })
      });
    });
    return written;
  }

  private async _work(work: () => Promise<void>): Promise<void> {
    this._isBusy = true;
    this._error = null;
    this._changed.emit();
    try {
      await work();
    } catch (reason) {
      this._error = asRequestError(reason, this._options.trans);
    }
    this._isBusy = false;
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _proposedFolder(): string {
    const { currentFolder } = this._options;
    const name =
      this._values.title
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'new-module';
    return [currentFolder(), name].filter(Boolean).join('/');
  }

  private readonly _changed = new Signal<NewModuleModel, void>(this);
  private _values: INewModule;
  private _reading: NotebookReading | null = null;
  private _error: DeepRequestError | null = null;
  private _isBusy = false;
  private _isDisposed = false;
}

export namespace NewModuleModel {
  export interface IOptions {
    client: DevelopClient;
    /** To begin with, below the root of Jupyter. */
    notebook?: string;
    currentFolder: () => string;
    trans: TranslationBundle;
  }
}
