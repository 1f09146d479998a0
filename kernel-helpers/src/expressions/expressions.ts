import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DeepError } from '@jupyterlab-deep/protocol';
import { workerFile } from '../models/workerFile';

/** Of one evaluation. */
export interface IExpressionLimits {
  timeMs: number;
  /** Of expressions inside of each other, as of functions that call themselves. */
  depth: number;
  /** Members of one list. */
  longest: number;
  /** Of the answer as JSON. */
  characters: number;
  memoryMb: number;
}

const LIMITS: IExpressionLimits = {
  timeMs: 2_000,
  depth: 500,
  longest: 1_000_000,
  characters: 16_000_000,
  memoryMb: 128
};
/** The expression's own limit comes first; this one is for what does not come back to it, such as a pattern. */
const GRACE_MS = 1_000;
/** Calls that are sent together: a message takes longer than most evaluations. */
const TOGETHER = 64;

/** What goes to the worker. */
export interface IExpressionCall {
  texts: string[];
  value?: unknown;
  bindings?: Record<string, unknown>;
  /** Nothing is evaluated. */
  isOnlyChecked?: boolean;
}

/** With its limits, what a worker is started with. */
export interface IExpressionWorker {
  limits: IExpressionLimits;
  /** How many of the calls that it was sent together it has done: whose fault it is when it ends. */
  done: SharedArrayBuffer;
}

/** What comes back for each expression. */
export interface IEvaluated {
  /** Absent where it gives nothing. */
  json?: string;
  problem?: { message: string; position?: number; code?: string };
}

const ENDED = 'It was not evaluated: the run ended.';

const failed = ({ texts }: IExpressionCall, message: string): IEvaluated[] =>
  texts.map(() => ({ problem: { message } }));

interface IWaiting {
  call: IExpressionCall;
  resolve(answers: IEvaluated[]): void;
}

/**
 * Evaluates JSONata in a thread with limits in time, depth and memory. An expression that exceeds them fails in words;
 * the others go on in a new thread.
 *
 * ```ts
 * const [answer] = await expressions.evaluate(['labels[0]'], { labels: ['cat'] });
 * ```
 */
export class Expressions {
  constructor(limits: Partial<IExpressionLimits> = {}) {
    this._limits = { ...LIMITS, ...limits };
  }

  /** One answer for each text; never rejects. */
  evaluate(
    texts: string[],
    value: unknown,
    bindings: Record<string, unknown> = {}
  ): Promise<IEvaluated[]> {
    return this._ask({ texts, value, bindings });
  }

  /** Whether they are JSONata; nothing is evaluated. */
  check(texts: string[]): Promise<IEvaluated[]> {
    return this._ask({ texts, isOnlyChecked: true });
  }

  /**
   * The value of one expression; undefined where it gives nothing.
   *
   * @throws DeepError `expression-failed`
   */
  async valueOf(
    text: string,
    value: unknown,
    bindings?: Record<string, unknown>
  ): Promise<unknown> {
    const [answer] = await this.evaluate([text], value, bindings);
    return valueIn(answer, text);
  }

  async close(): Promise<void> {
    this._isClosed = true;
    await this._kill(ENDED);
  }

  private _ask(call: IExpressionCall): Promise<IEvaluated[]> {
    if (call.texts.length === 0) {
      return Promise.resolve([]);
    }
    return new Promise(resolve => {
      this._queue.push({ call, resolve });
      this._next();
    });
  }

  private _next(): void {
    if (this._present.length > 0) {
      return;
    }
    this._present = this._queue.splice(0, TOGETHER);
    if (this._present.length === 0) {
      // Nothing is waited for: whoever uses it may end.
      this._worker?.unref();
      return;
    }
    if (this._isClosed) {
      this._failAll(ENDED);
      return;
    }
    try {
      const worker = (this._worker ??= this._start());
      worker.ref();
      Atomics.store(this._done, 0, 0);
      worker.postMessage(this._present.map(({ call }) => call));
      if (this._isOnline) {
        this._watch();
      }
    } catch (error) {
      this._failAll(`It cannot be evaluated: ${(error as Error).message}.`);
    }
  }

