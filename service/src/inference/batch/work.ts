import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  FileSource,
  IModuleDescription
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { BatchRequest, DeepError } from '@jupyterlab-deep/protocol';
import { Deployments } from '../../deployments/deployments';
import { IReadyModule } from '../../deployments/life';
import { asDeepError } from '../../http/problems';
import { isNoSpace } from '../../store/diskErrors';
import { keepAnswer } from './answers';
import { BatchItems, IEnd, IWaiting } from './items';
import { CannotEvaluate } from './labels';
import { ATTEMPTS, gaveNoAnswer, ModuleReach } from './moduleReach';
import { Pace } from './pace';
import { judge } from './verdict';

const READ_AHEAD = 256;
/** Ends are written down together: one write serves many. */
const COMMIT_MS = 200;
const COMMIT_ITEMS = 100;
/** Sends the waiting items of one batch to its module until none is left, or the signal comes. */
export class BatchWork {
  constructor(private readonly _parts: BatchWork.IParts) {
    this._reach = new ModuleReach({
      pace: this._pace,
      signal: _parts.signal,
      find: () => this._find(),
      onTrouble: error => (this._trouble = error),
      onWait: waitMs => _parts.onWait(waitMs)
    });
  }

  /**
   * Resolves when every item has ended; rejects with the signal's reason, or with why it cannot go on. Whatever was
   * answered by then is written down.
   */
  async run(): Promise<void> {
    const { signal } = this._parts;
    const wake = (): void => this._wake();
    signal.addEventListener('abort', wake);
    try {
      await this._loop();
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', wake);
      // Who is asked when all stops learns it by the signal, so none is waited for long.
      await Promise.all(this._underWay);
      this._commit();
    }
  }

  private async _loop(): Promise<void> {
    const { signal } = this._parts;
    while (!signal.aborted) {
      if (this._trouble) {
        throw this._trouble;
      }
      const next = this._mayBegin() ? this._take() : undefined;
      if (next) {
        this._begin(next);
      } else if (this._underWay.size === 0 && this._isEmpty()) {
        return;
      } else {
        await this._news();
      }
    }
  }

  private _mayBegin(): boolean {
    // An item that may have ended the module goes alone: so it is found out, and takes no other with it.
    const limit = this._suspects.length > 0 ? 1 : this._pace.limit;
    return (
      this._pace.waitMs === 0 &&
      this._underWay.size < limit &&
      !this._isAloneUnderWay
    );
  }

  private _take(): IWaiting | undefined {
    const suspect = this._suspects.shift();
    if (suspect) {
      this._isAloneUnderWay = true;
      return suspect;
    }
    if (this._again.length > 0) {
      return this._again.shift();
    }
    if (this._ahead.length === 0 && !this._isRead) {
      this._ahead = this._parts.items.waiting(this._last, READ_AHEAD);
      this._last = this._ahead.at(-1)?.item ?? this._last;
      this._isRead = this._ahead.length === 0;
    }
    return this._ahead.shift();
  }

  private _isEmpty(): boolean {
    return (
      this._isRead &&
      this._ahead.length + this._again.length + this._suspects.length === 0
    );
  }

  private _begin(item: IWaiting): void {
    const isAlone = this._isAloneUnderWay;
    const work = this._do(item, isAlone)
      .catch(error => (this._trouble ??= asDeepError(error)))
      .finally(() => {
        this._underWay.delete(work);
        this._isAloneUnderWay &&= !isAlone;
        this._wake();
      });
    this._underWay.add(work);
  }

  /** Until an item has ended, the pause is over or all shall stop. */
  private async _news(): Promise<void> {
    const { waitMs } = this._pace;
    const { promise, resolve } = Promise.withResolvers<void>();
    this._wake = resolve;
    // The pause may have ended since it was looked at: with nothing under way nobody else would wake this.
    const isLonely = waitMs > 0 || this._underWay.size === 0;
    const timer = isLonely ? setTimeout(resolve, waitMs) : undefined;
    this._parts.onWait(waitMs);
    await promise;
    clearTimeout(timer);
  }

  private async _do(item: IWaiting, isAlone: boolean): Promise<void> {
    const { signal } = this._parts;
    const since = performance.now();
    const end = { item: item.item };
    try {
      const note = await this._look(item);
      const ready = await this._reach.ready();
      const reply = await this._ask(ready, item);
      const answer = await keepAnswer(this._parts.results, item, reply);
      if (item.truth !== null) {
        this._refuseNoLabel(answer.label);
      }
      this._pace.answered();
      this._end({ ...end, ...answer, note, seconds: secondsSince(since) });
    } catch (error) {
      if (signal.aborted || error === this._trouble) {
        return;
      }
      if (isNoSpace(error)) {
        throw error;
      }
      const failure = await this._judge(item, asDeepError(error), isAlone);
      if (failure) {
        const problem = failure.toProblem();
        this._end({ ...end, error: problem, seconds: secondsSince(since) });
      }
    }
  }

  /** @throws DeepError for an answer that cannot be compared; for the first ones this ends the evaluation. */
  private _refuseNoLabel(label: string | undefined): void {
    const { items, module } = this._parts;
    this._hasLabels ||= label !== undefined || items.counts.done > 0;
    if (label !== undefined) {
      return;
    }
    if (!this._hasLabels) {
      throw (this._trouble ??= new CannotEvaluate(
        'module-not-implemented',
        `${module} answered, but with no label: only classifications can be evaluated.`,
        { hint: 'Take a module that gives labels with their probabilities.' }
      ));
    }
    throw new DeepError('module-failed', 'The answer has no label.');
  }

