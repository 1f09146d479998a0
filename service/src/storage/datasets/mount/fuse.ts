import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mountedAt } from './mountTable';

const run = promisify(execFile);
const DEVICE = '/dev/fuse';
const UNMOUNT_TIMEOUT_MS = 10_000;
const NAMES = ['fusermount3', 'fusermount'];

/** Why no folder can be mounted by FUSE here, in words; undefined when nothing speaks against a trial. */
export async function whyNoFuse({
  device = DEVICE,
  env = process.env
}: { device?: string; env?: NodeJS.ProcessEnv } = {}): Promise<
  string | undefined
> {
  if (process.platform !== 'linux') {
    return 'folders are mounted on Linux only';
  }
  try {
    await (await open(device, constants.O_RDWR)).close();
  } catch (error) {
    return deviceWords(device, error as NodeJS.ErrnoException);
  }
  return (await findUnmounter(env))
    ? undefined
    : 'the program fusermount3 is not installed';
}

const deviceWords = (
  device: string,
  { code, message }: NodeJS.ErrnoException
): string =>
  code === 'ENOENT'
    ? `this machine has no ${device}`
    : code === 'EACCES' || code === 'EPERM'
      ? `${device} may not be opened here`
      : `${device} cannot be opened (${message})`;

async function findUnmounter(
  env: NodeJS.ProcessEnv
): Promise<string | undefined> {
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  for (const file of NAMES.flatMap(name =>
    folders.map(folder => path.join(folder, name))
  )) {
    if (await canRun(file)) {
      return file;
    }
  }
  return undefined;
}

async function canRun(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    // Not there or not for us: the next folder of PATH may have it.
    return false;
  }
}

/**
 * Take a folder's mount away.
 *
 * @param isLazy Also one that is in use or dead: it goes from the tree now, and for good when its last user ends.
 * @returns Why it is still there, in words; undefined when it is gone.
 */
export async function unmount(
  folder: string,
  { isLazy = false }: { isLazy?: boolean } = {}
): Promise<string | undefined> {
  if (!(await mountedAt(folder))) {
    return undefined;
  }
  const program = (await findUnmounter(process.env)) ?? NAMES[0];
  try {
    await run(program, [isLazy ? '-uz' : '-u', '--', folder], {
      timeout: UNMOUNT_TIMEOUT_MS
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return (await mountedAt(folder)) ? stderr?.trim() || message : undefined;
  }
  return undefined;
}

/** Whether a folder becomes (or ceases to be) a mount within a time. */
export async function waitForMount(
  folder: string,
  isWanted: boolean,
  { timeoutMs, isOver }: { timeoutMs: number; isOver?(): boolean }
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (((await mountedAt(folder)) !== undefined) !== isWanted) {
    if (Date.now() > deadline || isOver?.()) {
      return false;
    }
    await sleep(20);
  }
  return true;
}
