/**
 * Makes the helpers as cells import them: one implementation (CommonJS), a wrapper for `import`, one file of types.
 * Usage: node kernel-helpers/build.mjs [folder]; `dist/` without one.
 */
import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDeclarations } from './build/declarations.mjs';
import { buildWorkers } from './build/workers.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Native or large: found in node_modules when they are first needed. */
const EXTERNAL = [
  '@huggingface/transformers',
  '@napi-rs/image',
  '@tensorflow/*',
  'onnxruntime-node',
  'sharp',
  'tslab',
  '*.node'
];

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  external: EXTERNAL,
  legalComments: 'none',
  logLevel: 'warning'
};

/** Everything that `node_modules/@jupyterlab-deep/kernel-helpers` holds in the wheel. */
export async function buildKernelHelpers(outDir) {
  await mkdir(outDir, { recursive: true });
  await build({
    ...shared,
    format: 'cjs',
    entryPoints: [path.join(here, 'src', 'index.ts')],
    outfile: path.join(outDir, 'index.cjs')
  });
  await buildWorkers(outDir);
  await writeWrapper(outDir);
  await writeDeclarations(here, path.join(outDir, 'index.d.ts'));
  await writeManifest(outDir);
}

/** `import` gets the objects of `require`: with two implementations `instanceof` would fail between them. */
async function writeWrapper(outDir) {
  const load = createRequire(import.meta.url);
  const names = Object.keys(load(path.join(outDir, 'index.cjs')));
  const text = `import helpers from './index.cjs';\nexport const { ${names.join(', ')} } = helpers;\n`;
  await writeFile(path.join(outDir, 'index.mjs'), text);
}

/** The cells' compiler resolves by the old rules and ignores `exports`; Node follows them. */
async function writeManifest(outDir) {
  const source = await readFile(path.join(here, 'package.json'), 'utf8');
  const { name, version, description, license } = JSON.parse(source);
  const manifest = {
    name,
    version,
    description,
    license,
    main: 'index.cjs',
    types: 'index.d.ts',
    exports: {
      '.': {
        types: './index.d.ts',
        import: './index.mjs',
        require: './index.cjs'
      },
      './package.json': './package.json'
    }
  };
  const text = `${JSON.stringify(manifest, null, 4)}\n`;
  await writeFile(path.join(outDir, 'package.json'), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildKernelHelpers(
    path.resolve(process.argv[2] ?? path.join(here, 'dist'))
  );
}
