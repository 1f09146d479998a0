import type { Target, TargetRequest } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { FieldErrors } from '../inference/formErrors';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { DeploymentsClient } from './client';

export type NewTargetKind = TargetRequest['kind'];

/** Of the request, what is typed. */
export type TargetField =
  | 'id'
  | 'title'
  | 'address'
  | 'keyFile'
  | 'caFile'
  | 'certFile'
  | 'publishAddress';

/** *Add a place*: what it is, where it is asked, and by what it knows who asks. */
export class AddTargetModel implements IDisposable {
  constructor(private readonly _options: AddTargetModel.IOptions) {}

  get changed(): ISignal<AddTargetModel, void> {
    return this._changed;
  }

  get kind(): NewTargetKind {
    return this._kind;
  }

  /** Fields that this kind of place, at this address, has. */
  get fields(): TargetField[] {
    const isTls = /^tcp:/.test(this.value('address').trim());
    const isSsh = /^ssh:/.test(this.value('address').trim());
    return [
      'address',
      'id',
      'title',
      ...(this._kind === 'container' && isTls
        ? (['caFile', 'certFile', 'keyFile', 'publishAddress'] as const)
        : []),
      ...(this._kind === 'container' && isSsh ? (['keyFile'] as const) : [])
    ];
  }

  value(field: TargetField): string {
    return this._values[field] ?? '';
  }

  get fieldErrors(): FieldErrors {
    return this._fieldErrors;
  }

  /** Of an address that is not public, until the user has confirmed it. */
  get privateWords(): string | null {
    return this._privateWords;
  }

  get isConfirmed(): boolean {
    return this._isConfirmed;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  /** Since when it is asked; null while it is not. */
  get busySince(): Date | null {
    return this._busySince;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  setKind(kind: NewTargetKind): void {
    this._kind = kind;
    this._forget();
  }

  set(field: TargetField, value: string): void {
    this._values = { ...this._values, [field]: value };
    if (field === 'address') {
      this._privateWords = null;
      this._isConfirmed = false;
    }
    this._forget();
  }

  confirm(isConfirmed: boolean): void {
    this._isConfirmed = isConfirmed;
    this._emit();
  }

  /** Add it; null when that was refused, or is still to be confirmed. */
  async add(): Promise<Target | null> {
    const { client, trans } = this._options;
    if (this._busySince || !this._isFilled()) {
      return null;
    }
    this._busySince = new Date();
    this._forget();
    try {
      return await client.addTarget(this._request);
    } catch (reason) {
      this._hear(asRequestError(reason, trans));
      return null;
    } finally {
      this._busySince = null;
      this._emit();
    }
  }

  private _isFilled(): boolean {
    const { trans } = this._options;
    this._forget();
    if (this.value('address').trim() === '') {
      this._fieldErrors = { address: [trans.__('Give a value.')] };
    }
    if (!/^[a-z0-9-]{1,40}$/.test(this.value('id'))) {
      this._fieldErrors = {
        ...this._fieldErrors,
        id: [
          trans.__('Small letters, digits and hyphens, such as %1.', 'gpu-host')
        ]
      };
    }
    this._emit();
    return Object.keys(this._fieldErrors).length === 0;
  }

  private get _request(): TargetRequest {
    const given = this.fields.flatMap(field => {
      const value = this.value(field).trim();
      return value === '' ? [] : [[field, value]];
    });
    return {
      ...Object.fromEntries(given),
      kind: this._kind,
      ...(this._isConfirmed && { allowPrivate: true })
    };
  }

  private _hear(error: DeepRequestError): void {
    if (error.key === 'address-private') {
      this._privateWords = error.problem.detail;
      return;
    }
    this._fieldErrors = error.problem.fields ?? {};
    if (Object.keys(this._fieldErrors).length === 0) {
      this._error = error;
    }
  }

  private _forget(): void {
    this._error = null;
    this._fieldErrors = {};
    this._emit();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<AddTargetModel, void>(this);
  private _kind: NewTargetKind = 'container';
  private _values: Partial<Record<TargetField, string>> = {};
  private _fieldErrors: FieldErrors = {};
  private _privateWords: string | null = null;
  private _isConfirmed = false;
  private _error: DeepRequestError | null = null;
  private _busySince: Date | null = null;
  private _isDisposed = false;
}

export namespace AddTargetModel {
  export interface IOptions {
    client: DeploymentsClient;
    trans: TranslationBundle;
  }
}
