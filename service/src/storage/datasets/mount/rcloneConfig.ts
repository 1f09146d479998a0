import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { IRcloneAccess } from '../../remoteFiles';

/**
 * The text of a configuration with one remote. Its password is obscured, which anybody can undo: the file counts as plain text.
 *
 * @param remote Name of the remote: the account's id.
 */
export async function configText(
  rclone: string,
  remote: string,
  { url, vendor, user, password }: IRcloneAccess
): Promise<string> {
  const values = {
    type: 'webdav',
    url,
    vendor,
    user,
    pass: await obscure(rclone, password)
  };
  const bad = Object.entries(values).find(([, value]) => /[\r\n]/.test(value));
  if (bad) {
    throw new DeepError(
      'invalid-request',
      `The ${bad[0]} of this account has a line break, which rclone cannot be told.`
    );
  }
  const lines = Object.entries(values).map(
    ([key, value]) => `${key} = ${value}`
  );
  return `[${remote}]\n${lines.join('\n')}\n`;
}

/** By rclone itself, over its standard input: arguments and environments can be read by others. */
async function obscure(rclone: string, password: string): Promise<string> {
  const child = spawn(rclone, ['obscure', '-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { RCLONE_CONFIG: '' }
  });
  const ended = once(child, 'close');
  child.stdin.end(password);
  const [said, [code]] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0 || !said.trim()) {
    throw new DeepError(
      'internal',
      `rclone could not take the account's settings (exit code ${code}).`
    );
  }
  return said.trim();
}
