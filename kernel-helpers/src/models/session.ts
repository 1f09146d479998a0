import { DeepError } from '@jupyterlab-deep/protocol';
import * as ort from 'onnxruntime-node';
import { hasCudaLibrary } from './cuda';
import { gatherSlots, type ISlotMemory } from './slots';

export interface ISessionOptions {
  modelPath: string;
  input: string;
  output: string;
  /** Shape of one input, without the batch. */
  shape: number[];
  /** Numbers in one output. */
  outputLength: number;
}

/** What computes, and why. */
export interface ISessionState {
  backend: string;
  detail: string;
  /** Most inputs that the model takes at once. */
  maxBatch: number;
}

/**
 * The official builds of onnxruntime report its use to its maker, from the first session on; nothing leaves the machine from here. Set
 * in the process itself (workers share it), because native code does not see a worker's own copy of the environment.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const invalid = (detail: string, cause?: unknown): DeepError =>
  new DeepError('model-invalid', detail, {
    technical: cause === undefined ? undefined : reasonOf(cause),
    cause
  });

const create = (
  { modelPath }: ISessionOptions,
  executionProviders: string[],
  intraOpNumThreads: number
): Promise<ort.InferenceSession> =>
  ort.InferenceSession.create(modelPath, {
    executionProviders,
    intraOpNumThreads,
    interOpNumThreads: 1,
    // A session that waits must not keep the CPUs busy: the next pictures are decoded on them.
    extra: { session: { force_spinning_stop: '1' } }
  });

interface ICreated {
  session: ort.InferenceSession;
  backend: string;
  detail: string;
}

/** With CUDA where the installed onnxruntime has it and it works here, otherwise on the CPU. */
async function createSomewhere(
  options: ISessionOptions,
  threads: number
): Promise<ICreated> {
  let detail = 'the installed onnxruntime has no CUDA library';
  if (hasCudaLibrary()) {
    try {
      const session = await create(options, ['cuda', 'cpu'], threads);
      return { session, backend: 'cuda', detail: 'CUDA works here' };
    } catch (error) {
      detail = `CUDA did not start: ${reasonOf(error)}`;
    }
  }
  try {
    const session = await create(options, ['cpu'], threads);
    return { session, backend: 'cpu', detail };
  } catch (error) {
    throw invalid(
      'onnxruntime cannot load onnx/model.onnx: it is damaged, or needs another version.',
      error
    );
  }
}

/** A model that has been loaded and has run once. */
export class Session {
  /** @throws DeepError `model-invalid` when it cannot be loaded, or does not take and give what its folder says. */
  static async open(
    options: ISessionOptions,
    memory: ISlotMemory,
    threads: number
  ): Promise<Session> {
    const opened = new Session(
      options,
      memory,
      await createSomewhere(options, threads)
    );
    await opened._warm();
    return opened;
  }

  private constructor(
    private readonly _options: ISessionOptions,
    private readonly _memory: ISlotMemory,
    private readonly _created: ICreated
  ) {}

  get state(): ISessionState {
    const { session, backend, detail } = this._created;
    const input = session.inputMetadata.find(
      ({ name }) => name === this._options.input
    );
    const batch = input?.isTensor ? input.shape[0] : undefined;
    // A name in place of a number stands for any number.
    const maxBatch = typeof batch === 'number' && batch > 0 ? batch : Infinity;
    return { backend, detail, maxBatch };
  }

  /** The outputs for the inputs in these slots, one behind the other. */
  async run(slots: number[]): Promise<Float32Array> {
    const { input, output, shape } = this._options;
    const batch = gatherSlots(this._memory, slots);
    const dims = [slots.length, ...shape];
    const tensor = new ort.Tensor('float32', batch, dims);
    const { session } = this._created;
    const results = await session.run({ [input]: tensor }, [output]);
    const result = results[output];
    // A copy: the result's memory belongs to onnxruntime.
    const values = Float32Array.from(result.data as Float32Array);
    result.dispose();
    return values;
  }

  release(): Promise<void> {
    return this._created.session.release();
  }

  /** The first run plans the memory of all others, and shows whether the model fits its description. */
  private async _warm(): Promise<void> {
    const { shape, outputLength } = this._options;
    const values = await this.run([0]).catch(error => {
      throw invalid(
        `onnx/model.onnx does not run on one input of ${shape.join(' × ')}, as preprocessor_config.json says.`,
        error
      );
    });
    if (values.length !== outputLength) {
      throw invalid(
        `onnx/model.onnx gives ${values.length} numbers; config.json names ${outputLength} classes.`
      );
    }
  }
}
