/**
 * Makes jupyterlab_deep/node/: everything of ours that runs on the wheel's Node, and the native or large packages it needs.
 * Usage: node scripts/build-node.mjs
 */
import { build } from 'esbuild';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildKernelHelpers } from '../kernel-helpers/build.mjs';
import { buildWorkers } from '../kernel-helpers/build/workers.mjs';
import { namedImports } from './named-imports.mjs';
import { at, root } from './paths.mjs';
import { stagePackages } from './stage-packages.mjs';

/** Loaded at run time from node_modules: native, large, or read by the cells' compiler. */
const STAGED = [
  '@napi-rs/image',
  '@types/node',
  'onnxruntime-node',
  'sharp',
  'tslab'
];

/** Never bundled. The optional TensorFlow packages are the user's own to install. */
const EXTERNAL = [
  ...STAGED,
  '@huggingface/transformers',
  '@tensorflow/*',
  '*.node'
];

/** CommonJS packages inside an ES module bundle ask for these. */
const BANNER = [
  "import { createRequire as deepRequire } from 'node:module';",
  "import { fileURLToPath as deepPath } from 'node:url';",
  'const require = deepRequire(import.meta.url);',
  'const __filename = deepPath(import.meta.url);',
  "const __dirname = deepPath(new URL('.', import.meta.url));"
].join('\n');

const options = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  external: EXTERNAL,
  // Its main file asks for its parts in a way that bundlers do not see.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  legalComments: 'none',
  // Templates of deployments, and what they let others run.
  loader: { '.yml': 'text', '.py': 'text', '.txt': 'text' },
  logLevel: 'warning',
  // Names stay, for logs; without the rest the idle service takes 7 MB less.
  minifySyntax: true,
  minifyWhitespace: true
};

async function buildBundles(outDir) {
  const modules = {
    ...options,
    format: 'esm',
    banner: { js: BANNER },
    outExtension: { '.js': '.mjs' },
    outdir: outDir
  };
  await build({
    ...modules,
    entryPoints: { service: at('service/src/main.ts') },
    // What is used seldom lies in files of its own: an idle service that holds no text of it takes 20 MB less.
    splitting: true,
    plugins: [namedImports],
    chunkNames: 'service-[name]-[hash]'
  });
  await build({
    ...modules,
    entryPoints: { 'module-runtime': at('module-runtime/src/main.ts') }
  });
  await buildWorkers(outDir, {
    minifySyntax: options.minifySyntax,
    minifyWhitespace: options.minifyWhitespace
  });
  await build({
    ...options,
    format: 'cjs',
    outfile: path.join(outDir, 'kernel.cjs'),
    entryPoints: [at('kernel-helpers/src/kernel/launch.cts')]
  });
}

/** What environments are made of: descriptions and lists of packages, no recipes of images. */
async function copyEnvironments(target) {
  for (const name of await readdir(at('environments'))) {
    const folder = at('environments', name);
    const files = await readdir(folder);
    if (files.includes('environment.json')) {
      const wanted = files.filter(file => /\.(json|txt|svg)$/.test(file));
      await mkdir(path.join(target, name), { recursive: true });
      await Promise.all(
        wanted.map(file =>
          cp(path.join(folder, file), path.join(target, name, file))
        )
      );
    }
  }
}

async function main() {
  const target = at('jupyterlab_deep/node');
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await writeFile(
    path.join(fresh, 'package.json'),
    `${JSON.stringify({ private: true }, null, 2)}\n`
  );
  await buildBundles(fresh);
  await copyEnvironments(path.join(fresh, 'environments'));
  const modules = path.join(fresh, 'node_modules');
  const staged = await stagePackages(STAGED, root, modules);
  await buildKernelHelpers(
    path.join(modules, '@jupyterlab-deep', 'kernel-helpers')
  );
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
  console.log(
    `jupyterlab_deep/node: service, module-runtime, kernel, kernel-helpers, ${staged.length} packages`
  );
}

await main();
