import { DeepError } from '@jupyterlab-deep/protocol';
import { once } from 'node:events';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { workerFile } from './workerFile';
import { CLOSE, type IAnswer, type ICall } from './workerSide';

interface IWaiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** A worker and the calls it has not answered yet. One that dies fails its calls and is replaced at the next call. */
export class WorkerThread<A, R> {
  /**
   * @param name - Of the worker's file, without its ending.
   * @param workerData - Given to each worker that is started.
   * @param purpose - For messages: "that prepares pictures".
   */
  constructor(
    private readonly _name: string,
    private readonly _workerData: unknown,
    private readonly _purpose: string
  ) {}

  /** Calls that wait for their answer. */
  get pending(): number {
    return this._waiting.size;
  }

  /** Calls the worker; fails with its DeepError, or with `module-failed` when it dies. */
  call(argument: A, transfer: ArrayBuffer[] = []): Promise<R> {
    const id = this._nextId++;
    return new Promise<R>((resolve, reject) => {
      this._waiting.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject
      });
      const worker = (this._worker ??= this._start());
      worker.ref();
      worker.postMessage({ id, argument } satisfies ICall, transfer);
    });
  }

  /** Ends the worker after what it is doing; what waits fails at once. */
  async dispose(): Promise<void> {
    const worker = this._worker;
    this._worker = undefined;
    this._failAll(new DeepError('cancelled', 'The model was released.'));
    if (worker) {
      const ended = once(worker, 'exit');
      worker.ref();
      worker.postMessage(CLOSE);
      await ended;
    }
  }

  private _start(): Worker {
    const worker = new Worker(workerFile(this._name), {
      workerData: this._workerData,
      env: SHARE_ENV,
      // Nothing on the command line of this process is meant for it.
      execArgv: []
    });
    worker.on('message', (answer: IAnswer) => this._settle(answer));
    worker.on('error', error => this._lose(worker, error.message));
    worker.on('exit', code => this._lose(worker, `exit code ${code}`));
    return worker;
  }

  private _settle({ id, value, problem }: IAnswer): void {
    const waiting = this._waiting.get(id);
    this._waiting.delete(id);
    if (this._waiting.size === 0) {
      // A script ends when its own work ends, whether or not it released the model.
      this._worker?.unref();
    }
    if (problem) {
      waiting?.reject(DeepError.fromProblem(problem));
    } else {
      waiting?.resolve(value);
    }
  }

  private _lose(worker: Worker, technical: string): void {
    if (this._worker !== worker) {
      return;
    }
    this._worker = undefined;
    this._failAll(
      new DeepError(
        'module-failed',
        `The part ${this._purpose} ended unexpectedly and is started again.`,
        { hint: 'Try once more.', technical }
      )
    );
  }

  private _failAll(error: DeepError): void {
    const waiting = [...this._waiting.values()];
    this._waiting.clear();
    waiting.forEach(({ reject }) => reject(error));
  }

  private _worker?: Worker;
  private _nextId = 0;
  private readonly _waiting = new Map<number, IWaiting>();
}
