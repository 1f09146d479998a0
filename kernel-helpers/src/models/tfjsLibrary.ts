/**
 * TensorFlow.js with its backends for a processor, without those for browsers. Built as a file of its own, which is loaded only for
 * TensorFlow.js models; the WebAssembly part lies beside it.
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
export { loadGraphModel } from '@tensorflow/tfjs-converter';
export {
  add,
  enableProdMode,
  env,
  losses,
  matMul,
  mul,
  setBackend,
  square,
  sum,
  tensor,
  tensor2d,
  tidy,
  train,
  variable,
  zeros
} from '@tensorflow/tfjs-core';
export { loadLayersModel } from '@tensorflow/tfjs-layers';
