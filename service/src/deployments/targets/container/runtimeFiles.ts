import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { entriesOf, ITarEntry } from './tar';

/** Native packages that the program loads when it runs. */
const PACKAGES = ['@napi-rs/image', 'onnxruntime-node', 'sharp'];
/** Programs of other parts lie beside it: the service, with what it loads seldom, and the kernel. */
const OTHERS = /^(service(-.+)?\.mjs|kernel\.cjs)$/;

/** Folder of everything of ours in an image. */
export const HOME = '/opt/deep';

/**
 * The files that serve a model folder in a container: Node, our program with its workers, the native packages that it needs.
 *
 * @param nodeHome Folder of the bundles.
 */
export async function runtimeFiles(nodeHome: string): Promise<ITarEntry[]> {
  const names = (await readdir(nodeHome)).filter(
    name => /\.(mjs|cjs|wasm|json)$/.test(name) && !OTHERS.test(name)
  );
  const own = await Promise.all(
    names.map(name => entryOf(path.join(nodeHome, name), `deep/${name}`))
  );
  const modules = path.join(nodeHome, 'node_modules');
  const packages = await neededPackages(modules);
  const theirs = await Promise.all(
    packages.map(name =>
      entriesOf(path.join(modules, name), `deep/node_modules/${name}`)
    )
  );
  const node = await entryOf(process.execPath, 'deep/bin/node');
  return [{ ...node, isProgram: true }, ...own, ...theirs.flat()];
}

async function entryOf(
  file: string,
  name: string
): Promise<Extract<ITarEntry, { file: string }>> {
  const { size } = await stat(file);
  return { name, file, sizeBytes: size, isProgram: false };
}

/** With what they need themselves, as far as it is installed. */
async function neededPackages(modules: string): Promise<string[]> {
  const found = new Set<string>();
  const waiting = [...PACKAGES];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const manifest = path.join(modules, name, 'package.json');
    if (found.has(name) || !existsSync(manifest)) {
      continue;
    }
    found.add(name);
    const { dependencies, optionalDependencies } = JSON.parse(
      await readFile(manifest, 'utf8')
    ) as Record<string, Record<string, string> | undefined>;
    waiting.push(...Object.keys({ ...dependencies, ...optionalDependencies }));
  }
  return [...found].sort();
}

/** The same for the same files over the same base. */
export async function hashOf(
  entries: ITarEntry[],
  base: string
): Promise<string> {
  const hash = createHash('sha256').update(base);
  for (const entry of entries) {
    hash.update(`\0${entry.name}\0`);
    hash.update(
      'content' in entry
        ? entry.content
        : `${entry.sizeBytes} ${(await stat(entry.file)).mtimeMs}`
    );
  }
  return hash.digest('hex').slice(0, 16);
}
