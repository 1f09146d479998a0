import type * as tfjs from '@tensorflow/tfjs';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { restoreOldUtil } from './oldUtil';
import { workerFile } from './workerFile';

/** What is used of TensorFlow.js, whichever package it comes from. */
export type Tfjs = Pick<
  typeof tfjs,
  | 'add'
  | 'enableProdMode'
  | 'env'
  | 'loadGraphModel'
  | 'loadLayersModel'
  | 'losses'
  | 'matMul'
  | 'mul'
  | 'setBackend'
  | 'square'
  | 'sum'
  | 'tensor'
  | 'tensor2d'
  | 'tidy'
  | 'train'
  | 'variable'
  | 'zeros'
>;

interface IBundledTfjs extends Tfjs {
  setWasmPaths(folder: string): void;
}

/** The packages over TensorFlow's own library: `backend()` tells whether it found a GPU. */
interface INativeTfjs extends Tfjs {
  backend(): { isUsingGPUDevice?: boolean; isGPUPackage?: boolean };
}

/** TensorFlow.js with a backend that works. */
export interface ITfjsBackend {
  tf: Tfjs;
  backend: 'tfjs-node-gpu' | 'tfjs-node' | 'tfjs-wasm' | 'tfjs-cpu';
  detail: string;
}

const NATIVE = ['tfjs-node-gpu', 'tfjs-node'] as const;
const WASM_FILE = 'tfjs-backend-wasm-simd.wasm';

const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0];

/** Where somebody may have installed the optional packages: beside the notebook, or where these helpers are. */
const placesToLook = (): string[] => [process.cwd(), __dirname];

function isWithin(folder: string, file: string): boolean {
  return realpathSync(file).startsWith(folder + path.sep);
}

/**
 * One of the packages over TensorFlow's own library, from where it is installed.
 * @returns the reason when it cannot be used.
 */
function loadNative(
  name: (typeof NATIVE)[number],
  modelFolder: string
): INativeTfjs | string {
  const load = createRequire(path.join(__dirname, 'x.js'));
  let file: string;
  try {
    file = load.resolve(`@tensorflow/${name}`, { paths: placesToLook() });
  } catch {
    return `${name} is not installed`;
  }
  if (isWithin(modelFolder, file)) {
    return `${name} lies inside the model folder, from which no code is loaded`;
  }
  try {
    restoreOldUtil();
    return load(file) as INativeTfjs;
  } catch (error) {
    return `${name} did not start (${firstLine(error)})`;
  }
}

/** What TensorFlow itself says of its device; each version calls it a little differently. */
function usesGpu(tf: INativeTfjs): boolean {
  const backend = tf.backend() as Record<string, unknown>;
  return backend.isUsingGpuDevice === true || backend.isUsingGPUDevice === true;
}

/** TensorFlow.js as it is built beside the workers. */
function loadBundled(): IBundledTfjs {
  restoreOldUtil();
  const load = createRequire(path.join(__dirname, 'x.js'));
  const tf = load(workerFile('tfjsLibrary', '.cjs')) as IBundledTfjs;
  // Otherwise it recommends its other packages on the console, which is the notebook's output.
  tf.enableProdMode();
  return tf;
}

/** @returns the reason when WebAssembly cannot be used. */
async function startWasm(tf: IBundledTfjs): Promise<string | undefined> {
  try {
    // Its own threads would keep the worker alive, and bring nothing for one input at a time.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    tf.setWasmPaths(path.dirname(workerFile(WASM_FILE, '')) + path.sep);
    return (await tf.setBackend('wasm'))
      ? undefined
      : 'WebAssembly with SIMD does not work here';
  } catch (error) {
    return `WebAssembly did not start (${firstLine(error)})`;
  }
}

/** The slowest, which does everything. */
export async function startCpu(
  tf: Tfjs,
  reasons: string[]
): Promise<ITfjsBackend> {
  await tf.setBackend('cpu');
  return { tf, backend: 'tfjs-cpu', detail: reasons.join('; ') };
}

/**
 * The best of tfjs-node-gpu, tfjs-node, WebAssembly and plain JavaScript that works here, and why those before it do not.
 * @param modelFolder - Real path of the model folder, from which no code is loaded.
 */
export async function openTfjsBackend(
  modelFolder: string
): Promise<ITfjsBackend> {
  const reasons: string[] = [];
  for (const backend of NATIVE) {
    const tf = loadNative(backend, modelFolder);
    if (typeof tf === 'string') {
      reasons.push(tf);
    } else {
      if (backend === 'tfjs-node-gpu' && !usesGpu(tf)) {
        reasons.push('tfjs-node-gpu found no GPU and computes on the CPU');
      }
      const detail = reasons.join('; ') || 'it found a GPU';
      return { tf, backend, detail };
    }
  }
  const tf = loadBundled();
  const reason = await startWasm(tf);
  return reason === undefined
    ? { tf, backend: 'tfjs-wasm', detail: reasons.join('; ') }
    : startCpu(tf, [...reasons, reason]);
}
