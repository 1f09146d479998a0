/** The stand-in for Nextcloud as a process of its own, and what was asked of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { at } from '../../scripts/paths.mjs';

/**
 * @param {string} folder - Where it keeps its files.
 * @param {string[]} args - Of stand-in/nextcloud/main.ts.
 */
export async function startCloud(folder, args = []) {
  const child = spawn(
    process.execPath,
    [at('stand-in/nextcloud/main.ts'), '--folder', folder, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('The stand-in did not start');
    })
  ]);
  const told = JSON.parse(String(line));
  const ask = (method, path) =>
    fetch(`${told.url}/stand-in/${path}`, { method });
  return {
    ...told,
    files: `${told.url}/remote.php/dav/files/${told.uid}`,
    /** How many requests came since it was asked the last time. */
    async takeRequests() {
      const requests = await (await ask('GET', 'requests')).json();
      await ask('DELETE', 'requests');
      return requests.filter(each => !each.path.startsWith('/stand-in/'));
    },
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  };
}

export const authorization = ({ user, appPassword }) =>
  `Basic ${Buffer.from(`${user}:${appPassword}`).toString('base64')}`;
