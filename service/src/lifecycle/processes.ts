import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * When a process began, as the system says it; undefined when it is gone.
 * Together with the pid it names one process for ever: pids are used again.
 */
export async function startOf(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? startInProc(pid) : startByPs(pid);
}

async function startInProc(pid: number): Promise<string | undefined> {
  const fields = fieldsOf(await readProc(pid, 'stat'));
  const [state, started] = [fields?.[0], fields?.[19]];
  // A zombie has ended: only its parent has not asked how.
  return state === 'Z' || state === 'X' ? undefined : started;
}

/** The name in parentheses may contain anything, so fields are counted from its end: state, parent, group, … */
const fieldsOf = (stat: string | undefined): string[] | undefined =>
  stat?.slice(stat.lastIndexOf(')') + 2).split(' ');

async function startByPs(pid: number): Promise<string | undefined> {
  const out = await ps(pid, 'stat=,lstart=');
  return !out || out.startsWith('Z') ? undefined : out.replace(/^\S+\s+/, '');
}

/** `ps` exits with 1 when there is no such process. */
async function ps(pid: number, columns: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-p', String(pid), '-o', columns]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Whether this very process still runs. */
export const isAlive = async (pid: number, start: string): Promise<boolean> =>
  (await startOf(pid)) === start;

/** Resident memory of a process, bytes; undefined when it is gone. */
export async function memoryOf(pid: number): Promise<number | undefined> {
  const text =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+) kB/m.exec((await readProc(pid, 'status')) ?? '')?.[1]
      : await ps(pid, 'rss=');
  return text === undefined ? undefined : Number(text) * 1024;
}

/** The group of processes that one belongs to; undefined when it is gone. */
export async function groupOf(pid: number): Promise<number | undefined> {
  const text =
    process.platform === 'linux'
      ? fieldsOf(await readProc(pid, 'stat'))?.[2]
      : await ps(pid, 'pgid=');
  return text === undefined ? undefined : Number(text);
}

/** Resident memory of all processes of a group, bytes; undefined when none is left. What they share counts for each. */
export async function memoryOfGroup(
  group: number
): Promise<number | undefined> {
  const members = await membersOf(group);
  const sizes = await Promise.all(members.map(memoryOf));
  const known = sizes.flatMap(size => size ?? []);
  return known.length === 0
    ? undefined
    : known.reduce((sum, size) => sum + size, 0);
}

async function membersOf(group: number): Promise<number[]> {
  if (process.platform !== 'linux') {
    return [group];
  }
  const names = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const groups = await Promise.all(
    names.map(async name => [Number(name), await groupOf(Number(name))])
  );
  return groups.flatMap(([pid, of]) => (of === group ? (pid as number) : []));
}

/** The process that was started with this argument, such as the path of its socket; of several the youngest: others only wrap it. Linux only. */
export async function findByArgument(
  argument: string
): Promise<number | undefined> {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  let found: { pid: number; start: number } | undefined;
  for (const pid of pids.map(Number)) {
    const words = (await readProc(pid, 'cmdline'))?.split('\0');
    const start = Number(await startOf(pid));
    if (words?.includes(argument) && start >= (found?.start ?? 0)) {
      found = { pid, start };
    }
  }
  return found?.pid;
}

/** A file of /proc; undefined when the process is gone or not ours. */
async function readProc(
  pid: number,
  name: string
): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}
