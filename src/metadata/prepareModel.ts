import type {
  Preparation,
  PreparationRequest,
  PreparedLicence,
  Problem
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError } from '../service/errors';
import type { MetadataClient } from './client';

interface IPrepareModelOptions {
  client: MetadataClient;
  jupyterPath: string;
  trans: TranslationBundle;
}

/** How far a folder is from what the maintainers ask for. */
export class PrepareModel {
  constructor(private readonly _options: IPrepareModelOptions) {}

  get changed(): ISignal<PrepareModel, void> {
    return this._changed;
  }

  /** null until it was looked at. */
  get found(): Preparation | null {
    return this._found;
  }

  get failure(): Problem | null {
    return this._failure;
  }

  get isWriting(): boolean {
    return this._isWriting;
  }

  refresh(): Promise<void> {
    return this._try(() => this._look());
  }

  /** Its text is among the files that can be written then. */
  chooseLicence(licence: PreparedLicence): Promise<void> {
    this._licence = licence;
    return this.refresh();
  }

  /** Write files that are missing; what is there by now stays. */
  async write(names: string[]): Promise<void> {
    const { client } = this._options;
    this._isWriting = true;
    this._changed.emit();
    await this._try(async () => {
      await client.writeFiles({ ...this._request, names });
      await this._look();
    });
  }

  private async _look(): Promise<void> {
    const { client } = this._options;
    const asked = this._licence;
    const found = await client.prepare(this._request);
    // Somebody may have chosen another one meanwhile.
    if (asked === this._licence) {
      this._found = found;
    }
  }

  private get _request(): PreparationRequest {
    const { jupyterPath } = this._options;
    return { jupyterPath, ...(this._licence && { licence: this._licence }) };
  }

  private async _try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this._failure = null;
    } catch (reason) {
      this._failure = asRequestError(reason, this._options.trans).problem;
    }
    this._isWriting = false;
    this._changed.emit();
  }

  private readonly _changed = new Signal<PrepareModel, void>(this);
  private _found: Preparation | null = null;
  private _failure: Problem | null = null;
  private _isWriting = false;
  private _licence?: PreparedLicence;
}
