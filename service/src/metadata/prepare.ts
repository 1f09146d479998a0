import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  DeepError,
  Preparation,
  PreparationCheck,
  PreparationRequest,
  PreparedLicence
} from '@jupyterlab-deep/protocol';
import { storeFailure } from '../store/diskErrors';
import { chosenLicence, LICENCE_FILE, LICENCES } from './licences';
import { Metadata } from './metadata';
import { IModuleFolder, readModuleFolder } from './moduleFolder';
import { checkFolder } from './preparationChecks';
import { missingFiles, titleOf } from './preparedFiles';

/** Where the maintainers are asked for a repository. */
const ADDRESS = 'https://github.com/ai4os-hub/modules-catalog/issues/new';

/** How far a folder is from what the maintainers ask for. Nothing is written, nothing is sent. */
export async function prepare(
  metadata: Metadata,
  { jupyterPath, licence }: PreparationRequest,
  root: string | undefined
): Promise<Preparation> {
  const folder = await readModuleFolder(metadata, jupyterPath, root);
  const checks = await checkFolder(folder);
  const isLicensed = folder.names.some(name => LICENCE_FILE.test(name));
  const chosen = await chosenLicence(folder, licence, folder.name);
  return {
    checks,
    files: await missingFiles(metadata, folder, licence),
    ...(!isLicensed && {
      licences: {
        choices: [...LICENCES],
        ...(chosen && { chosen: chosen.choice.id })
      }
    }),
    request: {
      title: `New module: ${titleOf(folder) || folder.name}`,
      body: bodyOf(folder, checks),
      address: ADDRESS
    }
  };
}

export interface IWriteOptions {
  jupyterPath: string;
  root: string | undefined;
  names: readonly string[];
  licence?: PreparedLicence;
}

/**
 * Write what the folder lacks.
 *
 * @throws DeepError `conflict` where something of that name has come meanwhile, `not-found`, `no-space`
 */
export async function writePrepared(
  metadata: Metadata,
  { jupyterPath, root, names, licence }: IWriteOptions
): Promise<string[]> {
  const folder = await readModuleFolder(metadata, jupyterPath, root);
  const files = await missingFiles(metadata, folder, licence);
  const wanted = names.map(name => {
    const file = files.find(each => each.name === name);
    if (!file) {
      throw new DeepError(
        'conflict',
        `“${name}” is not missing from ${folder.name}, or nothing can be said in it.`,
        { hint: 'Check the folder again.' }
      );
    }
    return file;
  });
  for (const { name, text } of wanted) {
    await writeNew(path.join(folder.folder, name), text);
  }
  return wanted.map(({ name }) => name);
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new DeepError(
        'conflict',
        `${path.basename(file)} is there already, and stays as it is.`,
        { cause: error }
      );
    }
    if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR') {
      throw new DeepError(
        'invalid-request',
        `${path.basename(file)} could not be written: ${message}.`,
        { hint: 'Choose a folder that you may write to.', cause: error }
      );
    }
    throw storeFailure(error, path.dirname(file));
  }
}

const SIGNS = { ok: 'x', wrong: ' ', note: ' ' };

/** What people paste into the request. */
function bodyOf(
  { metadata, name }: IModuleFolder,
  checks: readonly PreparationCheck[]
): string {
  const { summary, links } = (metadata?.values ?? {}) as {
    summary?: unknown;
    links?: Record<string, unknown>;
  };
  const lines = [
    ['Name of the repository', name],
    ['What it does', summary],
    ['Source code', links?.source_code],
    ['Image', links?.docker_image]
  ].flatMap(([label, value]) =>
    typeof value === 'string' && value !== '' ? [`- ${label}: ${value}`] : []
  );
  const list = checks.map(
    ({ state, title, reason }) => `- [${SIGNS[state]}] ${title}: ${reason}`
  );
  return [
    'I would like to add a module to the catalogue.',
    '',
    ...lines,
    '',
    'What I have checked:',
    '',
    ...list,
    ''
  ].join('\n');
}
