import type {
  Dataset,
  DatasetRemoval,
  DatasetRequest,
  DeepEvent,
  Run,
  StorageAccount,
  StorageDisconnection,
  StorageEntry
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { RunAction, RunsClient } from '../activity/runsClient';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import type { KnownStorage } from './cache';
import type { StorageClient } from './client';
import { FilesClient } from './filesClient';

/** Something that somebody else shares with the user. */
export interface IReceived {
  account: string;
  entry: StorageEntry;
}

/** Accounts, datasets, transfers and what others share; kept up to date by events. */
export class StorageModel implements IDisposable {
  constructor(private readonly _options: StorageModel.IOptions) {
    const { service } = _options;
    service.eventReceived.connect(this._onEvent, this);
  }

  get changed(): ISignal<StorageModel, void> {
    return this._changed;
  }

  /** Null until they are known. */
  get accounts(): readonly StorageAccount[] | null {
    return this._accounts;
  }

  get datasets(): readonly Dataset[] {
    return this._datasets;
  }

  /** Open ones, and ended ones that may be tried again; newest first. */
  get transfers(): readonly Run[] {
    return this._transfers;
  }

  get received(): readonly IReceived[] {
    return this._received;
  }

  get isRefreshing(): boolean {
    return this._isRefreshing;
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

  /** What was known last time first, then what is so now. */
  async start(): Promise<void> {
    if (this._isStarted) {
      return;
    }
    this._isStarted = true;
    const known = await this._options.cache.read();
    if (known && !this._accounts) {
      this._accounts = known.accounts;
      this._datasets = known.datasets;
      this._emit();
    }
    await this.refresh();
  }

  async refresh(): Promise<void> {
    this._isRefreshing = true;
    this._emit();
    this._heard.clear();
    await this.attempt(async () => {
      const { client } = this._options;
      const [accounts, datasets, transfers] = await Promise.all([
        client.accounts(),
        client.datasets(),
        client.transfers()
      ]);
      this._accounts = accounts.map(each => this._newer(each));
      this._datasets = datasets.map(each => ({
        ...this._newer(each),
        jupyterPath: each.jupyterPath
      }));
      this._transfers = transfers.map(each => this._newer(each));
      this._keep();
    });
    this._isRefreshing = false;
    this._emit();
    await this._refreshReceived();
  }

  /** Ask the account's server again: whether it answers, its quota, what it can do. */
  async check(account: string): Promise<void> {
    await this.attempt(async () =>
      this._takeAccount(await this._options.client.check(account))
    );
  }

  /** Null where it failed; the panel then says why. */
  async disconnect(account: string): Promise<StorageDisconnection | null> {
    return this.attempt(async () => {
      const told = await this._options.client.disconnect(account);
      this._accounts =
        this._accounts?.filter(({ id }) => id !== account) ?? null;
      this._received = this._received.filter(each => each.account !== account);
      this._keep();
      return told;
    });
  }

  /** An account that was just linked. */
  linked(account: StorageAccount): void {
    this._takeAccount(account);
    this._emit();
    void this._refreshReceived();
  }

  async makeDataset(request: DatasetRequest): Promise<Dataset | null> {
    return this.attempt(async () => {
      const dataset = await this._options.client.makeDataset(request);
      this._place(dataset);
      return dataset;
    });
  }

  async refreshDataset(id: string): Promise<void> {
    await this._startRun(() => this._options.client.refresh(id));
  }

  async pushDataset(id: string): Promise<void> {
    await this._startRun(() => this._options.client.push(id));
  }

  async fetchMore(id: string, pattern: string): Promise<void> {
    await this._startRun(() => this._options.client.fetchMore(id, pattern));
  }

  async forget(id: string, removal: DatasetRemoval): Promise<void> {
    await this.attempt(async () => {
      await this._options.client.forget(id, removal);
      this._datasets = this._datasets.filter(each => each.id !== id);
      this._keep();
    });
  }

  async act(run: string, action: RunAction): Promise<void> {
    await this._startRun(() => this._options.runs.act(run, action));
  }

  /** Dataset whose folder holds the path; the nearest where several do. */
  datasetOf(account: string, path: string): Dataset | undefined {
    return this._datasets
      .filter(
        ({ account: its, remotePath }) =>
          its === account &&
          (remotePath === '' ||
            path === remotePath ||
            path.startsWith(`${remotePath}/`))
      )
      .sort((a, b) => b.remotePath.length - a.remotePath.length)[0];
  }

  private async _startRun(start: () => Promise<Run>): Promise<void> {
    await this.attempt(async () => this._takeRun(this._newer(await start())));
  }

  /** Null after a failure, which the panel then shows. */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const result = await work();
      this._error = null;
      this._emit();
      return result;
    } catch (reason) {
      this._error = asRequestError(reason, this._options.trans);
      this._emit();
      return null;
    }
  }

  /** One that fails stops no other, and is told by its account's row. */
  private async _refreshReceived(): Promise<void> {
    const { service } = this._options;
    const asked = (this._accounts ?? []).filter(
      ({ state, can }) => state === 'connected' && can.shares
    );
    const lists = await Promise.allSettled(
      asked.map(async ({ id }) => {
        const entries = await new FilesClient(service, id).received();
        return entries.map(entry => ({ account: id, entry }));
      })
    );
    this._received = lists.flatMap(list =>
      list.status === 'fulfilled' ? list.value : []
    );
    this._emit();
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (!this._isStarted) {
      return;
    }
    switch (message.event) {
      case 'storage-account':
        this._heard.set(message.data.id, message.data);
        this._takeAccount(message.data);
        break;
      case 'dataset':
        this._hearOf(message.data);
        break;
      case 'run':
        if (message.data.kind === 'transfer') {
          this._heard.set(message.data.id, message.data);
          this._takeRun(message.data);
        }
        break;
      case 'reset':
        void this.refresh();
        return;
      default:
        return;
    }
    this._emit();
  }

  private _takeAccount(account: StorageAccount): void {
    this._accounts = replaced(this._accounts ?? [], account);
    this._keep();
  }

  /** An event goes to all who listen, so it does not say where the file browser of this one has the dataset. */
  private _hearOf(dataset: Dataset): void {
    const known = this._datasets.find(({ id }) => id === dataset.id);
    this._heard.set(dataset.id, dataset);
    this._takeDataset({ ...dataset, jupyterPath: known?.jupyterPath });
    if (!known) {
      void this.attempt(async () =>
        this._place(await this._options.client.dataset(dataset.id))
      );
    }
  }

  /** An answer about one dataset; what events have said of it meanwhile is newer. */
  private _place(dataset: Dataset): void {
    const known = this._datasets.find(({ id }) => id === dataset.id);
    const { jupyterPath } = dataset;
    this._takeDataset(known ? { ...known, jupyterPath } : dataset);
  }

  /** What an event has said since the question was asked. */
  private _newer<T extends { id: string }>(answered: T): T {
    return (this._heard.get(answered.id) as T | undefined) ?? answered;
  }

  private _takeDataset(dataset: Dataset): void {
    this._datasets = replaced(this._datasets, dataset);
    this._keep();
  }

  private _takeRun(run: Run): void {
    const isKnown = this._transfers.some(({ id }) => id === run.id);
    this._transfers = isKnown
      ? replaced(this._transfers, run)
      : [run, ...this._transfers];
  }

  private _keep(): void {
    const { _accounts: accounts, _datasets: datasets } = this;
    if (accounts) {
      this._options.onAccounts(accounts.map(({ id }) => id));
      void this._options.cache.write({ accounts, datasets });
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<StorageModel, void>(this);
  private _accounts: readonly StorageAccount[] | null = null;
  private _datasets: readonly Dataset[] = [];
  private _transfers: readonly Run[] = [];
  private _received: readonly IReceived[] = [];
  /** By id; ids of accounts, datasets and runs are never the same. */
  private readonly _heard = new Map<string, StorageAccount | Dataset | Run>();
  private _error: DeepRequestError | null = null;
  private _isRefreshing = false;
  private _isStarted = false;
  private _isDisposed = false;
}

export namespace StorageModel {
  export interface IOptions {
    service: IDeepService;
    client: StorageClient;
    runs: RunsClient;
    cache: KnownStorage;
    /** The ids of all accounts, each of which is a drive. */
    onAccounts: (ids: string[]) => void;
    trans: TranslationBundle;
  }
}

function replaced<T extends { id: string }>(
  items: readonly T[],
  item: T
): readonly T[] {
  return items.some(({ id }) => id === item.id)
    ? items.map(each => (each.id === item.id ? item : each))
    : [...items, item];
}
