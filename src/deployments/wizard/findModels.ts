import type { ModuleCard } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { isModelFile } from './modelFile';

/** More folders beside a notebook are not looked into. */
const MOST_FOLDERS = 20;

/** Model files in the folder of a notebook and in the folders in it, the newest first. */
export async function modelsBeside(
  contents: Contents.IManager,
  notebook: string
): Promise<string[]> {
  const folder = await listed(contents, PathExt.dirname(notebook));
  const inner = folder
    .filter(({ type, name }) => type === 'directory' && !name.startsWith('.'))
    .slice(0, MOST_FOLDERS);
  const below = await Promise.all(
    inner.map(({ path }) => listed(contents, path))
  );
  return [...folder, ...below.flat()]
    .filter(({ type, path }) => type !== 'directory' && isModelFile(path))
    .sort((a, b) => b.last_modified.localeCompare(a.last_modified))
    .map(({ path }) => path);
}

/** A folder that cannot be read has nothing for us. */
async function listed(
  contents: Contents.IManager,
  path: string
): Promise<Contents.IModel[]> {
  try {
    const { content } = await contents.get(path);
    return Array.isArray(content) ? (content as Contents.IModel[]) : [];
  } catch {
    return [];
  }
}

/** Names that cells of a notebook save models by. */
export function namesSaved(notebook: INotebookModel | null): string[] {
  const names: string[] = [];
  for (const cell of notebook?.cells ?? []) {
    if (cell.type === 'code') {
      const source = cell.sharedModel.getSource();
      for (const [, , name] of source.matchAll(
        /\bmodels\.save\([\s\S]*?,\s*(?:name\s*=\s*)?(["'`])(.+?)\1/g
      )) {
        names.push(name);
      }
    }
  }
  return names;
}

/** Of its user's modules, those that were saved by one of the names. */
export function savedByName(
  modules: readonly ModuleCard[],
  names: readonly string[]
): ModuleCard[] {
  const wanted = new Set(names.map(plain));
  return modules.filter(
    ({ name, title }) => wanted.has(plain(name)) || wanted.has(plain(title))
  );
}

/** Names are compared without what makes no difference: capitals, and what stands between words. */
const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
