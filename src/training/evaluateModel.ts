import type {
  BatchLabels,
  BatchRequest,
  Dataset,
  DeepEvent,
  Evaluation,
  Run,
  TrainingData
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { RunAction, RunsClient } from '../activity/runsClient';
import { BatchClient } from '../inference/batchClient';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import { StorageClient } from '../storage/client';

/** Mistakes of one page. */
export const PAGE_MISTAKES = 24;

/** Numbers move while somebody looks at them, so not with each file. */
const EVALUATION_EVERY_MS = 1000;
/** Runs of the module among which its last evaluation is looked for. */
const LOOKED_AT = 50;

/** Which data, and where their labels are. */
export interface IEvaluationChoice {
  data: TrainingData | null;
  labels: BatchLabels['from'];

  /** Of labels in a list: below the folder. */
  list: string;
}

/** What a batch of test data asks for beside the choice. */
type Rest = Pick<BatchRequest, 'arguments' | 'files' | 'accept'> & {
  argument: string;
  pattern: string;
};

/** *Evaluate*: the data that are chosen, the evaluation that goes or went last, what it found so far. */
export class EvaluateModel implements IDisposable {
  constructor(private readonly _options: EvaluateModel.IOptions) {
    const { service } = _options;
    this.client = new BatchClient(service);
    this._runs = new RunsClient(service);
    this._storage = new StorageClient(service);
    service.eventReceived.connect(this._onEvent, this);
  }

  readonly client: BatchClient;

  get changed(): ISignal<EvaluateModel, void> {
    return this._changed;
  }

  get choice(): IEvaluationChoice {
    return this._choice;
  }

  /** Datasets to choose from; null until they are known. */
  get datasets(): readonly Dataset[] | null {
    return this._datasets;
  }

  get run(): Run | null {
    return this._run;
  }

  /** What was found so far; null until it is known. */
  get evaluation(): Evaluation | null {
    return this._evaluation;
  }

  /** Of the mistakes, from 0. */
  get page(): number {
    return this._page;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  /** A request to begin is on its way. */
  get isBeginning(): boolean {
    return this._isBeginning;
  }

  get canBegin(): boolean {
    const { data, labels, list } = this._choice;
    const hasLabels = labels !== 'list' || list.trim() !== '';
    return data !== null && hasLabels && !this._isBeginning;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._reading.dispose();
    Signal.clearData(this);
  }

  /** Find what there is: datasets, and the evaluation of this module that goes or went last. */
  async open(): Promise<void> {
    void this._loadDatasets();
    if (this._run) {
      return;
    }
    await this._try(async () => {
      const runs = await this._runs.list(LOOKED_AT, this._options.module);
      const found = runs.find(isEvaluation);
      if (found && !this._run) {
        this._show(found);
      }
    });
  }

  /** Show one evaluation of the past. */
  show(run: Run): void {
    this._show(run);
    this._changed.emit();
  }

  choose(change: Partial<IEvaluationChoice>): void {
    this._choice = { ...this._choice, ...change };
    this._changed.emit();
  }

  /** @param rest What the form of *Try* says. */
  async begin({ argument, pattern, ...rest }: Rest): Promise<void> {
    const { data } = this._choice;
    if (!data || !this.canBegin) {
      return;
    }
    this._isBeginning = true;
    this._changed.emit();
    await this._try(async () => {
      const each = { argument, pattern, ...placeOf(data) };
      const run = await this.client.begin({
        module: this._options.module,
        each,
        labels: this._labels,
        // Test data stay as they are, and a dataset sends nothing to its cloud.
        results: 'root',
        ...rest
      });
      this._show(run);
    });
    this._isBeginning = false;
    this._changed.emit();
  }

  async act(action: RunAction): Promise<void> {
    const { id = '' } = this._run ?? {};
    await this._try(async () => this._take(await this._runs.act(id, action)));
  }

  /** Have the gallery made for Lab; it is opened also when that fails, then without pictures. */
  async showPictures(): Promise<void> {
    const { id = '' } = this._run ?? {};
    await this._try(async () => void (await this.client.showPictures(id)));
  }

  showPage(page: number): void {
    this._page = page;
    this._changed.emit();
    void this._read();
  }

  private get _labels(): BatchLabels {
    const { labels, list } = this._choice;
    return labels === 'list'
      ? { from: labels, file: list.trim() }
      : { from: labels };
  }

  private async _loadDatasets(): Promise<void> {
    try {
      this._datasets = await this._storage.datasets();
    } catch {
      // Folders of Jupyter can be chosen all the same; the storage panel says what is wrong.
      this._datasets = [];
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _show(run: Run): void {
    this._run = run;
    this._evaluation = null;
    this._page = 0;
    void this._read();
  }

  private _take(run: Run): void {
    const known = this._run;
    if (known?.id !== run.id) {
      return;
    }
    this._run = run;
    this._changed.emit();
    if (run.state === known.state) {
      this._reading.invoke().catch(() => undefined);
    } else {
      void this._read();
    }
  }

  private async _read(): Promise<void> {
    const { _run: run, _page: page } = this;
    if (!run) {
      return;
    }
    try {
      const found = await this.client.evaluation(run.id, {
        offset: page * PAGE_MISTAKES,
        limit: PAGE_MISTAKES
      });
      const isWanted = run.id === this._run?.id && page === this._page;
      if (isWanted && !this._isDisposed) {
        this._evaluation = found;
        this._changed.emit();
      }
    } catch {
      // The next event asks again; that the service is away is said above.
    }
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

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run') {
      this._take(message.data);
    } else if (message.event === 'dataset' && this._datasets) {
      void this._loadDatasets();
    } else if (message.event === 'reset' && this._run) {
      this._run = null;
      void this.open();
    }
  }

  private readonly _runs: RunsClient;
  private readonly _storage: StorageClient;
  private readonly _changed = new Signal<EvaluateModel, void>(this);
  private readonly _reading = new Throttler(() => this._read(), {
    limit: EVALUATION_EVERY_MS,
    edge: 'trailing'
  });
  private _choice: IEvaluationChoice = {
    data: null,
    labels: 'found',
    list: 'labels.csv'
  };
  private _datasets: readonly Dataset[] | null = null;
  private _run: Run | null = null;
  private _evaluation: Evaluation | null = null;
  private _page = 0;
  private _error: DeepRequestError | null = null;
  private _isBeginning = false;
  private _isDisposed = false;
}

export namespace EvaluateModel {
  export interface IOptions {
    /** Module id. */
    module: string;
    service: IDeepService;
    trans: TranslationBundle;
  }
}

/** A batch whose files have labels. */
export const isEvaluation = ({ batch }: Run): boolean =>
  batch?.labels !== undefined;

function placeOf(
  data: TrainingData
): Pick<BatchRequest['each'], 'from' | 'folder' | 'dataset'> {
  return data.from === 'dataset'
    ? { from: 'dataset', dataset: data.id, folder: '' }
    : { from: data.from, folder: data.path };
}
