import type {
  BatchLabels,
  BatchRequest,
  Evaluation,
  Run,
  TrainingData
} from '@jupyterlab-deep/protocol';
import { BatchClient } from '../inference/batchClient';
import { LastRunModel } from './lastRunModel';

/** Mistakes of one page. */
export const PAGE_MISTAKES = 24;

/** Numbers move while somebody looks at them, so not with each file. */
const EVALUATION_EVERY_MS = 1000;

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
export class EvaluateModel extends LastRunModel<LastRunModel.IOptions> {
  constructor(options: LastRunModel.IOptions) {
    super(options, EVALUATION_EVERY_MS);
    this.client = new BatchClient(options.service);
  }

  readonly client: BatchClient;

  get choice(): IEvaluationChoice {
    return this._choice;
  }

  /** What was found so far; null until it is known. */
  get evaluation(): Evaluation | null {
    return this._evaluation;
  }

  /** Of the mistakes, from 0. */
  get page(): number {
    return this._page;
  }

  get canBegin(): boolean {
    const { data, labels, list } = this._choice;
    const hasLabels = labels !== 'list' || list.trim() !== '';
    return data !== null && hasLabels && !this.isBeginning;
  }

  choose(change: Partial<IEvaluationChoice>): void {
    this._choice = { ...this._choice, ...change };
    this._emit();
  }

  /** @param rest What the form of *Try* says. */
  async begin({ argument, pattern, ...rest }: Rest): Promise<void> {
    const { data } = this._choice;
    if (!data || !this.canBegin) {
      return;
    }
    const each = { argument, pattern, ...placeOf(data) };
    await this._begin(() =>
      this.client.begin({
        module: this._options.module,
        each,
        labels: this._labels,
        // Test data stay as they are, and a dataset sends nothing to its cloud.
        results: 'root',
        ...rest
      })
    );
  }

  /** Have the gallery made for Lab; it is opened also when that fails, then without pictures. */
  async showPictures(): Promise<void> {
    const { id = '' } = this._run ?? {};
    await this._try(async () => void (await this.client.showPictures(id)));
  }

  showPage(page: number): void {
    this._page = page;
    this._emit();
    void this._read();
  }

  private get _labels(): BatchLabels {
    const { labels, list } = this._choice;
    return labels === 'list'
      ? { from: labels, file: list.trim() }
      : { from: labels };
  }

  protected _isOurs(run: Run): boolean {
    return isEvaluation(run);
  }

  protected _forget(): void {
    this._evaluation = null;
    this._page = 0;
  }

  protected _take(run: Run): void {
    const known = this._run;
    if (known?.id !== run.id) {
      return;
    }
    this._run = run;
    this._emit();
    if (run.state === known.state) {
      this._readSoon();
    } else {
      void this._read();
    }
  }

  protected _onReset(): void {
    this._run = null;
    void this.open();
  }

  protected async _read(): Promise<void> {
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
      if (isWanted) {
        this._evaluation = found;
        this._emit();
      }
    } catch {
      // The next event asks again; that the service is away is said above.
    }
  }

  private _choice: IEvaluationChoice = {
    data: null,
    labels: 'found',
    list: 'labels.csv'
  };
  private _evaluation: Evaluation | null = null;
  private _page = 0;
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
