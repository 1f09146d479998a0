import { DeepError } from '@jupyterlab-deep/protocol';
import { type IBatch } from './inferenceWorker';
import { type IPreparation } from './preparation';
import { type ISessionOptions, type ISessionState } from './session';
import { WorkerThread } from './workerThread';

/** A picture: its bytes, or the absolute path of its file. */
export type PictureInput = string | Uint8Array;

export interface IPipelineOptions {
  preparation: IPreparation;
  session: ISessionOptions;
  /** Number of inference workers, each with its own session. */
  workers: number;
  /** Most pictures in one run of the network. */
  maxBatch: number;
}

interface IRequest {
  input: PictureInput;
  signal?: AbortSignal;
  resolve: (logits: Float32Array) => void;
  reject: (error: Error) => void;
  pixels?: Float32Array;
}

/** One being prepared, one waiting in the worker's mailbox, so that it never stands still between two. */
const PREPARATIONS_UNDER_WAY = 2;

/**
 * The way of pictures through one preparation worker and the inference workers. What waits for inference goes in batches, while
 * the next pictures are prepared; a request that is given up leaves its queue at once.
 */
export class Pipeline {
  constructor(private readonly _options: IPipelineOptions) {
    this._preparer = new WorkerThread(
      'prepareWorker',
      _options.preparation,
      'that prepares pictures'
    );
    this._inferrers = Array.from(
      { length: _options.workers },
      () =>
        new WorkerThread<IBatch, Float32Array | ISessionState>(
          'inferenceWorker',
          _options.session,
          'that runs the model'
        )
    );
  }

  /** Loads the model into every inference worker. */
  async open(): Promise<ISessionState> {
    const states = await Promise.all(
      this._inferrers.map(worker => worker.call({ inputs: [] }))
    );
    return states[0] as ISessionState;
  }

  /**
   * The network's output for a picture.
   * @throws DeepError `invalid-picture`, `module-failed`, `cancelled`
   */
  run(input: PictureInput, signal?: AbortSignal): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      const request: IRequest = { input, signal, resolve, reject };
      this._toPrepare.push(request);
      signal?.addEventListener('abort', () => this._drop(request), {
        once: true
      });
      this._advance();
    });
  }

  async dispose(): Promise<void> {
    const waiting = [...this._toPrepare, ...this._toInfer];
    this._toPrepare = [];
    this._toInfer = [];
    waiting.forEach(({ reject }) =>
      reject(new DeepError('cancelled', 'The model was released.'))
    );
    await Promise.all(
      [this._preparer, ...this._inferrers].map(worker => worker.dispose())
    );
  }

  private _drop(request: IRequest): void {
    this._toPrepare = this._toPrepare.filter(other => other !== request);
    this._toInfer = this._toInfer.filter(other => other !== request);
    request.reject(new DeepError('cancelled', 'The prediction was cancelled.'));
    this._advance();
  }

  private _advance(): void {
    // Prepared pictures are large: no more of them than the next batches take.
    const enough = 2 * this._options.maxBatch * this._options.workers;
    while (
      this._toPrepare.length > 0 &&
      this._preparer.pending < PREPARATIONS_UNDER_WAY &&
      this._toInfer.length < enough
    ) {
      void this._prepare(this._toPrepare.shift()!);
    }
    for (const worker of this._inferrers) {
      if (worker.pending === 0 && this._toInfer.length > 0) {
        void this._infer(worker, this._nextBatch());
      }
    }
  }

  /** What waits, shared between the workers that are free. */
  private _nextBatch(): IRequest[] {
    const free = this._inferrers.filter(({ pending }) => pending === 0).length;
    const share = Math.ceil(this._toInfer.length / free);
    return this._toInfer.splice(0, Math.min(share, this._options.maxBatch));
  }

  private async _prepare(request: IRequest): Promise<void> {
    try {
      const { input } = request;
      // A view would carry the whole buffer behind it to the worker.
      const copy = typeof input === 'string' ? input : Uint8Array.from(input);
      const transfer = typeof copy === 'string' ? [] : [copy.buffer];
      request.pixels = await this._preparer.call(copy, transfer);
      if (!request.signal?.aborted) {
        this._toInfer.push(request);
      }
    } catch (error) {
      request.reject(error as Error);
    }
    this._advance();
  }

  private async _infer(
    worker: WorkerThread<IBatch, Float32Array | ISessionState>,
    batch: IRequest[]
  ): Promise<void> {
    try {
      const inputs = batch.map(({ pixels }) => pixels!);
      const transfer = inputs.map(({ buffer }) => buffer as ArrayBuffer);
      const logits = (await worker.call({ inputs }, transfer)) as Float32Array;
      const length = logits.length / batch.length;
      batch.forEach(({ resolve }, index) =>
        resolve(logits.subarray(index * length, (index + 1) * length))
      );
    } catch (error) {
      batch.forEach(({ reject }) => reject(error as Error));
    }
    this._advance();
  }

  private readonly _preparer: WorkerThread<PictureInput, Float32Array>;
  private readonly _inferrers: WorkerThread<
    IBatch,
    Float32Array | ISessionState
  >[];
  private _toPrepare: IRequest[] = [];
  private _toInfer: IRequest[] = [];
}
