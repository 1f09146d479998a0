/** The benchmark's pictures: a folder that is filled once. */
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { at, venvBin } from '../../scripts/paths.mjs';

/** A folder with so many distinct pictures of about 100 kB. */
export function picturesFolder(count) {
  const folder = at(`.cache/bench/pictures-${count}`);
  if (!existsSync(folder) || readdirSync(folder).length < count) {
    mkdirSync(folder, { recursive: true });
    const made = spawnSync(
      `${venvBin}/python`,
      [at('bench/runtime/pictures.py'), folder, String(count)],
      { encoding: 'utf8' }
    );
    if (made.status !== 0) {
      throw new Error(`The pictures could not be made: ${made.stderr}`);
    }
  }
  return folder;
}

export const filesIn = folder =>
  readdirSync(folder)
    .filter(name => name.endsWith('.jpg'))
    .sort()
    .map(name => path.join(folder, name));

/** Another folder with the same pictures under other names, again and again. */
export function linked(from, folder, count) {
  mkdirSync(folder, { recursive: true });
  const files = filesIn(from);
  for (let index = 0; index < count; index++) {
    linkSync(files[index % files.length], path.join(folder, `${index}.jpg`));
  }
  return folder;
}
