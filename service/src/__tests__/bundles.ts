import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '../../..');

const BANNER = [
  "import { createRequire as deepRequire } from 'node:module';",
  "import { fileURLToPath as deepPath } from 'node:url';",
  'const require = deepRequire(import.meta.url);',
  'const __filename = deepPath(import.meta.url);',
  "const __dirname = deepPath(new URL('.', import.meta.url));"
].join('');

const EXTERNAL = [
  '@huggingface/transformers',
  '@napi-rs/image',
  '@tensorflow/*',
  '*.node',
  'onnxruntime-node',
  'sharp',
  'tslab'
];

/** The service and what serves modules, built from the present sources as the wheel builds them. */
export class Bundles {
  readonly folder = mkdtempSync('/tmp/db-');
  readonly service = path.join(this.folder, 'service.mjs');

  constructor() {
    execFileSync(path.join(ROOT, 'node_modules/.bin/esbuild'), [
      `service=${path.join(ROOT, 'service/src/main.ts')}`,
      `module-runtime=${path.join(ROOT, 'module-runtime/src/main.ts')}`,
      ...EXTERNAL.map(name => `--external:${name}`),
      '--bundle',
      '--alias:jsonc-parser=jsonc-parser/lib/esm/main.js',
      '--loader:.yml=text',
      '--loader:.py=text',
      '--loader:.txt=text',
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

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
