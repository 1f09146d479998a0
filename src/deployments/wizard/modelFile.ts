import { PathExt } from '@jupyterlab/coreutils';

const ONNX = '.onnx';
const TFJS = 'model.json';

/** Whether a file of this name can be a model. */
export const isModelFile = (path: string): boolean =>
  PathExt.extname(path).toLowerCase() === ONNX ||
  PathExt.basename(path) === TFJS;
