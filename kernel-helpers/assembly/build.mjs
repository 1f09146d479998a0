/**
 * Builds assembly/resize.ts into src/models/resizeKernel.ts. The result is kept in the repository because it has 700 bytes and its
 * compiler 100 MB. Usage, after a change of resize.ts: node kernel-helpers/assembly/build.mjs
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = 'assemblyscript@0.28.20';

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(here, 'resize.ts');
const target = path.join(here, '..', 'src', 'models', 'resizeKernel.ts');

function compiled() {
  const folder = mkdtempSync(path.join(tmpdir(), 'deep-asc-'));
  const out = path.join(folder, 'resize.wasm');
  const options = '-O3 --enable simd --runtime stub --noAssert --importMemory';
  try {
    execFileSync(
      'npx',
      [
        '--yes',
        '-p',
        COMPILER,
        'asc',
        source,
        '--outFile',
        out,
        ...options.split(' ')
      ],
      { stdio: 'inherit' }
    );
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const lines = compiled()
  .toString('base64')
  .match(/.{1,72}/g)
  .map(line => `  '${line}'`)
  .join(' +\n');

writeFileSync(
  target,
  `/** Made by assembly/build.mjs from assembly/resize.ts: the compiled module, as Base64. */
export const RESIZE_KERNEL =
${lines};
`
);
