import path from 'node:path';
import { DeepError, TransferPlace } from '@jupyterlab-deep/protocol';
import { IAsker } from '../../inference/inputs';
import { locateJupyterFile } from '../../inference/jupyterFile';

/** One side of a copy. */
export interface IPlace {
  /** Absent: on this machine. */
  account?: string;
  /** Below the account's root, or absolute. */
  path: string;
}

/**
 * Where a side of a copy is.
 *
 * @throws DeepError `invalid-request`; `unauthorized` of a browser that names a path of this machine.
 */
export function placeOf(
  { account, path: given }: TransferPlace,
  asker: IAsker
): IPlace {
  if (account) {
    const segments = given.split('/').filter(Boolean);
    if (segments.some(each => each === '.' || each === '..')) {
      const says = `“${given}” is no path of an account.`;
      throw new DeepError('invalid-request', says);
    }
    return { account, path: segments.join('/') };
  }
  if (!path.isAbsolute(given)) {
    const isRoot = given === '' && asker.root;
    return {
      path: isRoot ? asker.root! : locateJupyterFile(asker.root, given)
    };
  }
  if (asker.isBrowser) {
    throw new DeepError(
      'unauthorized',
      'Only kernels may name files by their path on this machine.',
      { hint: 'Choose a folder of the file browser.' }
    );
  }
  return { path: path.normalize(given) };
}

/** As people read it. */
export const shown = ({ account, path: at }: IPlace): string =>
  account ? `${account}:${at}` : at;

/** `name.jpg`, `name (2).jpg`, … */
export function numbered(file: string, number: number): string {
  const { dir, name, ext } = path.posix.parse(file);
  return number === 1
    ? file
    : path.posix.join(dir, `${name} (${number})${ext}`);
}
