import { existsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DeepError, Module, SharedKind } from '@jupyterlab-deep/protocol';
import { ModuleReader } from '../catalogue/metadata/readModule';
import { isPythonFolder } from '../catalogue/pythonFolder';
import { readModelFolder } from '../catalogue/modelFolder';
import { ICatalogueEntry } from '../catalogue/source';
import {
  foldedPath,
  MANIFEST,
  MAX_BYTES,
  MAX_FILES,
  whyBadPath
} from './names';

/** What a folder has that is to be shared, and what stays behind. */
export interface IContent {
  files: { path: string; sizeBytes: number }[];
  sizeBytes: number;
  /** Paths with the reason. */
  leftOut: string[];
}

/** Made by tools, again wherever it is needed. */
const MADE = new Set(['__pycache__', 'node_modules', 'build', 'dist']);

/**
 * List what would be shared of a folder.
 *
 * @throws DeepError `invalid-request` with what cannot be shared, `too-large`
 */
export async function contentOf(folder: string): Promise<IContent> {
  const content: IContent = { files: [], sizeBytes: 0, leftOut: [] };
  await addFolder(content, folder, '');
  if (content.files.length > MAX_FILES || content.sizeBytes > MAX_BYTES) {
    throw new DeepError(
      'too-large',
      `${folder} has more than can be shared as a module: over ${MAX_FILES} files, or over ${MAX_BYTES / 1024 ** 3} GB.`,
      { hint: 'Share its data as a folder of the cloud instead.' }
    );
  }
  checkSameNames(content);
  return content;
}

async function addFolder(
  content: IContent,
  root: string,
  below: string
): Promise<void> {
  const entries = await readdir(path.join(root, below), {
    withFileTypes: true
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = below ? `${below}/${entry.name}` : entry.name;
    const why = whyLeftOut(root, at, entry.name);
    if (why) {
      content.leftOut.push(`${at}: ${why}`);
    } else if (entry.isDirectory()) {
      await addFolder(content, root, at);
    } else {
      await addFile(content, root, at);
    }
    if (content.files.length > MAX_FILES) {
      return;
    }
  }
}

function whyLeftOut(
  root: string,
  at: string,
  name: string
): string | undefined {
  if (name.startsWith('.')) {
    return 'hidden';
  }
  if (at === MANIFEST) {
    return 'made anew for what is shared now';
  }
  const isEnvironment = existsSync(path.join(root, at, 'pyvenv.cfg'));
  const isMade = MADE.has(name) || name.endsWith('.egg-info');
  return isEnvironment || isMade ? 'made by tools' : undefined;
}

async function addFile(
  content: IContent,
  root: string,
  at: string
): Promise<void> {
  const info = await lstat(path.join(root, at));
  if (!info.isFile()) {
    throw new DeepError(
      'invalid-request',
      `${at} in ${root} is a link or no file: only files themselves can be shared.`,
      { hint: 'Put the file in its place, or take it away.' }
    );
  }
  const why = whyBadPath(at);
  if (why) {
    throw new DeepError(
      'invalid-request',
      `${at} in ${root} cannot be shared: ${why}.`,
      { hint: 'Give it another name.' }
    );
  }
  content.files.push({ path: at, sizeBytes: info.size });
  content.sizeBytes += info.size;
}

function checkSameNames({ files }: IContent): void {
  const seen = new Map<string, string>();
  for (const { path: at } of files) {
    const other = seen.get(foldedPath(at));
    if (other) {
      throw new DeepError(
        'invalid-request',
        `“${other}” and “${at}” would be one file on some systems.`,
        { hint: 'Give one of them another name.' }
      );
    }
    seen.set(foldedPath(at), at);
  }
}

/** What a folder is, as far as sharing goes. */
export interface IShareable {
  module: Module;
  kind: SharedKind;
  /** Absent of an image. */
  folder?: string;
}

/**
 * @throws DeepError `module-broken` with every reason, `invalid-request` of a folder that holds no module
 */
export async function shareableFolder(
  folder: string,
  reader: ModuleReader
): Promise<IShareable> {
  const isModel = existsSync(path.join(folder, 'module.json'));
  if (!isModel && !isPythonFolder(folder)) {
    throw new DeepError(
      'invalid-request',
      `${folder} holds no module: neither a model folder (module.json) nor a Python project (pyproject.toml).`,
      {
        hint: 'Make a module of it first: “Deploy a model…”, or models.save in a cell.'
      }
    );
  }
  const source = { id: 'mine', title: 'Mine' };
  return shareableEntry(await readModelFolder(source, folder, reader));
}

/** @throws DeepError `module-broken`, `module-not-implemented` */
export function shareableEntry(entry: ICatalogueEntry): IShareable {
  const { module, folder, python } = entry;
  if (module.broken) {
    const reasons = module.problems.map(({ message }) => message);
    throw new DeepError(
      'module-broken',
      `${module.title} cannot be shared as it is: ${reasons.join(' ')}`,
      { hint: 'Mend it, then share it.' }
    );
  }
  const own = folder ?? (python?.kind === 'folder' ? python.folder : undefined);
  if (own !== undefined) {
    return { module, folder: own, kind: python ? 'code' : 'model' };
  }
  if (module.image) {
    return { module, kind: 'image' };
  }
  throw new DeepError(
    'module-not-implemented',
    `There is nothing of ${module.title} here that could be shared: neither its files nor the name of an image.`
  );
}
