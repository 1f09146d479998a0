import { DeepError } from '@jupyterlab-deep/protocol';
import { checkPath, nameOf } from '../dav/paths';

const MAX_NAME_BYTES = 250;
/** What Windows, or Nextcloud beside it, refuses in a name. */
const ODD = /[\\/:*?"<>|\x00-\x1f]/;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/**
 * Refuse a new name that some of the user's machines could not hold: their sync clients would leave the file out without a word.
 *
 * @throws DeepError `invalid-request` with the reason.
 */
export function checkNewPath(path: string): void {
  checkPath(path);
  const name = nameOf(path);
  const found = ODD.exec(name);
  const says =
    name === ''
      ? 'it is empty'
      : found
        ? `it has the character ${JSON.stringify(found[0])}`
        : RESERVED.test(name)
          ? 'Windows keeps it for a device'
          : /[. ]$/.test(name)
            ? 'it ends with a dot or a blank'
            : Buffer.byteLength(name) > MAX_NAME_BYTES
              ? 'it is too long'
              : '';
  if (says) {
    throw new DeepError(
      'invalid-request',
      `“${name.slice(0, 100)}” cannot be the name of a file on every machine: ${says}.`,
      { hint: 'Choose another name.' }
    );
  }
}
