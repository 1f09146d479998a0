import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ModelSettings, PREPARATIONS } from '@jupyterlab-deep/protocol';
import { ROOT } from '../../__tests__/bundles';

export const PYTHON = path.join(ROOT, '.venv/bin/python');
/** A Python with real DEEPaaS. */
export const PEERS = path.join(ROOT, '.venv-peers/bin/python');
export const LITE0 = path.join(
  ROOT,
  'jupyterlab_deep/modules/image-classifier'
);
export const CAT = path.join(LITE0, 'examples/cat.jpg');
export const COFFEE = path.join(LITE0, 'examples/coffee.jpg');
export const hasPython = existsSync(PYTHON);
export const hasLite0 = existsSync(path.join(LITE0, 'onnx/model.onnx'));

const SCRIPTS = path.join(ROOT, 'kernel-helpers/src/models/__tests__');

/** ONNX files as exporters write them. */
export function makeModels(folder: string): void {
  execFileSync(PYTHON, [path.join(SCRIPTS, 'madeModels.py'), folder]);
}

/** What reads models for sources that run themselves, as cells do here. */
export function buildWorkers(): void {
  const script = path.join(SCRIPTS, '..', 'buildWorkers.mjs');
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}

/** What has to be said of those that tell red, green and blue apart. */
export const COLOURS: ModelSettings = {
  task: 'image-classification',
  network: {
    input: 'image',
    output: 'answer',
    layout: 'NCHW',
    gives: 'logits'
  },
  labels: ['red', 'green', 'blue'],
  preparation: {
    ...PREPARATIONS['zero-one'],
    mean: [0, 0, 0],
    std: [1, 1, 1],
    width: 8,
    height: 8,
    fit: 'squeeze',
    filter: 'bilinear'
  }
};
