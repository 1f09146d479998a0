import type { DeepEvent, Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IConnection, IDeepService } from '../service/tokens';
import type { RunAction, RunsClient } from './runsClient';

const PAGE_RUNS = 100;

/** Runs of all modules, or of one, newest first; kept up to date by events. */
export class RunListModel implements IDisposable {
  constructor(private readonly _options: RunListModel.IOptions) {
    const { service } = _options;
    service.eventReceived.connect(this._onEvent, this);
    service.connectionChanged.connect(this._onConnection, this);
  }

  get changed(): ISignal<RunListModel, void> {
    return this._changed;
  }

  /** Null until they are known. */
  get runs(): readonly Run[] | null {
    return this._runs;
  }

  /** There may be older ones. */
  get mayHaveMore(): boolean {
    return (this._runs?.length ?? 0) >= this._limit;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  get service(): IDeepService {
    return this._options.service;
  }

  /** Ids of the runs that are chosen to be compared. */
  get chosen(): ReadonlySet<string> {
    return this._chosen;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  async load(): Promise<void> {
    const { client } = this._options;
    await this._try(async () => {
      this._runs = await client.list(this._limit, this._module);
    });
  }

  async loadMore(): Promise<void> {
    this._limit += PAGE_RUNS;
    await this.load();
  }

  async act(id: string, action: RunAction): Promise<void> {
    const { client } = this._options;
    await this._try(async () => this._take(await client.act(id, action)));
  }

  async remove(id: string): Promise<void> {
    await this._try(async () => {
      await this._options.client.remove(id);
      this._runs = this._runs?.filter(run => run.id !== id) ?? null;
    });
  }

  /** What was written down while it went on. */
  log(id: string): Promise<string> {
    return this._options.client.log(id);
  }

  choose(id: string, isChosen: boolean): void {
    const chosen = new Set(this._chosen);
    if (isChosen) {
      chosen.add(id);
    } else {
      chosen.delete(id);
    }
    this._chosen = chosen;
    this._changed.emit();
  }

  chooseNone(): void {
    this._chosen = new Set();
    this._changed.emit();
  }

  private async _try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this._error = null;
    } catch (reason) {
      this._error = asRequestError(reason, this._options.trans);
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _take(run: Run): void {
    const isKnown = this._runs?.some(({ id }) => id === run.id);
    if (this._runs && isKnown) {
      this._runs = this._runs.map(each => (each.id === run.id ? run : each));
    } else if (this._runs && this._fits(run)) {
      this._runs = [run, ...this._runs];
    }
  }

  private _fits({ module }: Run): boolean {
    return this._module === undefined || module === this._module;
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run' && this._runs) {
      this._take(message.data);
      this._changed.emit();
    }
    if (message.event === 'reset') {
      void this.load();
    }
  }

  private _onConnection(_: IDeepService, { state }: IConnection): void {
    if (state === 'online' && this._error) {
      void this.load();
    }
  }

  private get _module(): string | undefined {
    return this._options.module;
  }

  private readonly _changed = new Signal<RunListModel, void>(this);
  private _runs: readonly Run[] | null = null;
  private _chosen: ReadonlySet<string> = new Set();
  private _error: DeepRequestError | null = null;
  private _limit = PAGE_RUNS;
  private _isDisposed = false;
}

export namespace RunListModel {
  export interface IOptions {
    service: IDeepService;
    client: RunsClient;
    trans: TranslationBundle;

    /** Only runs of this module. */
    module?: string;
  }
}
