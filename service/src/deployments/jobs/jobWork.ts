import { setTimeout as sleep } from 'node:timers/promises';
import { DeepError, Run } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../../http/problems';
import { RunJournal } from '../../runs/journal';
import { RunLog } from '../../runs/runLog';
import { Pace } from '../pace';
import { IDeployable, IJobObserved, ITargetJobs } from '../targets/target';
import { IKeptJob, JobFile } from './jobFile';

/** How long a target may take for one order, and for one look. */
const ORDER_MS = 120_000;
const LOOK_MS = 60_000;

/** After these times somebody who took an order whose answer was lost would show it. */
export const USUAL_LOOKS_MS = [0, 2_000, 5_000, 10_000, 15_000];

/** One batch job from its order, or its finding again, to its end. It goes on when the service ends. */
export class JobWork {
  constructor(private readonly _options: JobWork.IOptions) {
    this.done = this._live();
  }

  /** Resolves when it has ended, or is watched no longer. */
  readonly done: Promise<void>;

  /** Its user wants it no longer; the record says so already. */
  cancel(): void {
    this._isCancelled = true;
    this._tell({ phase: `Ending it at ${this._options.title}` });
    this._pace.hurry();
  }

  /** Watch it no longer. */
  async close(): Promise<void> {
    this._closed.abort();
    this._pace.hurry();
    await this.done;
  }

  private async _live(): Promise<void> {
    try {
      const { isCancelled = false } = await this._options.file.read();
      this._isCancelled ||= isCancelled;
      const handle = await this._obtain();
      await (handle === undefined ? this._leave() : this._follow(handle));
    } catch (error) {
      if (!this._isClosed) {
        const failure = asDeepError(error);
        const isLost = failure.key === 'interrupted';
        await this._end(isLost ? 'interrupted' : 'failed', failure);
      }
    }
    await this._options.log.flush();
  }

  /** Its handle; undefined where nothing was begun, because its user wants it no longer. */
  private async _obtain(): Promise<string | undefined> {
    const kept = await this._options.file.read();
    if (kept.handle !== undefined) {
      return kept.handle;
    }
    const mayBeThere = kept.orderedAt !== undefined;
    if (!mayBeThere && this._isCancelled) {
      return undefined;
    }
    const handle = mayBeThere
      ? await this._find()
      : ((await this._order(kept)) ?? (await this._find()));
    await this._begun(handle);
    return handle;
  }

  /** Order it, once; undefined where nobody knows whether the order arrived. */
  private async _order(kept: IKeptJob): Promise<string | undefined> {
    const { file, jobs, open, run, title, what } = this._options;
    this._say(`Asking ${title} to begin it`);
    const given = await what();
    const options = open(kept);
    await file.write({ ...kept, orderedAt: new Date().toISOString() });
    try {
      return await jobs.begin(run, given, options, this._signal(ORDER_MS));
    } catch (error) {
      const { key } = asDeepError(error);
      if (key === 'target-unreachable' || this._isClosed) {
        return undefined;
      }
      // One that failed inside may have begun it before.
      const found = await this._seek().catch(() => undefined);
      if (found === undefined) {
        throw error;
      }
      return found;
    }
  }

  private _seek(signal = this._signal(LOOK_MS)): Promise<string | undefined> {
    return this._options.jobs.find(this._options.run, signal);
  }

  /** Look for what may have begun, until it is sure that it has not. @throws DeepError `interrupted` */
  private async _find(): Promise<string> {
    const { looksMs, title } = this._options;
    for (const waitMs of looksMs) {
      await sleep(waitMs, undefined, { signal: this._closed.signal });
      const found = await this._asked(
        `Looking at ${title} whether it has begun`,
        signal => this._seek(signal)
      );
      if (found !== undefined) {
        return found;
      }
    }
    throw new DeepError(
      'interrupted',
      `It is not known whether ${title} got the order: no answer came, and it lists no such job. Nothing was ordered twice.`,
      { hint: 'Look there, then begin it anew.' }
    );
  }

  private async _begun(handle: string): Promise<void> {
    const { file, jobs, journal, run, title } = this._options;
    // Its passwords are not needed any more.
    const { sealed: _sealed, ...kept } = await file.read();
    await file.write({ ...kept, handle });
    const { job } = journal.get(run);
    const name = jobs.nameOf(handle);
    this._tell({ job: { ...job!, job: name } });
    this._log(`It is ${name} at ${title}`);
  }

