import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '../../..');
export const MODEL = path.join(
  ROOT,
  'jupyterlab_deep/modules/image-classifier'
);

const BANNER = [
  "import { createRequire as deepRequire } from 'node:module';",
  "import { fileURLToPath as deepPath } from 'node:url';",
  'const require = deepRequire(import.meta.url);',
  "const __dirname = deepPath(new URL('.', import.meta.url));"
].join('');

/** A short temporary folder with the module runtime, built from the present sources as the wheel builds it. */
export class Workplace {
  readonly folder = mkdtempSync('/tmp/mr-');
  /** Where the runtimes put large uploads: of this place alone. */
  readonly uploads = path.join(this.folder, 'uploads');
  readonly runtime = path.join(this.folder, 'module-runtime.mjs');

  constructor() {
    mkdirSync(this.uploads);
    execFileSync(path.join(ROOT, 'node_modules/.bin/esbuild'), [
      `module-runtime=${path.join(ROOT, 'module-runtime/src/main.ts')}`,
      ...['onnxruntime-node', 'sharp'].map(name => `--external:${name}`),
      '--bundle',
      '--platform=node',
      '--target=node24',
      '--format=esm',
      '--entry-names=[name]',
      '--out-extension:.js=.mjs',
      '--log-level=error',
      `--outdir=${this.folder}`,
      `--banner:js=${BANNER}`
    ]);
    const workers = path.join(ROOT, 'kernel-helpers/build/workers.mjs');
    execFileSync(process.execPath, [workers, this.folder]);
    const modules = path.join(ROOT, 'node_modules');
    symlinkSync(modules, path.join(this.folder, 'node_modules'));
  }

  /** A copy of the built-in model folder, with other values in its `module.json`. */
  copyModel(name: string, manifest: object = {}): string {
    const copy = path.join(this.folder, name);
    cpSync(MODEL, copy, { recursive: true });
    const file = path.join(copy, 'module.json');
    const present = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...present, name, ...manifest }));
    return copy;
  }

  socket(name: string): string {
    return path.join(this.folder, `${name}.sock`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
