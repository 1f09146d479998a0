/**
 * TensorFlow.js with its backends for a processor, without those for browsers. Built as a file of its own, which is loaded only for
 * TensorFlow.js models; the WebAssembly part lies beside it.
 */
import '@tensorflow/tfjs-backend-cpu';
export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
export { loadGraphModel } from '@tensorflow/tfjs-converter';
export {
  enableProdMode,
  env,
  setBackend,
  tensor,
  tidy
} from '@tensorflow/tfjs-core';
export { loadLayersModel } from '@tensorflow/tfjs-layers';
