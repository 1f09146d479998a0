import { readFile } from 'node:fs/promises';

/** A line of the system's table of mounts. */
export interface IMountEntry {
  /** What is mounted: `cloud:plants` for rclone. */
  source: string;
  folder: string;
  /** `fuse.rclone`, `ext4`, … */
  type: string;
}

/**
 * Everything that is mounted. It comes from the table and asks no mount anything: a dead one would block.
 * Empty on systems without /proc.
 */
export async function readMountTable(): Promise<IMountEntry[]> {
  try {
    return parseMountTable(await readFile('/proc/self/mountinfo', 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

/** Lines of `/proc/<pid>/mountinfo`, see proc_pid_mountinfo(5): the type comes after a lone hyphen. */
export const parseMountTable = (text: string): IMountEntry[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const fields = line.split(' ');
      const after = fields.indexOf('-', 6);
      return {
        folder: unescape(fields[4]),
        type: fields[after + 1],
        source: unescape(fields[after + 2])
      };
    });

/** Blanks, tabs, newlines and backslashes are written as three octal digits, byte by byte. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8))
  );

/** What is mounted at exactly this folder; the last one of several hides the others. */
export const mountedAt = async (
  folder: string
): Promise<IMountEntry | undefined> =>
  (await readMountTable()).findLast(entry => entry.folder === folder);
