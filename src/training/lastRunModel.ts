import type { Dataset, DeepEvent, Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { RunAction, RunsClient } from '../activity/runsClient';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import { StorageClient } from '../storage/client';

/** Runs of the module among which the last one is looked for. */
const LOOKED_AT = 50;

/** Work of a module on data that are chosen: the run that goes or went last, and what it has come to. */
export abstract class LastRunModel<
  O extends LastRunModel.IOptions
> implements IDisposable {
  /** @param readEveryMs What it has come to is asked for at most so often. */
  constructor(
    protected readonly _options: O,
    readEveryMs: number
  ) {
    const { service } = _options;
    this._runs = new RunsClient(service);
    this._storage = new StorageClient(service);
    this._reading = new Throttler(() => this._read(), {
      limit: readEveryMs,
      edge: 'trailing'
    });
    service.eventReceived.connect(this._onEvent, this);
  }

  get changed(): ISignal<LastRunModel<O>, void> {
    return this._changed;
  }

  /** Datasets to choose from; null until they are known. */
  get datasets(): readonly Dataset[] | null {
    return this._datasets;
  }

  get run(): Run | null {
    return this._run;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  /** A request to begin is on its way. */
  get isBeginning(): boolean {
    return this._isBeginning;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._reading.dispose();
    Signal.clearData(this);
  }

  /** Find what there is: datasets, and the run of this module that goes or went last. */
  async open(): Promise<void> {
    void this._loadDatasets();
    if (this._run) {
      return;
    }
    await this._try(async () => {
      const runs = await this._runs.list(LOOKED_AT, this._options.module);
      const found = runs.find(run => this._isOurs(run));
      if (found && !this._run) {
        this._show(found);
      }
    });
  }

  /** Show one of the past. */
  show(run: Run): void {
    this._show(run);
    this._changed.emit();
  }

  async act(action: RunAction): Promise<void> {
    const { id = '' } = this._run ?? {};
    await this._try(async () => this._take(await this._runs.act(id, action)));
  }

  protected abstract _isOurs(run: Run): boolean;

  /** Another run is shown: nothing is known of it yet. */
  protected abstract _forget(): void;

  /** Ask what the run has come to. Never rejects. */
  protected abstract _read(): Promise<void>;

  /** News of a run, which may be the one that is shown. */
  protected abstract _take(run: Run): void;

  /** The service has begun anew. */
  protected abstract _onReset(run: Run): void;

  protected _show(run: Run): void {
    this._run = run;
    this._forget();
    void this._read();
  }

  protected async _begin(ask: () => Promise<Run>): Promise<void> {
    this._isBeginning = true;
    this._changed.emit();
    await this._try(async () => this._show(await ask()));
    this._isBeginning = false;
    this._changed.emit();
  }

  protected async _try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this._error = null;
    } catch (reason) {
      this._error = asRequestError(reason, this._options.trans);
    }
    this._emit();
  }

  protected _readSoon(): void {
    this._reading.invoke().catch(() => undefined);
  }

  protected _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  protected _run: Run | null = null;

  private async _loadDatasets(): Promise<void> {
    try {
      this._datasets = await this._storage.datasets();
    } catch {
      // Folders of Jupyter can be chosen all the same; the storage panel says what is wrong.
      this._datasets = [];
    }
    this._emit();
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run') {
      this._take(message.data);
    } else if (message.event === 'dataset' && this._datasets) {
      void this._loadDatasets();
    } else if (message.event === 'reset' && this._run) {
      this._onReset(this._run);
    }
  }

  private readonly _changed = new Signal<LastRunModel<O>, void>(this);
  private readonly _runs: RunsClient;
  private readonly _storage: StorageClient;
  private readonly _reading: Throttler;
  private _datasets: readonly Dataset[] | null = null;
  private _error: DeepRequestError | null = null;
  private _isBeginning = false;
  private _isDisposed = false;
}

export namespace LastRunModel {
  export interface IOptions {
    /** Module id. */
    module: string;
    service: IDeepService;
    trans: TranslationBundle;
  }
}
