/** Builds the workers of the models engine for whoever runs its sources (tests): into kernel-helpers/dist/workers. */
import { build } from 'esbuild';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));

const { outputFiles } = await build({
  entryPoints: readdirSync(folder)
    .filter(name => name.endsWith('Worker.ts'))
    .map(name => path.join(folder, name)),
  outdir: path.join(folder, '..', '..', 'dist', 'workers'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  external: ['onnxruntime-node', 'sharp'],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
  },
  logLevel: 'warning',
  write: false
});

for (const { path: file, text } of outputFiles) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    // Several test files may do this at once: a reader must never see half a worker.
    const fresh = `${file}.${process.pid}`;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(fresh, text);
    renameSync(fresh, file);
  }
}