  private async _follow(handle: string): Promise<void> {
    const { jobs } = this._options;
    for (;;) {
      const seen = await this._asked('', signal =>
        jobs.observe(handle, signal)
      );
      this._note(seen);
      if (await this._finish(seen)) {
        return;
      }
      if (this._isCancelled) {
        await this._asked(`Ending it at ${this._options.title}`, signal =>
          jobs.stop(handle, signal)
        );
      }
      await this._pace.rest(this._isCancelled ? 'news' : this._pacing);
      this._closed.signal.throwIfAborted();
    }
  }

  /** True: it is over, and written down. */
  private async _finish({
    state,
    reason = ''
  }: IJobObserved): Promise<boolean> {
    if (state === 'waiting' || state === 'running') {
      return false;
    }
    if (state === 'succeeded') {
      await this._end('succeeded');
    } else if (state === 'failed') {
      await this._end(
        'failed',
        new DeepError('module-failed', reason, {
          hint: 'What the script wrote to its storage may say more.'
        })
      );
    } else if (this._isCancelled) {
      await this._leave();
    } else {
      await this._end(
        'interrupted',
        new DeepError('interrupted', reason, {
          hint: 'Whether its script came to its end is not known: look into its storage.'
        })
      );
    }
    return true;
  }

  /** On its user's order. */
  private _leave(): Promise<void> {
    const words = new DeepError('cancelled', 'It was cancelled.');
    return this._end('cancelled', words);
  }

  /** Ask until there is an answer: whatever the reason, nobody knows how it stands before. */
  private async _asked<T>(
    phase: string,
    ask: (signal: AbortSignal) => Promise<T>
  ): Promise<T> {
    for (;;) {
      this._closed.signal.throwIfAborted();
      if (phase !== '') {
        this._say(phase);
      }
      try {
        return await ask(this._signal(LOOK_MS));
      } catch (error) {
        this._closed.signal.throwIfAborted();
        const { detail, hint = '' } = asDeepError(error);
        this._say(`It is not known how it stands: ${detail} ${hint}`.trim());
      }
      await this._pace.rest('away');
    }
  }

  private _note({ phase, resources }: IJobObserved): void {
    const { journal, run } = this._options;
    const { job } = journal.get(run);
    if (resources !== undefined && resources !== job?.resources) {
      this._tell({ job: { ...job!, resources } });
      this._log(`It has ${resources}`);
    }
    if (phase !== '' && !this._isCancelled) {
      this._say(phase);
    }
  }

  private get _pacing(): Pace.IKind {
    const since = Date.now() - this._saidAt;
    return since < RECENT_MS ? 'news' : 'quiet';
  }

  private _say(phase: string): void {
    if (phase !== this._said) {
      this._said = phase;
      this._saidAt = Date.now();
      this._tell({ phase });
      this._log(phase);
    }
  }

  private _log(words: string): void {
    this._options.log.add(words);
  }

  private _tell(change: Partial<Run>): void {
    const { journal, run } = this._options;
    if (journal.isLive(run)) {
      journal.update(run, change);
    }
  }

  private async _end(state: Run['state'], failure?: DeepError): Promise<void> {
    const { journal, log, run } = this._options;
    this._log(failure?.detail ?? 'It is done');
    // Whoever hears of the end may read the log at once.
    await log.flush();
    journal.end(run, state, {
      ...(failure && { error: failure.toProblem() })
    });
  }

  private _signal(timeoutMs: number): AbortSignal {
    return AbortSignal.any([
      this._closed.signal,
      AbortSignal.timeout(timeoutMs)
    ]);
  }

  private get _isClosed(): boolean {
    return this._closed.signal.aborted;
  }

  private readonly _closed = new AbortController();
  private readonly _pace = new Pace();
  private _isCancelled = false;
  private _said = '';
  private _saidAt = 0;
}

/** What has just changed may change again soon. */
const RECENT_MS = 30_000;

export namespace JobWork {
  export interface IOptions {
    /** Id of its run. */
    run: string;
    /** Of its target. */
    title: string;
    jobs: ITargetJobs;
    journal: RunJournal;
    file: JobFile;
    log: RunLog;
    /** What to run, as the catalogue has it now. */
    what(): Promise<IDeployable & { script: string }>;
    /** What was chosen, with its passwords. */
    open(kept: IKeptJob): Record<string, unknown>;
    looksMs: readonly number[];
  }
}
