import { isDeepStrictEqual } from 'node:util';
import { FileSource } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { BatchState, DeepError, Run } from '@jupyterlab-deep/protocol';
import { Deployments } from '../../deployments/deployments';
import { asDeepError } from '../../http/problems';
import { IRunInput, isLive, RunJournal } from '../../runs/journal';
import { withoutSecrets } from '../secrets';
import { BatchItems } from './items';
import { CannotEvaluate } from './labels';
import { listFiles } from './listing';
import { BatchOutputs } from './outputs';
import { Speed } from './speed';
import { Tally } from './tally';
import { BatchWork } from './work';

/** What watchers are told at most so often. */
const TELL_MS = 250;

/** Why its work stops before its end. */
type Stop = 'paused' | 'cancelled' | 'closing';

/** One batch: its items, its files, and its run in the journal. */
export class Batch {
  constructor(private readonly _parts: Batch.IParts) {
    this._outputs = new BatchOutputs(_parts.items);
    this.tally = new Tally(_parts.items.labels);
  }

  /** Of an evaluation. */
  readonly tally: Tally;

  get items(): BatchItems {
    return this._parts.items;
  }

  get isWorking(): boolean {
    return this._working !== undefined;
  }

  /** Resolves when nothing of its work goes on any more. */
  get stopped(): Promise<void> {
    return this._working ?? Promise.resolve();
  }

  /** Work until all items have ended or somebody stops it. Never rejects. */
  start(): void {
    if (this._working) {
      return;
    }
    this._stop = undefined;
    this._controller = new AbortController();
    this._working = this._work(this._controller.signal)
      .catch(error => this._giveUp(asDeepError(error)))
      .then(() => this._settle())
      .finally(() => {
        this._working = undefined;
        this._parts.onWorking();
      });
    this._parts.onWorking();
  }

  /** @returns the run as it is then; what is under way is given up. */
  pause(): Run {
    this._halt('paused');
    return this._parts.journal.update(this._parts.id, {
      state: 'paused',
      phase: '',
      batch: this._state()
    });
  }

  cancel(): Run {
    this._halt('cancelled');
    const reason = new DeepError('cancelled', 'The run was cancelled.');
    return this._endRun('cancelled', reason);
  }

  resume(): Run {
    const { id, journal } = this._parts;
    const phase = 'Going on';
    const run = journal.update(id, {
      state: 'running',
      phase,
      error: undefined
    });
    this._again();
    return run;
  }

  /** Items that failed wait again; the files are written anew, so that each item is in them once. */
  async retryFailed(): Promise<Run> {
    const { id, journal, items } = this._parts;
    this._halt('closing');
    await this.stopped;
    const run = journal.revive(id, { phase: 'Failed files wait again' });
    await items.retryFailed();
    await this._outputs.restart();
    this._again();
    return run;
  }

  /** Somebody is about to look at the gallery. */
  showPictures(): Promise<void> {
    return this._outputs.showPictures();
  }

  /** The service ends: the next one goes on. */
  async close(): Promise<void> {
    this._halt('closing');
    await this.stopped;
    this.items.close();
  }

  private _again(): void {
    void this.stopped.then(() => {
      if (isLive(this._run) && this._run.state !== 'paused') {
        this.start();
      }
    });
  }

  private _halt(stop: Stop): void {
    this._stop = stop;
    this._controller?.abort(new DeepError('cancelled', 'The run was stopped.'));
  }

  private async _work(signal: AbortSignal): Promise<void> {
    const { id, journal, items } = this._parts;
    const startedAt = this._run.startedAt ?? new Date().toISOString();
    journal.update(id, { state: 'running', startedAt });
    const ticker = setInterval(() => this._tell(), TELL_MS);
    try {
      if (!items.about('isListed')) {
        await this._list(signal);
      }
      this._speed.restart(this._done);
      await this._predict(signal);
      this._phase = 'Writing the results';
      await this._outputs.write(true);
      if (items.about('labels')) {
        await this.tally.update();
      }
      signal.throwIfAborted();
      this._succeed();
      this._parts.onEnd();
    } finally {
      clearInterval(ticker);
    }
  }

  /** What was answered until it was stopped is in the files, and counted. */
  private async _settle(): Promise<void> {
    if (this._stop !== 'paused' && this._stop !== 'cancelled') {
      return;
    }
    try {
      await this._outputs.write(true);
    } catch {
      // Its reason was told before, or is told when the work goes on.
    }
    if (isLive(this._run)) {
      this._parts.journal.update(this._parts.id, {
        progress: this._progress(),
        batch: this._state()
      });
    }
  }

  private async _list(signal: AbortSignal): Promise<void> {
    this._phase = 'Listing files';
    await listFiles(this.items, signal, count => {
      this._phase = `Listing files: ${count} so far`;
    });
  }

