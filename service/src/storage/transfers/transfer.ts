import { DeepError, Run, TransferState } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../../http/problems';
import { Speed } from '../../inference/batch/speed';
import { beQuick } from '../../memory';
import { RunLog } from '../../runs/runLog';
import { WorkedRun } from '../../runs/workedRun';
import { ITask, ITaskNews } from '../datasets/way';

/** Rests between questions to a cloud that does not answer. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;

/** The cloud is away: it is waited for. */
const AWAY = new Set(['storage-unreachable', 'timeout']);
/** A person has to do something; then it can go on. */
const NEEDS_PERSON = new Set(['storage-login', 'storage-full', 'no-space']);

/** Does the work of one transfer; called again, it goes on where it was. */
export type TransferWork = (run: Run, task: ITask) => Promise<void>;

/** One transfer at work: its run in the journal, its log, its waiting for the cloud. */
export class Transfer extends WorkedRun<Transfer.IParts> {
  /** The cloud may answer again: do not rest any longer. */
  wake(): void {
    this._wake?.();
  }

  protected async _work(signal: AbortSignal): Promise<void> {
    this._update({ phase: 'Beginning' });
    for (let rests = 0; ; rests++) {
      const before = this._news.doneBytes;
      try {
        return await this._once(signal);
      } catch (error) {
        signal.throwIfAborted();
        const said = asDeepError(error);
        if (!AWAY.has(said.key)) {
          throw said;
        }
        rests = this._news.doneBytes === before ? rests : 0;
        await this._rest(said, rests, signal);
      }
    }
  }

  protected _isItsEnd({ key }: DeepError): boolean {
    return !NEEDS_PERSON.has(key);
  }

  protected override _onTrouble(error: DeepError): void {
    this._parts.onWaiting(error);
  }

  /** What is done is found so, and left. */
  protected _forgetFailures(): Promise<void> {
    return Promise.resolve();
  }

  protected _shown(): Partial<Run> {
    return { progress: this._progress(), transfer: this._state() };
  }

  protected override _outlook(): Partial<Run> {
    const { doneBytes = 0, totalBytes } = this._news;
    this._speed.mark(doneBytes);
    const bytesPerS = this._speed.ratePerS(doneBytes);
    const leftS =
      bytesPerS && totalBytes && (totalBytes - doneBytes) / bytesPerS;
    return { transfer: { ...this._state(), bytesPerS, leftS } };
  }

  private async _once(signal: AbortSignal): Promise<void> {
    this._news = { doneFiles: 0, doneBytes: 0 };
    this._phase = 'Going on';
    this._failed = 0;
    this._firstFailure = undefined;
    this._speed.restart(0);
    await this._parts.work(this._run, this._task(signal));
    signal.throwIfAborted();
    this._finish();
  }

  private _task(signal: AbortSignal): ITask {
    const { id, log } = this._parts;
    return {
      id,
      signal,
      tell: ({ phase = this._phase, ...news }) => {
        beQuick();
        this._phase = phase;
        Object.assign(this._news, news);
      },
      log: line => log.add(line),
      failed: (path, reason) => {
        this._failed += 1;
        this._firstFailure ??= `${path}: ${reason}`;
        log.add(`${path}: failed: ${reason}`);
      }
    };
  }

  private async _rest(
    error: DeepError,
    rests: number,
    signal: AbortSignal
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const restMs = Math.min(FIRST_REST_MS * 2 ** rests, LONGEST_REST_MS);
    const timer = setTimeout(resolve, restMs);
    signal.addEventListener('abort', () => resolve(), { once: true });
    this._wake = resolve;
    this._phase = `Waiting for ${this._parts.host()}`;
    this._log(`${this._phase}: ${error.message}`);
    this._tell();
    this._parts.onWaiting(error);
    await promise;
    clearTimeout(timer);
    signal.throwIfAborted();
    this._phase = 'Going on';
  }

  private _finish(): void {
    const { doneFiles = 0 } = this._news;
    const isNothing = this._failed > 0 && doneFiles === 0;
    this._log(`Ended: ${doneFiles} files, ${this._failed} could not be done`);
    if (isNothing) {
      const error = new DeepError(
        'storage-refused',
        `None of the ${this._failed} files could be done. The first: ${this._firstFailure}`,
        { hint: 'The log has the reason of each.' }
      );
      this._end('failed', error);
    } else {
      this._end('succeeded');
    }
  }

  private _progress(): Run['progress'] {
    const { doneFiles, totalFiles } = this._news;
    return totalFiles === undefined
      ? this._run.progress
      : { done: doneFiles ?? 0, total: totalFiles, unit: 'files' };
  }

  private _state(): TransferState {
    const { bytesPerS: _speed, leftS: _left, ...known } = this._run.transfer!;
    const { doneBytes = known.doneBytes, totalBytes = known.totalBytes } =
      this._news;
    return { ...known, doneBytes, totalBytes, failed: this._failed };
  }

  private readonly _speed = new Speed();
  private _news: Omit<ITaskNews, 'phase'> = {};
  private _failed = 0;
  private _firstFailure?: string;
  private _wake?: () => void;
}

export namespace Transfer {
  export interface IParts extends WorkedRun.IParts {
    log: RunLog;
    work: TransferWork;
    /** Whom it waits for, for people. */
    host(): string;
    /** The cloud is away, or a person has to do something. */
    onWaiting(error: DeepError): void;
  }
}
