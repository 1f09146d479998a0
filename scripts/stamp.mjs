/** Skips work whose inputs have not changed since it last succeeded. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { at, root } from './paths.mjs';

const IGNORED = new Set([
  'node_modules',
  'lib',
  'dist',
  'build',
  '__pycache__',
  '__tests__',
  'labextension',
  'node',
  'modules',
  '_version.py'
]);

async function files(entry) {
  const absolute = at(entry);
  if (!existsSync(absolute)) {
    return [];
  }
  const listed = await readdir(absolute, { withFileTypes: true }).catch(
    () => null
  );
  if (!listed) {
    return [absolute];
  }
  const nested = await Promise.all(
    listed
      .filter(
        each =>
          !each.name.endsWith('.tsbuildinfo') &&
          !(IGNORED.has(each.name) && entry !== 'examples')
      )
      .map(each => files(path.join(entry, each.name)))
  );
  return nested.flat().sort();
}

/** SHA-256 over the names and contents of files and folders, given below the project's folder, and further texts. */
export async function fingerprint(entries, ...texts) {
  const hash = createHash('sha256');
  for (const entry of entries) {
    for (const file of await files(entry)) {
      hash
        .update(path.relative(root, file))
        .update('\0')
        .update(await readFile(file));
    }
  }
  texts.forEach(text => hash.update('\0').update(text));
  return hash.digest('hex');
}

/** Does `work` unless it was done for the same fingerprint and its product is still there. */
export async function unlessDone(name, print, product, work) {
  const file = at('.cache/stamps', name);
  if (
    existsSync(product) &&
    existsSync(file) &&
    readFileSync(file, 'utf8') === print
  ) {
    return false;
  }
  await rm(file, { force: true });
  await work();
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, print);
  return true;
}
