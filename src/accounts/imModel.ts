import type {
  Account,
  ImAccountRequest,
  ImEntryRequest
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { AccountsClient } from './client';

const MANAGER = 'InfrastructureManager';

export interface IFieldDraft {
  name: string;
  value: string;
}

/** A line of credentials, as it is being typed. */
export interface IEntryDraft {
  type: string;
  id: string;
  /** Whose token it carries; empty for none. */
  account: string;
  fields: IFieldDraft[];
}

/** Typing credentials for an Infrastructure Manager: for itself first, then for clouds. */
export class ImModel implements IDisposable {
  constructor(private readonly _options: ImModel.IOptions) {
    const [first] = _options.carriers;
    this._manager = {
      type: MANAGER,
      id: '',
      account: first?.id ?? '',
      fields: [
        { name: 'username', value: '' },
        { name: 'password', value: '' }
      ]
    };
  }

  get changed(): ISignal<ImModel, void> {
    return this._changed;
  }

  /** Whose token an entry can carry. */
  get carriers(): readonly Account[] {
    return this._options.carriers;
  }

  get isReplacing(): boolean {
    return this._options.account !== undefined;
  }

  /** For the Infrastructure Manager itself. */
  get manager(): IEntryDraft {
    return this._manager;
  }

  /** For clouds. */
  get entries(): readonly IEntryDraft[] {
    return this._entries;
  }

  get kept(): Account | null {
    return this._kept;
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
    Signal.clearData(this);
  }

  addEntry(): void {
    const fields = [{ name: 'host', value: '' }];
    this._entries = [
      ...this._entries,
      { type: '', id: '', account: '', fields }
    ];
    this._emit();
  }

  removeEntry(entry: IEntryDraft): void {
    this._entries = this._entries.filter(each => each !== entry);
    this._emit();
  }

  change(entry: IEntryDraft, change: Partial<IEntryDraft>): void {
    Object.assign(entry, change);
    this._emit();
  }

  changeField(field: IFieldDraft, change: Partial<IFieldDraft>): void {
    Object.assign(field, change);
    this._emit();
  }

  addField(entry: IEntryDraft): void {
    this.change(entry, { fields: [...entry.fields, { name: '', value: '' }] });
  }

  removeField(entry: IEntryDraft, field: IFieldDraft): void {
    const fields = entry.fields.filter(each => each !== field);
    this.change(entry, { fields });
  }

  /** Have them checked and kept. */
  async submit(): Promise<void> {
    const { client, onKept, trans } = this._options;
    this._isBusy = true;
    this._error = null;
    this._emit();
    try {
      this._kept = await client.keepIm(this._request);
      onKept(this._kept);
      this._forget();
    } catch (reason) {
      this._error = asRequestError(reason, trans);
    }
    this._isBusy = false;
    this._emit();
  }

  private get _request(): ImAccountRequest {
    const { account } = this._options;
    return {
      ...(account && { account: account.id }),
      entries: [this._manager, ...this._entries].map(requestOf)
    };
  }

  /** What was typed is not needed on this page any more. */
  private _forget(): void {
    this._manager.fields.forEach(field => (field.value = ''));
    this._entries = [];
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<ImModel, void>(this);
  private readonly _manager: IEntryDraft;
  private _entries: readonly IEntryDraft[] = [];
  private _kept: Account | null = null;
  private _isBusy = false;
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
}

export namespace ImModel {
  export interface IOptions {
    client: AccountsClient;
    trans: TranslationBundle;
    onKept: (account: Account) => void;
    carriers: readonly Account[];
    /** Whose entries are replaced. */
    account?: Account;
  }
}

/** Fields that were left empty are not there; the manager's own are not, where a token takes their place. */
function requestOf({ account, fields, id, type }: IEntryDraft): ImEntryRequest {
  const isByToken = account !== '' && type === MANAGER;
  const given = fields.filter(({ name, value }) => name && value);
  return {
    type: type.trim(),
    ...(id.trim() && { id: id.trim() }),
    ...(account && { account }),
    fields: isByToken
      ? {}
      : Object.fromEntries(given.map(({ name, value }) => [name.trim(), value]))
  };
}
