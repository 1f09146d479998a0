import { statSync } from 'node:fs';
import * as path from 'node:path';
import { findFiles } from './findFiles';

/** Where to look, and for what. */
export interface IGlob {
  /** As it was written, without a slash at its end; empty for the present folder. */
  folder: string;
  pattern: string;
}

const MAGIC = /[*?[\]{}()!]/;

/**
 * Understand what stands for many files: a folder (all files in it and below), or a glob such as `photos/**` + `/*.jpg`.
 *
 * @returns undefined of the name of one file, also where nothing is there.
 */
export function asGlob(text: string): IGlob | undefined {
  const found = statSync(text, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    return { folder: text.replace(/(?<=.)\/+$/, ''), pattern: '**/*' };
  }
  if (found || !MAGIC.test(text)) {
    return undefined;
  }
  const parts = text.split('/');
  const first = parts.findIndex(part => MAGIC.test(part));
  const folder = parts.slice(0, first).join('/');
  const isFromRoot = text.startsWith('/') && folder === '';
  return {
    folder: isFromRoot ? '/' : folder,
    pattern: parts.slice(first).join('/')
  };
}

/** Paths as the notebook would write them. What cannot be read is named too: whoever opens it learns why. */
export async function* pathsOf(
  { folder, pattern }: IGlob,
  signal?: AbortSignal
): AsyncGenerator<string> {
  const from = path.resolve(folder);
  for await (const found of findFiles(from, pattern, signal)) {
    yield path.join(folder, found.path);
  }
}
