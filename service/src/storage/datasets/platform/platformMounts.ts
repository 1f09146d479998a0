import { execFile } from 'node:child_process';
import { IMountEntry, readMountTable } from '../mount/mountTable';

/** AI4OS mounts the user's cloud there from a task beside Jupyter. */
export const PLATFORM_FOLDERS = ['/storage'];
/** The remote that AI4OS describes by `RCLONE_CONFIG_RSHARE_*`. */
const PLATFORM_REMOTE = /^rshare:(.*)$/i;
/** A living mount lists a folder within it; a dead one blocked for half an hour. */
const TIMEOUT_MS = 5_000;

/** Something that the platform mounted. */
export interface IPlatformMount {
  folder: string;
  /** The folder of the cloud that is mounted: empty for all of it. */
  below: string;
}

/** What lies in a folder: sizes of files, undefined for folders. */
export type FolderLook = Map<string, number | undefined>;

/** Mounts of a cloud that the platform made, by the system's table. */
export async function platformMounts(
  folders = PLATFORM_FOLDERS
): Promise<IPlatformMount[]> {
  const table = await readMountTable();
  return table.flatMap(entry => asPlatformMount(entry, folders));
}

function asPlatformMount(
  { folder, source }: IMountEntry,
  folders: string[]
): IPlatformMount[] {
  const [, below] = PLATFORM_REMOTE.exec(source) ?? [];
  return below !== undefined || folders.includes(folder)
    ? [{ folder, below: (below ?? '').replace(/^\/+|\/+$/g, '') }]
    : [];
}

/** A program of its own looks: a dead mount holds whoever asks it, for as long as it likes. */
const LOOK = `
const fs = require('node:fs'), path = require('node:path');
const [folder, names] = process.argv.slice(1);
fs.readdirSync(folder);
console.log(JSON.stringify(JSON.parse(names).flatMap(name => {
  const found = fs.statSync(path.join(folder, name), { throwIfNoEntry: false });
  return found ? [[name, found.isDirectory() ? null : found.size]] : [];
})));`;

/**
 * What a folder of a mount holds of these names.
 *
 * @returns Why it cannot be said, in words, where the mount is dead, too slow or has no such folder.
 */
export function lookAt(
  folder: string,
  names: string[],
  timeoutMs = TIMEOUT_MS
): Promise<FolderLook | string> {
  return new Promise(resolve => {
    // Beside the program's own end: one that hangs in the system cannot even be killed.
    const late = setTimeout(
      () => resolve(`${folder} did not answer within ${timeoutMs / 1000} s`),
      timeoutMs
    );
    execFile(
      process.execPath,
      ['-e', LOOK, folder, JSON.stringify(names)],
      { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => {
        clearTimeout(late);
        resolve(error ? whyNot(folder, stderr) : asLook(stdout));
      }
    );
  });
}

const asLook = (stdout: string): FolderLook =>
  new Map(
    (JSON.parse(stdout) as [string, number | null][]).map(([name, size]) => [
      name,
      size ?? undefined
    ])
  );

const whyNot = (folder: string, stderr: string): string => {
  const [, why] = /Error: (\w+: [^,\n]+)/.exec(stderr) ?? [];
  return `${folder} cannot be read (${why ?? 'it did not answer'})`;
};
