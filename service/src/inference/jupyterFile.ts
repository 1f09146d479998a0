import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';

/**
 * Where a path of Jupyter's file browser lies on disk.
 * As in Jupyter itself, nothing above the root and nothing hidden can be named, and symbolic links are followed.
 *
 * @param root Root folder of Jupyter's contents; undefined when they are not local files.
 * @throws DeepError `invalid-request`, `not-found`
 */
export function locateJupyterFile(
  root: string | undefined,
  file: string
): string {
  if (!root || !path.isAbsolute(root)) {
    throw new DeepError(
      'invalid-request',
      'The files of this Jupyter do not lie in a folder of this machine.',
      { hint: 'Upload the file from the computer instead.' }
    );
  }
  const parts = file.split('/').filter(part => part !== '' && part !== '.');
  if (file.includes('\0') || parts.includes('..') || parts.length === 0) {
    throw new DeepError(
      'invalid-request',
      `“${file}” does not name a file below the root of Jupyter.`
    );
  }
  if (parts.some(part => part.startsWith('.'))) {
    throw new DeepError('not-found', `“${file}” is hidden in Jupyter.`, {
      hint: 'Move it to a folder that is not hidden.'
    });
  }
  return path.join(root, ...parts);
}
