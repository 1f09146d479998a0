import { statfs } from 'node:fs/promises';
import { knownGpus } from './gpus';
import { ILimits } from './limits';
import { IMachine } from './needs';

/**
 * What this machine has now.
 *
 * @param folder On the disk where modules grow.
 */
export async function readMachine(
  { cpus, memoryBytes }: ILimits,
  folder: string
): Promise<IMachine> {
  const [gpus, { bavail, bsize }] = await Promise.all([
    knownGpus(),
    // Space that cannot be asked for is lacked by nobody: whoever writes there meets the same failure, and says it.
    statfs(folder).catch(() => ({ bavail: Infinity, bsize: 1 }))
  ]);
  return { cpus, memoryBytes, gpus, diskFreeBytes: bavail * bsize };
}
