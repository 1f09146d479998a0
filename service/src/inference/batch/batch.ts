import { isDeepStrictEqual } from 'node:util';
import { FileSource } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { BatchState, DeepError, Run } from '@jupyterlab-deep/protocol';
import { Deployments } from '../../deployments/deployments';
import { asDeepError } from '../../http/problems';
import { IRunInput } from '../../runs/journal';
import { nothingCame, WorkedRun } from '../../runs/workedRun';
import { withoutSecrets } from '../secrets';
import { BatchItems } from './items';
import { CannotEvaluate } from './labels';
import { listFiles } from './listing';
import { BatchOutputs } from './outputs';
import { Speed } from './speed';
import { Tally } from './tally';
import { BatchWork } from './work';

/** One batch: its items, its files, and its run in the journal. */
export class Batch extends WorkedRun<Batch.IParts> {
  constructor(parts: Batch.IParts) {
    super(parts);
    this._outputs = new BatchOutputs(parts.items);
    this.tally = new Tally(parts.items.labels);
  }

  /** Of an evaluation. */
  readonly tally: Tally;

  get items(): BatchItems {
    return this._parts.items;
  }

  /** Somebody is about to look at the gallery. */
  showPictures(): Promise<void> {
    return this._outputs.showPictures();
  }

  override async close(): Promise<void> {
    await super.close();
    this.items.close();
  }

  protected async _work(signal: AbortSignal): Promise<void> {
    const { items } = this._parts;
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
  }

  /** What was answered until it was stopped is in the files, and counted. */
  protected override _settle(): Promise<void> {
    return this._outputs.write(true);
  }

  /** Items that failed wait again; the files are written anew, so that each item is in them once. */
  protected async _forgetFailures(): Promise<void> {
    await this.items.retryFailed();
    await this._outputs.restart();
  }

  protected _isItsEnd(error: DeepError): boolean {
    return error instanceof CannotEvaluate;
  }

  protected _shown(): Partial<Run> {
    return {
      progress: { done: this._done, total: this.items.total, unit: 'files' },
      batch: this._state()
    };
  }

  protected override _shownAtEnd(): Partial<Run> {
    const isKept = this.items.about('request')?.results === 'run';
    const storedBytes =
      this.items.storedBytes + (isKept ? this._outputs.bytes : 0);
    const { accuracy } = this.tally;
    return {
      ...this._shown(),
      batch: {
        ...this._state(),
        storedBytes,
        ...(accuracy === undefined ? {} : { accuracy })
      }
    };
  }

  protected override _outlook(): Partial<Run> {
    this._speed.mark(this._done);
    const ratePerS = this._speed.ratePerS(this._done);
    const leftS = ratePerS && (this.items.total - this._done) / ratePerS;
    return {
      deployment: this._deployment ?? this._run.deployment,
      batch: { ...this._state(), ratePerS, leftS }
    };
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
      const says = `None of the ${failed} files could be done. The first`;
      this._end('failed', nothingCame(says, this.items.firstError()));
    } else {
      this._end('succeeded');
    }
  }

  private _state(): BatchState {
    const { ratePerS: _rate, leftS: _left, ...known } = this._run.batch!;
    return { ...known, failed: this.items.counts.failed };
  }

  private get _done(): number {
    const { done, failed } = this.items.counts;
    return done + failed;
  }

  private readonly _outputs: BatchOutputs;
  private readonly _speed = new Speed();
  private _deployment?: string;
  private _isWriting = false;
}

export namespace Batch {
  export interface IParts extends WorkedRun.IParts {
    items: BatchItems;
    deployments: Deployments;
    /** The file arguments that stay the same. */
    files: Record<string, FileSource>;
    timeoutMs: number;
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
