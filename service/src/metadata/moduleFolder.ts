import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DeepError, MetadataCheck } from '@jupyterlab-deep/protocol';
import { locateJupyterFile } from '../inference/jupyterFile';
import { IPythonProject, readProject } from '../pythonModules/project';
import { Metadata } from './metadata';

export const METADATA = 'ai4-metadata.yml';
const METADATA_NAMES = [METADATA, 'ai4-metadata.yaml', 'metadata.json'];
/** More of a file than this says nothing new. */
const MOST_BYTES = 1_000_000;

/** What lies in the folder of a module, as far as the maintainers look at it. */
export interface IModuleFolder {
  folder: string;
  /** Of the folder, for people. */
  name: string;
  /** Names of what lies in it. */
  names: readonly string[];
  /** Of its metadata, where there are any. */
  metadataFile?: string;
  metadataText: string;
  metadata?: MetadataCheck;
  project?: IPythonProject;
  /** Why its Python project cannot be read. */
  projectFault?: string;
  /** The text of a file of it; undefined where it is missing. */
  read(name: string): Promise<string | undefined>;
}

/**
 * Look at the folder in which a file of metadata lies, or would lie.
 *
 * @throws DeepError `invalid-request`, `not-found`
 */
export async function readModuleFolder(
  metadata: Metadata,
  jupyterPath: string,
  root: string | undefined
): Promise<IModuleFolder> {
  const folder = path.dirname(locateJupyterFile(root, jupyterPath));
  const names = await namesIn(folder, jupyterPath);
  const read = (name: string): Promise<string | undefined> =>
    readStart(path.join(folder, name));
  const metadataFile = METADATA_NAMES.find(name => names.includes(name));
  const metadataText = metadataFile ? ((await read(metadataFile)) ?? '') : '';
  return {
    folder,
    name: path.basename(folder),
    names,
    metadataFile,
    metadataText,
    ...(metadataFile && { metadata: await metadata.check(metadataText) }),
    ...(await projectOf(folder)),
    read
  };
}

async function namesIn(folder: string, asked: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new DeepError(
      'not-found',
      `The folder of “${asked}” cannot be read: ${(cause as Error).message}.`,
      { hint: 'Choose a file in the folder of your module.', cause }
    );
  }
}

async function projectOf(
  folder: string
): Promise<Pick<IModuleFolder, 'project' | 'projectFault'>> {
  try {
    return { project: await readProject(folder) };
  } catch (error) {
    return { projectFault: (error as Error).message };
  }
}

async function readStart(file: string): Promise<string | undefined> {
  const isFile = await stat(file).then(
    info => info.isFile(),
    () => false
  );
  if (!isFile) {
    return undefined;
  }
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(MOST_BYTES)
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
