import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ModuleProcess } from '../../../deployments/moduleProcess';
import { unmount, waitForMount, whyNoFuse } from './fuse';

const run = promisify(execFile);
const TRIAL_MS = 10_000;
const MIN_MINOR = 70;

/**
 * Whether rclone can really mount here: a device that opens says nothing of what the kernel then allows.
 *
 * @returns Why not, in words; undefined when an empty folder was mounted and taken away again.
 */
export async function whyNoMount(
  rclone: string | undefined,
  environment: Record<string, string>
): Promise<string | undefined> {
  const trouble = await whyNoFuse();
  if (trouble) {
    return trouble;
  }
  if (!rclone) {
    return 'the program rclone is not installed (pip install "jupyterlab_deep[mount]")';
  }
  const old = await whyTooOld(rclone, environment);
  if (old) {
    return old;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'deep-mount-'));
  try {
    return await tryMount(rclone, environment, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Debian's 1.60 neither sends Nextcloud's chunks nor tells what waits. */
async function whyTooOld(
  rclone: string,
  env: Record<string, string>
): Promise<string | undefined> {
  try {
    const { stdout } = await run(rclone, ['version', '--config', ''], { env });
    const [, version, major, minor] =
      /^rclone v((\d+)\.(\d+)\S*)/.exec(stdout) ?? [];
    const isNew = Number(major) > 1 || Number(minor) >= MIN_MINOR;
    return isNew
      ? undefined
      : `rclone ${version ?? ''} is too old: 1.${MIN_MINOR} is needed (pip install "jupyterlab_deep[mount]")`;
  } catch (error) {
    return `rclone could not be started (${(error as Error).message})`;
  }
}

async function tryMount(
  rclone: string,
  environment: Record<string, string>,
  folder: string
): Promise<string | undefined> {
  const mountPoint = await mkdtemp(path.join(folder, 'm'));
  const args = ['mount', '--config', '', ':memory:', mountPoint];
  let isOver = false;
  const trial = await ModuleProcess.start(
    rclone,
    args,
    environment,
    path.join(folder, 'log')
  ).catch((error: Error) => error);
  if (trial instanceof Error) {
    return `rclone could not be started (${trial.message})`;
  }
  void trial.exited.then(() => (isOver = true));
  const limits = { timeoutMs: TRIAL_MS, isOver: () => isOver };
  const isMounted = await waitForMount(mountPoint, true, limits);
  await unmount(mountPoint, { isLazy: true });
  await trial.stop();
  return isMounted ? undefined : 'a trial mount by rclone was refused here';
}
