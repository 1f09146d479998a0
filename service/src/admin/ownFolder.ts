import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';

/**
 * The folder that `store.directory` means for this user: a leading `~` is the home folder, `{user}` the login name.
 *
 * @param place Where it was said.
 * @throws DeepError `configuration-invalid` when it is not absolute then.
 */
export function ownFolder(directory: string, place: string): string {
  const folder = directory
    .replace(/^~(?=\/|$)/, homedir)
    .replaceAll('{user}', loginName);
  if (!path.isAbsolute(folder)) {
    throw new DeepError(
      'configuration-invalid',
      `The folder “${directory}” (${place}) is not absolute.`,
      {
        hint: 'Begin it with / or ~; `{user}` in it becomes the login name: /scratch/{user}/deep.'
      }
    );
  }
  return path.normalize(folder);
}

/** Containers may run as a number without a name. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}
