import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * How many programs of a folder run now, whoever started them: Jupyter, another Jupyter, a terminal. A program is known by how it was
 * called; the file behind an environment's `python` is that of the system.
 */
export async function processesIn(folder: string): Promise<number> {
  const inside = `${folder}${path.sep}`;
  const commands =
    process.platform === 'linux' ? await commandsInProc() : await byPs();
  return commands.filter(command => command.startsWith(inside)).length;
}

async function commandsInProc(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(
    // Some end while they are looked at.
    pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
  );
  return lines.map(line => line.split('\0')[0]);
}

async function byPs(): Promise<string[]> {
  const { stdout } = await run('ps', ['-axo', 'command='], {
    maxBuffer: 16 * 1024 ** 2
  });
  return stdout.split('\n');
}
