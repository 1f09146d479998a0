import { DeepError } from '@jupyterlab-deep/protocol';
import * as ort from 'onnxruntime-node';
import { hasCudaLibrary } from './cuda';
import { type INetwork, type INetworkOptions, type ITensor } from './network';

/**
 * The official builds of onnxruntime report its use to its maker, from the first session on; nothing leaves the machine from here. Set
 * in the process itself (workers share it), because native code does not see a worker's own copy of the environment.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const create = (
  { modelPath }: INetworkOptions,
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

/** With CUDA where the installed onnxruntime has it and it works here, otherwise on the CPU. */
export async function openOnnxNetwork(
  options: INetworkOptions,
  threads: number
): Promise<INetwork> {
  let detail = 'the installed onnxruntime has no CUDA library';
  if (hasCudaLibrary()) {
    try {
      const session = await create(options, ['cuda', 'cpu'], threads);
      return new OnnxNetwork(session, 'cuda', 'CUDA works here');
    } catch (error) {
      detail = `CUDA did not start: ${reasonOf(error)}`;
    }
  }
  try {
    const session = await create(options, ['cpu'], threads);
    return new OnnxNetwork(session, 'cpu', detail);
  } catch (error) {
    throw new DeepError(
      'model-invalid',
      'onnxruntime cannot load onnx/model.onnx: it is damaged, or needs another version.',
      { technical: reasonOf(error), cause: error }
    );
  }
}

/** Numbers of 32 bits as the types that networks take beside them. */
const CONVERTED = {
  float32: data => data,
  float64: data => Float64Array.from(data),
  int32: data => Int32Array.from(data, Math.round),
  int64: data => BigInt64Array.from(data, value => BigInt(Math.round(value))),
  uint8: data => Uint8Array.from(data, value => Math.round(value))
} as const satisfies Record<string, (data: Float32Array) => ort.Tensor['data']>;

/** As numbers of 32 bits, in memory that does not belong to onnxruntime. */
function numbersOf(name: string, { data }: ort.Tensor): Float32Array {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return Float32Array.from(data, Number);
  }
  if (Array.isArray(data)) {
    throw new DeepError(
      'model-invalid',
      `The output “${name}” of onnx/model.onnx is text, not numbers.`,
      { hint: 'Name another output under "network" in module.json.' }
    );
  }
  return Float32Array.from(data as Float32Array);
}

class OnnxNetwork implements INetwork {
  constructor(
    private readonly _session: ort.InferenceSession,
    readonly backend: string,
    readonly detail: string
  ) {}

  shapeOf(input: string): (number | null)[] | undefined {
    const found = this._session.inputMetadata.find(
      ({ name }) => name === input
    );
    // A name in place of a number stands for any number.
    return found?.isTensor
      ? found.shape.map(length =>
          typeof length === 'number' && length > 0 ? length : null
        )
      : undefined;
  }

  async run(
    feeds: Record<string, ITensor>,
    outputs: string[]
  ): Promise<ITensor[]> {
    const tensors: Record<string, ort.Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(feeds)) {
      tensors[name] = this._tensor(name, data, dims);
    }
    const results = await this._session.run(tensors, outputs);
    return outputs.map(name => {
      const result = results[name];
      const data = numbersOf(name, result);
      const { dims } = result;
      result.dispose();
      return { data, dims };
    });
  }

  release(): Promise<void> {
    return this._session.release();
  }

  private _tensor(
    name: string,
    data: Float32Array,
    dims: readonly number[]
  ): ort.Tensor {
    const found = this._session.inputMetadata.find(each => each.name === name);
    const type = found?.isTensor ? found.type : 'float32';
    const convert = CONVERTED[type as keyof typeof CONVERTED];
    if (!convert) {
      throw new DeepError(
        'model-invalid',
        `onnx/model.onnx takes ${type}, which is not given here.`,
        { hint: `Give it an input of ${Object.keys(CONVERTED).join(', ')}.` }
      );
    }
    return new ort.Tensor(type, convert(data), dims);
  }
}
