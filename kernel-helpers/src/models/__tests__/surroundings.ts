import { execFileSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync
} from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../../../..');

/** The built-in modules, as the wheel has them. */
export const MODULES = path.join(ROOT, 'jupyterlab_deep/modules');
export const LITE0 = path.join(MODULES, 'image-classifier');
export const CAT = path.join(LITE0, 'examples/cat.jpg');
export const COFFEE = path.join(LITE0, 'examples/coffee.jpg');

/** A Python with numpy and onnxruntime. */
export const PEERS = path.join(ROOT, '.venv-peers/bin/python');
/** A Python with Pillow. */
export const PYTHON = path.join(ROOT, '.venv/bin/python');

/** Builds the workers from the present sources. */
export function buildWorkers(): void {
  const script = path.join(__dirname, '..', 'buildWorkers.mjs');
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}

/** A folder of a test's own, gone with `remove`. */
export class Scratch {
  readonly path = mkdtempSync(path.join(os.tmpdir(), 'dm-'));

  file(name: string): string {
    return path.join(this.path, name);
  }

  /** A model folder to damage: small files are copies, the model is a second name of the same file. */
  lite0(name = 'model'): string {
    const folder = this.file(name);
    mkdirSync(path.join(folder, 'onnx'), { recursive: true });
    for (const each of readdirSync(LITE0)) {
      if (each.endsWith('.json')) {
        cpSync(path.join(LITE0, each), path.join(folder, each));
      }
    }
    const model = 'onnx/model.onnx';
    linkSync(path.join(LITE0, model), path.join(folder, model));
    return folder;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
