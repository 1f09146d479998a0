import { PathExt } from '@jupyterlab/coreutils';

/** `leaf.jpg`, `leaf 2.jpg`, …: the first that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const extension = PathExt.extname(name);
  const stem = name.slice(0, name.length - extension.length);
  let free = name;
  for (let n = 2; taken.has(free); n++) {
    free = `${stem} ${n}${extension}`;
  }
  return free;
}

/** `folder/leaf.jpg`; at the root only the name. */
export const joined = (folder: string, name: string): string =>
  folder === '' ? name : `${folder}/${name}`;
