import { DeepError } from '@jupyterlab-deep/protocol';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as ort from 'onnxruntime-node';

export interface ISessionOptions {
  modelPath: string;
  input: string;
  output: string;
  /** Shape of one input, without the batch. */
  shape: number[];
}

/** What computes, and why. */
export interface ISessionState {
  backend: string;
  detail: string;
}

export interface IOpenSession {
  session: ort.InferenceSession;
  state: ISessionState;
}

function sessionOptions(
  providers: string[],
  threads: number
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: providers,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // A session that waits must not keep the CPUs busy: the pictures of the next batch are decoded on them.
    extra: { session: { force_spinning_stop: '1' } }
  };
}

/**
 * The official builds of onnxruntime report its use to its maker, from the first session on; nothing leaves the machine from here. Set
 * in the process itself (workers share it), because native code does not see a worker's own copy of the environment.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

async function createOnCpu(
  options: ISessionOptions,
  threads: number
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(
      options.modelPath,
      sessionOptions(['cpu'], threads)
    );
  } catch (error) {
    throw new DeepError(
      'model-invalid',
      'onnxruntime cannot load onnx/model.onnx: it is damaged, or needs another version.',
      { technical: reasonOf(error), cause: error }
    );
  }
}

/**
 * Whether the CUDA part of onnxruntime lies beside its main part. `listSupportedBackends` names CUDA on each platform that could have
 * it, and trying in vain writes onnxruntime's own error to the log.
 */
function hasCudaLibrary(): boolean {
  const main = path.dirname(require.resolve('onnxruntime-node'));
  const binaries = path.join(
    main,
    '../bin/napi-v6',
    process.platform,
    process.arch
  );
  return ['libonnxruntime_providers_cuda.so', 'onnxruntime_providers_cuda.dll']
    .map(name => path.join(binaries, name))
    .some(existsSync);
}

/** Opens the model with CUDA where the installed onnxruntime offers it and it works here, otherwise on the CPU, and says why. */
export async function createSession(
  options: ISessionOptions,
  threads: number
): Promise<IOpenSession> {
  let detail = 'the installed onnxruntime has no CUDA library';
  if (hasCudaLibrary()) {
    try {
      const session = await ort.InferenceSession.create(
        options.modelPath,
        sessionOptions(['cuda', 'cpu'], threads)
      );
      const state = { backend: 'cuda', detail: 'CUDA works here' };
      return { session, state };
    } catch (error) {
      detail = `CUDA did not start: ${reasonOf(error)}`;
    }
  }
  const session = await createOnCpu(options, threads);
  return { session, state: { backend: 'cpu', detail } };
}
