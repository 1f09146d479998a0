/** Builds what the models engine loads at run time: its workers, and TensorFlow.js with its WebAssembly part. */
import { build } from 'esbuild';
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const models = fileURLToPath(new URL('../src/models', import.meta.url));
const expressions = fileURLToPath(
  new URL('../src/expressions', import.meta.url)
);
/** The only one of three that every processor of the last ten years and Node 24 can use, without threads of its own. */
const WASM = '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';

/** CommonJS packages inside an ES module bundle ask for these. */
const BANNER = [
  "import { createRequire as deepRequire } from 'node:module';",
  "import { fileURLToPath as deepPath } from 'node:url';",
  'const require = deepRequire(import.meta.url);',
  "const __dirname = deepPath(new URL('.', import.meta.url));"
].join('\n');

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'warning',
  write: false
};

const workersIn = async folder =>
  (await readdir(folder))
    .filter(name => name.endsWith('Worker.ts'))
    .map(name => path.join(folder, name));

const buildThreads = async (outdir, options) => {
  const entries = await Promise.all([models, expressions].map(workersIn));
  return build({
    ...shared,
    ...options,
    entryPoints: entries.flat(),
    outdir,
    entryNames: '[name]',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    external: ['@napi-rs/image', 'onnxruntime-node', 'sharp', '*.node'],
    banner: { js: BANNER }
  });
};

/** From the packages' sources, so that what is not used is left out; their prebuilt files hold everything. */
const buildTfjs = outdir =>
  build({
    ...shared,
    entryPoints: [path.join(models, 'tfjsLibrary.ts')],
    outdir,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    mainFields: ['module', 'main'],
    minify: true
  });

/** Several tests may build at once: a reader must never see half a file. */
async function writeChanged({ path: file, contents }) {
  const present = await readFile(file).catch(() => undefined);
  if (!present?.equals(contents)) {
    const fresh = `${file}.${process.pid}`;
    await writeFile(fresh, contents);
    await rename(fresh, file);
  }
}

/**
 * @param {string} outDir - Beside the bundle that starts the workers.
 * @param {import('esbuild').BuildOptions} [options] - Of the workers.
 */
export async function buildWorkers(outDir, options = {}) {
  await mkdir(outDir, { recursive: true });
  const results = await Promise.all([
    buildThreads(outDir, options),
    buildTfjs(outDir)
  ]);
  await Promise.all(
    results.flatMap(({ outputFiles }) => outputFiles.map(writeChanged))
  );
  const wasm = createRequire(import.meta.url).resolve(WASM);
  const fresh = path.join(outDir, `wasm.${process.pid}`);
  await copyFile(wasm, fresh);
  await rename(fresh, path.join(outDir, path.basename(WASM)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWorkers(path.resolve(process.argv[2]));
}
