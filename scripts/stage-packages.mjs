/** Copies npm packages with all they depend on out of node_modules, for one platform. */
import { cp, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Parts of packages that are never loaded here: measured by running without them. */
const UNUSED = [
  // The browser half of transformers.js: 141 MB of WebAssembly.
  'onnxruntime-web/dist/*.wasm',
  'zeromq/src/*',
  'onnxruntime-node/script/*'
];
const DOCUMENTATION = /\.(map|flow)$|\/(test|tests|__tests__|docs|examples?)\//;

/** Folder names by which packages mark the platforms of their binaries. */
const PLATFORMS = ['linux', 'darwin', 'win32', 'freebsd', 'android'];
const CPUS = ['x64', 'arm64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64'];

function isForeign(relative) {
  if (!/(^|\/)(bin|build|prebuilds?)\//.test(relative)) {
    return false;
  }
  const words = relative.split(/[/\-_.]/);
  const other = (list, mine) =>
    words.some(word => word !== mine && list.includes(word));
  return other(PLATFORMS, process.platform) || other(CPUS, process.arch);
}

function matches(pattern, file) {
  const [head, tail] = pattern.split('*');
  return file.startsWith(head) && file.endsWith(tail);
}

/** Where Node would find `name` for a file in `from`; undefined when it is not installed. */
function find(name, from) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) {
      return candidate;
    }
    if (folder === path.dirname(folder)) {
      return undefined;
    }
  }
}

/**
 * Copies `names` and their dependencies from `from`/node_modules to `target`, keeping nesting where versions differ.
 * Optional dependencies (binaries for other platforms) are taken where npm installed them.
 */
export async function stagePackages(names, from, target) {
  const staged = new Map();
  const queue = names.map(name => ({ name, from, optional: false }));
  for (const { name, from: asker, optional } of queue) {
    const folder = find(name, asker);
    if (!folder) {
      if (optional) {
        continue;
      }
      throw new Error(`${name} is not installed: run npm ci first.`);
    }
    const relative = path.relative(path.join(from, 'node_modules'), folder);
    if (staged.has(relative)) {
      continue;
    }
    staged.set(relative, folder);
    const manifest = JSON.parse(
      await readFile(path.join(folder, 'package.json'), 'utf8')
    );
    const wanted = Object.keys(manifest.dependencies ?? {});
    const perhaps = Object.keys(manifest.optionalDependencies ?? {});
    queue.push(
      ...wanted.map(each => ({
        name: each,
        from: folder,
        optional: perhaps.includes(each)
      })),
      ...perhaps.map(each => ({ name: each, from: folder, optional: true }))
    );
  }
  for (const [relative, folder] of staged) {
    await copyPackage(relative, folder, path.join(target, relative));
  }
  return [...staged.keys()];
}

function copyPackage(name, folder, target) {
  return cp(folder, target, {
    recursive: true,
    dereference: true,
    filter: source => {
      const inside = path.relative(folder, source);
      const packaged = `${name}/${inside}`;
      return (
        inside !== 'node_modules' &&
        !DOCUMENTATION.test(`/${inside}`) &&
        !isForeign(inside) &&
        !UNUSED.some(pattern => matches(pattern, packaged))
      );
    }
  });
}