  /** @returns what the results should say of the file; throws why it cannot be sent. */
  private async _look(item: IWaiting): Promise<string | undefined> {
    const file = this._fileOf(item);
    const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
      throw unusable(item, whyNot(error), error);
    });
    if (!info.isFile()) {
      throw unusable(item, 'it is not a file');
    }
    const isAsListed =
      info.size === item.sizeBytes && info.mtimeMs === item.modifiedMs;
    return isAsListed ? undefined : 'Changed since it was listed.';
  }

  private async _find(): Promise<IReadyModule> {
    const { deployments, module, signal, onApi, onModule } = this._parts;
    const ready = await deployments.use(module, signal, ({ id, state }) =>
      onModule(id, state === 'ready')
    );
    onModule(ready.deployment, true);
    onApi(ready.about);
    return ready;
  }

  private async _ask(
    { client }: IReadyModule,
    item: IWaiting
  ): ReturnType<IReadyModule['client']['predict']> {
    const { request, files, signal, timeoutMs } = this._parts;
    const file = this._fileOf(item);
    const reply = await client.predict(
      request.arguments,
      {
        ...files,
        [request.each.argument]: { path: file, filename: path.basename(file) }
      },
      { accept: request.accept, signal, timeoutMs }
    );
    this._reach.answered();
    return reply;
  }

  /** @returns why the item failed; undefined when it is tried again. */
  private async _judge(
    item: IWaiting,
    error: DeepError,
    isAlone: boolean
  ): Promise<DeepError | undefined> {
    const verdict = judge(error);
    switch (verdict.kind) {
      case 'failed':
        this._pace.answered();
        return error;
      case 'busy':
        this._pace.refused(verdict.waitMs);
        (isAlone ? this._suspects : this._again).push(item);
        return undefined;
      case 'away':
        this._reach.forget();
        this._pace.refused(0);
        (isAlone ? this._suspects : this._again).push(item);
        return undefined;
      case 'lost':
        return this._suspect(item, error);
    }
  }

  private async _suspect(
    item: IWaiting,
    error: DeepError
  ): Promise<DeepError | undefined> {
    const { deployments, items } = this._parts;
    const gone = await this._reach.lose();
    const attempts = item.attempts + 1;
    items.noteAttempt(item.item, attempts);
    if (attempts < ATTEMPTS) {
      this._suspects.push({ ...item, attempts });
      this._pace.refused(0);
      return undefined;
    }
    const reason =
      (gone && (await deployments.explainEnd(gone.deployment))) || error;
    return gaveNoAnswer('file', reason);
  }

  private _end(end: IEnd): void {
    this._ends.push(end);
    if (this._ends.length >= COMMIT_ITEMS) {
      this._commit();
    } else {
      this._timer ??= setTimeout(() => this._commit(), COMMIT_MS);
    }
  }

  private _commit(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    const ends = this._ends;
    if (ends.length === 0) {
      return;
    }
    this._ends = [];
    try {
      this._parts.items.end(ends);
      this._parts.onEnds();
    } catch (error) {
      // They were not written down, so they still wait: who resumes the batch does them again.
      this._trouble ??= asDeepError(error);
      this._wake();
    }
  }

  private _fileOf(item: IWaiting): string {
    return path.join(this._parts.folder, ...item.path.split('/'));
  }

  private readonly _pace = new Pace();
  private readonly _reach: ModuleReach;
  private readonly _underWay = new Set<Promise<unknown>>();
  private readonly _again: IWaiting[] = [];
  private readonly _suspects: IWaiting[] = [];
  private _isAloneUnderWay = false;
  private _hasLabels = false;
  private _ahead: IWaiting[] = [];
  private _last = -1;
  private _isRead = false;
  private _ends: IEnd[] = [];
  private _timer?: NodeJS.Timeout;
  private _trouble?: DeepError;
  private _wake: () => void = () => undefined;
}

export namespace BatchWork {
  export interface IParts {
    items: BatchItems;
    deployments: Deployments;
    /** Module id. */
    module: string;
    request: BatchRequest;
    /** The file arguments that stay the same. */
    files: Record<string, FileSource>;
    /** Real place of the folder that is searched. */
    folder: string;
    /** Real place of the folder of results. */
    results: string;
    timeoutMs: number;
    signal: AbortSignal;
    /** Some ends were written down. */
    onEnds(): void;
    /** Nothing is begun for so long, because the module is busy or away; 0 otherwise. */
    onWait(waitMs: number): void;
    onModule(deployment: string, isReady: boolean): void;
    /** The module said what it takes. */
    onApi(about: IModuleDescription): void;
  }
}

const secondsSince = (since: number): number =>
  Math.round(performance.now() - since) / 1000;

const unusable = (
  { path: file }: IWaiting,
  why: string,
  cause?: unknown
): DeepError =>
  new DeepError('invalid-arguments', `${file} cannot be sent: ${why}.`, {
    cause
  });

const whyNot = ({ code, message }: NodeJS.ErrnoException): string =>
  code === 'ENOENT'
    ? 'it has vanished since it was listed'
    : code === 'EACCES'
      ? 'you are not allowed to read it'
      : message;
