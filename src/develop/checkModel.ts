import type { CheckReport, CheckRequest, Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { InferenceClient } from '../inference/client';
import { hasEnded, RunFollower } from '../inference/runFollower';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import type { DevelopClient } from './client';

/** A check of a server: begun, followed, its report. */
export class CheckModel implements IDisposable {
  constructor(private readonly _options: CheckModel.IOptions) {
    const { service, inference: client, trans, request } = _options;
    this._request = request;
    this._follower = new RunFollower({ service, client, trans });
    this._follower.changed.connect(() => void this._onRun());
    void this.begin();
  }

  get changed(): ISignal<CheckModel, void> {
    return this._changed;
  }

  get run(): Run | null {
    return this._follower.run;
  }

  get report(): CheckReport | null {
    return this._report;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get isBusy(): boolean {
    const { run } = this;
    return !this._error && (!run || !hasEnded(run));
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._follower.dispose();
    Signal.clearData(this);
  }

  /** Check, or check again. */
  async begin(change: Partial<CheckRequest> = {}): Promise<void> {
    this._request = { ...this._request, ...change };
    this._error = null;
    this._changed.emit();
    try {
      await this._follower.begin(() =>
        this._options.client.check(this._request)
      );
    } catch (reason) {
      this._fail(reason);
    }
  }

  private async _onRun(): Promise<void> {
    const { run } = this;
    this._changed.emit();
    if (!run || !hasEnded(run) || this._shown === run.id) {
      return;
    }
    this._shown = run.id;
    if (run.error) {
      this._error = new DeepRequestError(run.error);
    } else if (run.state === 'succeeded') {
      try {
        this._report = await this._options.client.report(run.id);
      } catch (reason) {
        this._fail(reason);
      }
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _fail(reason: unknown): void {
    if (!this._isDisposed) {
      this._error = asRequestError(reason, this._options.trans);
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<CheckModel, void>(this);
  private readonly _follower: RunFollower;
  private _request: CheckRequest;
  private _report: CheckReport | null = null;
  private _error: DeepRequestError | null = null;
  private _shown = '';
  private _isDisposed = false;
}

export namespace CheckModel {
  export interface IOptions {
    client: DevelopClient;
    inference: InferenceClient;
    service: IDeepService;
    request: CheckRequest;
    trans: TranslationBundle;
  }
}
