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

/** What goes to the worker. */
export interface IExpressionCall {
  texts: string[];
  value?: unknown;
  bindings?: Record<string, unknown>;
  /** Nothing is evaluated. */
  isOnlyChecked?: boolean;
}

/** What comes back for each expression. */
export interface IEvaluated {
  /** Absent where it gives nothing. */
  json?: string;
  problem?: { message: string; position?: number; code?: string };
}

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
    await this._kill('It was not evaluated: the run ended.');
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

  /** One at a time: so it is known whose fault it is. */
  private _next(): void {
    if (this._present) {
      return;
    }
    this._present = this._queue.shift();
    if (!this._present) {
      // Nothing is waited for: whoever uses it may end.
      this._worker?.unref();
      return;
    }
    if (this._isClosed) {
      this._settleAll('It was not evaluated: the run ended.');
      return;
    }
    const { call } = this._present;
    try {
      const worker = (this._worker ??= this._start());
      worker.ref();
      worker.postMessage(call);
      if (this._isOnline) {
        this._watch(call);
      }
    } catch (error) {
      this._settleAll(`It cannot be evaluated: ${(error as Error).message}.`);
    }
  }

  private _watch({ texts }: IExpressionCall): void {
    const limitMs = this._limits.timeMs * texts.length + GRACE_MS;
    const says = `It did not end within ${limitMs / 1000} s.`;
    this._timer = setTimeout(() => void this._kill(says), limitMs);
  }

  private _start(): Worker {
    const { memoryMb } = this._limits;
    const worker = new Worker(workerFile('expressionWorker'), {
      workerData: this._limits,
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
      if (this._present && this._worker === worker) {
        this._watch(this._present.call);
      }
    });
    worker.on('message', (answers: IEvaluated[]) => this._settle(answers));
    worker.on('error', error => this._lose(worker, error));
    worker.on('exit', () => this._lose(worker));
    return worker;
  }

  private _settle(answers: IEvaluated[]): void {
    clearTimeout(this._timer);
    const present = this._present;
    this._present = undefined;
    present?.resolve(answers);
    this._next();
  }

  private _settleAll(message: string): void {
    const { call } = this._present!;
    this._settle(call.texts.map(() => ({ problem: { message } })));
  }

  private _lose(worker: Worker, error?: Error): void {
    if (this._worker !== worker) {
      return;
    }
    this._worker = undefined;
    const isMemory =
      (error as NodeJS.ErrnoException)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (this._present) {
      this._settleAll(
        isMemory
          ? `It needs more memory than the ${this._limits.memoryMb} MB that expressions have.`
          : `It broke off: ${error?.message ?? 'its thread ended'}.`
      );
    }
  }

  private async _kill(message: string): Promise<void> {
    await this._end();
    if (this._present) {
      this._settleAll(message);
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
  private _present?: IWaiting;
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
