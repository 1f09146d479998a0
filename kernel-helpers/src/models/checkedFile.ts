import { DeepError } from '@jupyterlab-deep/protocol';
import { realpath, stat } from 'node:fs/promises';
import * as path from 'node:path';

export const invalidFolder = (detail: string, technical?: string): DeepError =>
  new DeepError('model-invalid', detail, {
    hint: 'Get the model folder again or correct it.',
    technical
  });

export interface ICheckedFile {
  /** Real path. */
  path: string;
  sizeBytes: number;
}

/** A file in a model folder; refuses what is missing, empty, too large or leads outside. */
export async function checkedFile(
  root: string,
  name: string,
  maxBytes: number
): Promise<ICheckedFile> {
  const real = await realpath(path.join(root, name)).catch(() => null);
  if (real === null) {
    throw invalidFolder(`The model folder has no ${name}.`);
  }
  if (!real.startsWith(root + path.sep)) {
    throw invalidFolder(
      `${name} of the model folder leads outside of it.`,
      real
    );
  }
  const info = await stat(real);
  if (!info.isFile()) {
    throw invalidFolder(`${name} of the model folder is not a file.`);
  }
  if (info.size === 0) {
    throw invalidFolder(`${name} of the model folder is empty.`);
  }
  if (info.size > maxBytes) {
    throw invalidFolder(
      `${name} of the model folder has ${info.size} bytes; at most ${maxBytes} are read.`
    );
  }
  return { path: real, sizeBytes: info.size };
}

/**
 * A file of weights that a model refers to.
 * @param folder - Of the model's own file, which the location is relative to; '' for the root.
 * @param from - The model's file, for messages.
 */
export async function checkedReference(
  root: string,
  folder: string,
  location: string,
  from: string
): Promise<ICheckedFile> {
  const isPlain =
    location !== '' &&
    !path.isAbsolute(location) &&
    !/^[a-z][a-z0-9+.-]*:/i.test(location) &&
    !location.split(/[\\/]/).includes('..');
  if (!isPlain) {
    throw invalidFolder(
      `${from} refers to "${location}", which is not a path inside the model folder.`
    );
  }
  const name = path.posix.join(folder, location);
  return checkedFile(root, name, Number.MAX_SAFE_INTEGER);
}
