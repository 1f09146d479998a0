import type {
  BatchCount,
  BatchItem,
  BatchItemState,
  BatchRequest,
  DeepEvent,
  Run
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer, Throttler } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { RunAction, RunsClient } from '../activity/runsClient';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import { isEvaluation } from '../training/evaluateModel';
import { BatchClient } from './batchClient';

/** Results of one page: so many pictures that a page turns at once. */
export const PAGE_ITEMS = 48;

const COUNT_AFTER_MS = 300;
/** Results move while somebody looks at them, so not with each that comes. */
const ITEMS_EVERY_MS = 2000;

/** Which files, and where the results go. */
export interface IBatchChoice {
  folder: string;
  pattern: string;
  results: 'beside' | 'root';

  /** The argument that varies. */
  argument: string;
}

/** *Folder*: the files that are chosen, the batch that goes or went last, its results so far. */
export class BatchModel implements IDisposable {
  constructor(private readonly _options: BatchModel.IOptions) {
    const { service } = _options;
    this.client = new BatchClient(service);
    this._runs = new RunsClient(service);
    service.eventReceived.connect(this._onEvent, this);
  }

  readonly client: BatchClient;

  get changed(): ISignal<BatchModel, void> {
    return this._changed;
  }

  get choice(): IBatchChoice {
    return this._choice;
  }

  /** How many files fit; null while that is not known. */
  get count(): BatchCount | null {
    return this._count;
  }

  /** Why the files cannot be counted. */
  get countError(): DeepRequestError | null {
    return this._countError;
  }

  get run(): Run | null {
    return this._run;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  /** The page of results that is shown. */
  get items(): readonly BatchItem[] {
    return this._items;
  }

  get totalItems(): number {
    return this._totalItems;
  }

  get page(): number {
    return this._page;
  }

  get filter(): BatchItemState | undefined {
    return this._filter;
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
    this._counting.dispose();
    this._reading.dispose();
    Signal.clearData(this);
  }

  /** Find the batch of this module that goes, or the last one. */
  async open(): Promise<void> {
    if (this._run) {
      return;
    }
    await this._try(async () => {
      const runs = await this._runs.list(50, this._options.module);
      const isShown = (run: Run): boolean =>
        run.kind === 'batch' && !isEvaluation(run);
      this._take(runs.find(isShown) ?? null);
    });
  }

  choose(change: Partial<IBatchChoice>): void {
    this._choice = { ...this._choice, ...change };
    this._count = null;
    this._countError = null;
    this._changed.emit();
    this._counting.invoke().catch(() => undefined);
  }

  /** @param rest What does not vary. */
  async begin(
    rest: Pick<BatchRequest, 'arguments' | 'files' | 'accept'>
  ): Promise<void> {
    const { results, ...each } = this._choice;
    this._isBeginning = true;
    this._changed.emit();
    await this._try(async () => {
      const run = await this.client.begin({
        module: this._options.module,
        each: { ...each, from: 'jupyter' },
        results,
        ...rest
      });
      this._items = [];
      this._page = 0;
      this._take(run);
    });
    this._isBeginning = false;
    this._changed.emit();
  }

  /** Have the gallery made for Lab; it is opened also when that fails, then without pictures. */
  async showPictures(): Promise<void> {
    const { id = '' } = this._run ?? {};
    await this._try(async () => void (await this.client.showPictures(id)));
  }

  async act(action: RunAction): Promise<void> {
    const { id = '' } = this._run ?? {};
    await this._try(async () => this._take(await this._runs.act(id, action)));
  }

  show(page: number, filter = this._filter): void {
    this._page = page;
    this._filter = filter;
    this._changed.emit();
    void this._read();
  }

  showAll(): void {
    this._filter = undefined;
    this.show(0);
  }

  private async _countFiles(): Promise<void> {
    const { results: _results, ...each } = this._choice;
    this._asking?.abort();
    const { signal } = (this._asking = new AbortController());
    try {
      const count = await this.client.count(
        { ...each, from: 'jupyter' },
        signal
      );
      this._told(signal, () => (this._count = count));
    } catch (reason) {
      const error = asRequestError(reason, this._options.trans);
      this._told(signal, () => (this._countError = error));
    }
  }

  private _told(signal: AbortSignal, take: () => void): void {
    if (!signal.aborted && !this._isDisposed) {
      take();
      this._changed.emit();
    }
  }

  private async _read(): Promise<void> {
    const { _run: run, _page: page, _filter: state } = this;
    if (!run) {
      return;
    }
    await this._try(async () => {
      const { items, total } = await this.client.items(run.id, {
        state,
        offset: page * PAGE_ITEMS,
        limit: PAGE_ITEMS
      });
      if (run.id === this._run?.id && page === this._page) {
        this._items = items;
        this._totalItems = total;
      }
    });
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

  private _take(run: Run | null): void {
    const known = this._run;
    this._run = run;
    if (run && run.id === known?.id && run.state === known.state) {
      this._reading.invoke().catch(() => undefined);
    } else if (run) {
      void this._read();
    }
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run' && message.data.id === this._run?.id) {
      this._take(message.data);
      this._changed.emit();
    }
    if (message.event === 'reset' && this._run) {
      this._run = null;
      void this.open();
    }
  }

  private readonly _runs: RunsClient;
  private readonly _changed = new Signal<BatchModel, void>(this);
  private readonly _counting = new Debouncer(
    () => this._countFiles(),
    COUNT_AFTER_MS
  );
  private readonly _reading = new Throttler(() => this._read(), {
    limit: ITEMS_EVERY_MS,
    edge: 'trailing'
  });
  private _choice: IBatchChoice = {
    folder: '',
    pattern: '**/*',
    results: 'beside',
    argument: ''
  };
  private _count: BatchCount | null = null;
  private _countError: DeepRequestError | null = null;
  private _asking: AbortController | null = null;
  private _run: Run | null = null;
  private _error: DeepRequestError | null = null;
  private _items: readonly BatchItem[] = [];
  private _totalItems = 0;
  private _page = 0;
  private _filter: BatchItemState | undefined;
  private _isBeginning = false;
  private _isDisposed = false;
}

export namespace BatchModel {
  export interface IOptions {
    /** Module id. */
    module: string;
    service: IDeepService;
    trans: TranslationBundle;
  }
}
