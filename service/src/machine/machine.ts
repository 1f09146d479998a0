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
    statfs(folder)
  ]);
  return { cpus, memoryBytes, gpus, diskFreeBytes: bavail * bsize };
}