  private async _predict(signal: AbortSignal): Promise<void> {
    const { items, deployments, files, timeoutMs } = this._parts;
    const request = items.about('request')!;
    const work = new BatchWork({
      items,
      deployments,
      module: request.module,
      request,
      files,
      folder: items.about('folder')!,
      results: items.about('results')!,
      timeoutMs,
      signal,
      onEnds: () => this._write(),
      onWait: waitMs => this._wait(waitMs),
      onModule: (deployment, isReady) => {
        this._phase = isReady ? 'Predicting' : 'Starting the module';
        this._deployment = deployment;
      },
      onApi: ({ predict }) => {
        const shown = withoutSecrets(request.arguments, predict);
        if (!isDeepStrictEqual(shown, this._run.arguments)) {
          this._parts.journal.update(this._parts.id, { arguments: shown });
        }
      }
    });
    await work.run();
  }

  /** In the background; the last writing tells what is wrong. */
  private _write(): void {
    if (!this._isWriting) {
      this._isWriting = true;
      void this._outputs
        .write()
        .catch(error => this._fail(asDeepError(error)))
        .finally(() => (this._isWriting = false));
    }
  }

  private _wait(waitMs: number): void {
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      this._phase = `The module is busy or away: asking again in ${seconds} s`;
    } else if (this._phase.startsWith('The module is busy')) {
      this._phase = 'Predicting';
    }
  }

  private _succeed(): void {
    const { done, failed } = this.items.counts;
    if (done === 0 && failed > 0) {
      const first = this.items.firstError();
      const error = new DeepError(
        'module-failed',
        `None of the ${failed} files could be done. The first: ${first?.detail}`,
        { hint: first?.hint, technical: first?.technical }
      );
      this._endRun('failed', error);
    } else {
      this._endRun('succeeded');
    }
  }

  private _giveUp(error: DeepError): void {
    if (error instanceof CannotEvaluate && !this._stop) {
      this._endRun('failed', error);
      this._parts.onEnd();
    } else {
      this._fail(error);
    }
  }

  /** It cannot go on by itself: a person decides. */
  private _fail(error: DeepError): void {
    if (this._stop) {
      return;
    }
    this._halt('paused');
    this._parts.journal.update(this._parts.id, {
      state: 'paused',
      phase: '',
      batch: this._state(),
      progress: this._progress(),
      error: error.toProblem()
    });
  }

  private _endRun(
    state: 'succeeded' | 'failed' | 'cancelled',
    error?: DeepError
  ): Run {
    const isKept = this.items.about('request')?.results === 'run';
    const storedBytes =
      this.items.storedBytes + (isKept ? this._outputs.bytes : 0);
    const { accuracy } = this.tally;
    return this._parts.journal.end(this._parts.id, state, {
      progress: this._progress(),
      batch: {
        ...this._state(),
        storedBytes,
        ...(accuracy === undefined ? {} : { accuracy })
      },
      error: error?.toProblem()
    });
  }

  private _tell(): void {
    if (this._stop) {
      return;
    }
    this._speed.mark(this._done);
    const news = `${this._phase} ${this._done} ${this.items.total}`;
    if (news === this._told) {
      return;
    }
    this._told = news;
    const ratePerS = this._speed.ratePerS(this._done);
    const leftS = ratePerS && (this.items.total - this._done) / ratePerS;
    this._parts.journal.update(this._parts.id, {
      phase: this._phase,
      deployment: this._deployment ?? this._run.deployment,
      progress: this._progress(),
      batch: { ...this._state(), ratePerS, leftS }
    });
  }

  private _progress(): Run['progress'] {
    return { done: this._done, total: this.items.total, unit: 'files' };
  }

  private _state(): BatchState {
    const { ratePerS: _rate, leftS: _left, ...known } = this._run.batch!;
    return { ...known, failed: this.items.counts.failed };
  }

  private get _done(): number {
    const { done, failed } = this.items.counts;
    return done + failed;
  }

  private get _run(): Run {
    return this._parts.journal.get(this._parts.id);
  }

  private readonly _outputs: BatchOutputs;
  private readonly _speed = new Speed();
  private _controller?: AbortController;
  private _working?: Promise<void>;
  private _stop?: Stop;
  private _phase = 'Going on';
  private _deployment?: string;
  private _isWriting = false;
  private _told = '';
}

export namespace Batch {
  export interface IParts {
    /** Of its run. */
    id: string;
    items: BatchItems;
    journal: RunJournal;
    deployments: Deployments;
    /** The file arguments that stay the same. */
    files: Record<string, FileSource>;
    timeoutMs: number;
    /** It has begun to work, or stopped. */
    onWorking(): void;
    /** Its run has ended by itself. */
    onEnd(): void;
  }
}

/** Kept files of a run, as a client takes them. */
export const fixedFiles = (inputs: IRunInput[]): Record<string, FileSource> =>
  Object.fromEntries(
    inputs.map(({ argument, path, name, contentType }) => [
      argument,
      { path, filename: name, contentType }
    ])
  );