  /** The call that is evaluated now is ended when it takes too long. */
  private _watch(): void {
    const at = Atomics.load(this._done, 0);
    const present = this._present[at];
    const texts = present?.call.texts.length ?? 1;
    const limitMs = this._limits.timeMs * texts + GRACE_MS;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => {
      if (Atomics.load(this._done, 0) > at || !present) {
        this._watch();
      } else {
        void this._kill(`It did not end within ${limitMs / 1000} s.`);
      }
    }, limitMs);
  }

  private _start(): Worker {
    const { memoryMb } = this._limits;
    const workerData: IExpressionWorker = {
      limits: this._limits,
      done: this._done.buffer as SharedArrayBuffer
    };
    const worker = new Worker(workerFile('expressionWorker'), {
      workerData,
      env: {},
      execArgv: [],
      resourceLimits: {
        maxOldGenerationSizeMb: memoryMb,
        maxYoungGenerationSizeMb: 16,
        stackSizeMb: 4
      }
    });
    this._isOnline = false;
    // On a busy machine the start of a thread may take longer than any expression.
    worker.on('online', () => {
      this._isOnline = true;
      if (this._present.length > 0 && this._worker === worker) {
        this._watch();
      }
    });
    worker.on('message', (answers: IEvaluated[][]) => this._settle(answers));
    worker.on('error', error => this._lose(worker, error));
    worker.on('exit', () => this._lose(worker));
    return worker;
  }

  private _settle(answers: IEvaluated[][]): void {
    clearTimeout(this._timer);
    const present = this._present;
    this._present = [];
    present.forEach(({ resolve }, index) => resolve(answers[index]));
    this._next();
  }

  private _failAll(message: string): void {
    this._settle(this._present.map(({ call }) => failed(call, message)));
  }

  /** The one that it was at fails; those that came with it are evaluated anew. */
  private _failPresent(message: string): void {
    clearTimeout(this._timer);
    const at = Atomics.load(this._done, 0);
    const [culprit] = this._present.splice(at, 1);
    this._queue.unshift(...this._present);
    this._present = [];
    culprit?.resolve(failed(culprit.call, message));
    this._next();
  }

  private _lose(worker: Worker, error?: Error): void {
    if (this._worker !== worker) {
      return;
    }
    this._worker = undefined;
    if (this._present.length > 0) {
      const isMemory =
        (error as NodeJS.ErrnoException)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this._failPresent(
        isMemory
          ? `It needs more memory than the ${this._limits.memoryMb} MB that expressions have.`
          : `It broke off: ${error?.message ?? 'its thread ended'}.`
      );
    }
  }

  private async _kill(message: string): Promise<void> {
    await this._end();
    if (this._present.length > 0) {
      this._failPresent(message);
    }
  }

  private async _end(): Promise<void> {
    const worker = this._worker;
    this._worker = undefined;
    if (worker) {
      const ended = once(worker, 'exit');
      worker.ref();
      void worker.terminate();
      await ended;
    }
  }

  private readonly _limits: IExpressionLimits;
  private readonly _queue: IWaiting[] = [];
  private readonly _done = new Int32Array(new SharedArrayBuffer(4));
  private _present: IWaiting[] = [];
  private _worker?: Worker;
  private _timer?: NodeJS.Timeout;
  private _isOnline = false;
  private _isClosed = false;
}

/**
 * The value in an answer; undefined where the expression gave nothing.
 *
 * @throws DeepError `expression-failed`
 */
export function valueIn({ json, problem }: IEvaluated, text: string): unknown {
  if (problem) {
    const place =
      problem.position === undefined
        ? ''
        : ` (at character ${problem.position})`;
    throw new DeepError(
      'expression-failed',
      `The expression failed: ${withStop(problem.message)}${place}`,
      {
        hint: 'Try it on this item in the preview of its node.',
        technical: text.slice(0, 1000)
      }
    );
  }
  return json === undefined ? undefined : JSON.parse(json);
}

const withStop = (words: string): string =>
  /[.!?]$/.test(words) ? words : `${words}.`;
