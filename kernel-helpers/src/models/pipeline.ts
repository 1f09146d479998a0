import { DeepError } from '@jupyterlab-deep/protocol';
import { type IInferenceCall, type IInferenceData } from './inferenceWorker';
import { type IPreparation } from './preparation';
import { type IPrepareCall, type IPrepareData } from './prepareSlots';
import { type ISessionOptions, type ISessionState } from './session';
import { allocateSlots, slotCount } from './slots';
import { WorkerThread } from './workerThread';

/** A picture: its bytes, or the absolute path of its file. */
export type PictureInput = string | Uint8Array;

export interface IPipelineOptions {
  preparation: IPreparation;
  session: ISessionOptions;
  /** CPUs to use. A request that comes alone gets them all, several share them. */
  threads: number;
  /** Inference workers. */
  workers: number;
  /** Most pictures in one run of the network. */
  maxBatch: number;
}

interface IRequest {
  input: PictureInput;
  resolve: (output: Float32Array) => void;
  reject: (error: Error) => void;
  /** Where its prepared picture is, from preparation to the end of inference. */
  slot: number;
}

type InferenceThread = WorkerThread<
  IInferenceCall,
  Float32Array | ISessionState
>;

const cancelled = (): DeepError =>
  new DeepError('cancelled', 'The prediction was cancelled.');

/** One being prepared, one waiting in the worker's mailbox, so that it never stands still between two. */
const PREPARATIONS_UNDER_WAY = 2;

/**
 * The way of pictures through one preparation worker and the inference workers. What waits for inference goes in batches, while
 * the next pictures are prepared; a request that is given up leaves its queue at once.
 */
export class Pipeline {
  constructor(private readonly _options: IPipelineOptions) {
    const { preparation, session, threads, workers } = _options;
    const memory = allocateSlots(session.shape.reduce((a, b) => a * b, 1));
    this._freeSlots = Array.from({ length: slotCount(memory) }, (_, i) => i);
    this._preparer = new WorkerThread(
      'prepareWorker',
      { preparation, memory } satisfies IPrepareData,
      'that prepares pictures'
    );
    const share = Math.max(1, Math.floor(threads / workers));
    this._inferrers = Array.from({ length: workers }, (_, index) => {
      const aloneThreads = index === 0 ? threads : undefined;
      const own = { threads: share, aloneThreads };
      const data = { session, preparation, memory, ...own };
      return new WorkerThread(
        'inferenceWorker',
        data satisfies IInferenceData,
        'that runs the model'
      );
    });
  }

  /** Loads the model into every inference worker. */
  async open(): Promise<ISessionState> {
    const states = await Promise.all(
      this._inferrers.map(worker => worker.call({ slots: [] }))
    );
    const state = states[0] as ISessionState;
    this._maxBatch = Math.min(state.maxBatch, this._options.maxBatch);
    return state;
  }

  /**
   * The network's output for a picture.
   * @throws DeepError `invalid-picture`, `module-failed`, `cancelled`
   */
  run(input: PictureInput, signal?: AbortSignal): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      const request: IRequest = { input, resolve, reject, slot: -1 };
      if (signal?.aborted) {
        reject(cancelled());
        return;
      }
      signal?.addEventListener('abort', () => this._drop(request));
      if (this._isIdle()) {
        void this._runAlone(request);
      } else {
        this._toPrepare.push(request);
        this._advance();
      }
    });
  }

  async dispose(): Promise<void> {
    const released = new DeepError('cancelled', 'The model was released.');
    const waiting = [...this._toPrepare, ...this._toInfer];
    this._toPrepare = [];
    this._toInfer = [];
    waiting.forEach(({ reject }) => reject(released));
    await Promise.all(
      [this._preparer, ...this._inferrers].map(worker => worker.dispose())
    );
  }

  private _isIdle(): boolean {
    const workers = [this._preparer, ...this._inferrers];
    return (
      this._toPrepare.length === 0 &&
      this._toInfer.length === 0 &&
      workers.every(({ pending }) => pending === 0)
    );
  }

  /** What a worker already has runs to its end; nobody waits for it. */
  private _drop(request: IRequest): void {
    request.reject(cancelled());
    this._toPrepare = this._toPrepare.filter(other => other !== request);
    if (this._toInfer.includes(request)) {
      this._toInfer = this._toInfer.filter(other => other !== request);
      this._free(request);
    }
    this._advance();
  }

  private _free({ slot }: IRequest): void {
    this._freeSlots.push(slot);
    // In order, so that the slots of a batch follow each other.
    this._freeSlots.sort((a, b) => a - b);
  }

  private _advance(): void {
    while (
      this._toPrepare.length > 0 &&
      this._preparer.pending < PREPARATIONS_UNDER_WAY &&
      this._freeSlots.length > 0
    ) {
      void this._prepare(this._toPrepare.shift()!);
    }
    for (const worker of this._inferrers) {
      if (worker.pending === 0 && this._toInfer.length > 0) {
        void this._infer(worker);
      }
    }
  }

  /** A view would carry the whole buffer behind it to the worker, so bytes are copied. */
  private _copied({ input }: IRequest): [PictureInput, ArrayBuffer[]] {
    if (typeof input === 'string') {
      return [input, []];
    }
    const copy = new Uint8Array(input);
    return [copy, [copy.buffer]];
  }

  private async _prepare(request: IRequest): Promise<void> {
    request.slot = this._freeSlots.shift()!;
    const { slot } = request;
    const [picture, transfer] = this._copied(request);
    try {
      await this._preparer.call({ picture, slot }, transfer);
      this._toInfer.push(request);
    } catch (error) {
      this._free(request);
      request.reject(error as Error);
    }
    this._advance();
  }

  /** What waits, shared between the workers that are free. */
  private _nextBatch(): IRequest[] {
    const free = this._inferrers.filter(({ pending }) => pending === 0).length;
    const share = Math.ceil(this._toInfer.length / free);
    return this._toInfer.splice(0, Math.min(share, this._maxBatch));
  }

  private _infer(worker: InferenceThread): Promise<void> {
    const batch = this._nextBatch();
    const slots = batch.map(({ slot }) => slot);
    return this._finish(batch, worker.call({ slots }));
  }

  private _runAlone(request: IRequest): Promise<void> {
    request.slot = this._freeSlots.shift()!;
    const [alone, transfer] = this._copied(request);
    const call = { slots: [request.slot], alone };
    return this._finish([request], this._inferrers[0].call(call, transfer));
  }

  /** Gives each request its part of the output. */
  private async _finish(
    batch: IRequest[],
    call: Promise<Float32Array | ISessionState>
  ): Promise<void> {
    try {
      const output = (await call) as Float32Array;
      const length = output.length / batch.length;
      batch.forEach(({ resolve }, index) =>
        resolve(output.subarray(index * length, (index + 1) * length))
      );
    } catch (error) {
      batch.forEach(({ reject }) => reject(error as Error));
    }
    batch.forEach(request => this._free(request));
    this._advance();
  }

  private readonly _preparer: WorkerThread<IPrepareCall, void>;
  private readonly _inferrers: InferenceThread[];
  private readonly _freeSlots: number[];
  private _maxBatch = 1;
  private _toPrepare: IRequest[] = [];
  private _toInfer: IRequest[] = [];
}
