import { readFile } from 'node:fs/promises';
import { findByArgument } from '../../../lifecycle/processes';
import { ModuleProcess } from '../../../deployments/moduleProcess';
import { writeAtomically } from '../../../store/atomicFile';
import { mountedAt } from './mountTable';
import { RemoteControl } from './remoteControl';

interface IRecord {
  pid: number;
  start: string;
}

/** Write down which process carries the mount: pid and start time name one process for ever. */
export const recordMount = (
  file: string,
  { pid, start }: ModuleProcess
): Promise<void> => writeAtomically(file, JSON.stringify({ pid, start }));

/** The rclone that an earlier service left for this mount, whether it is well or not. */
export async function findLeftover(
  file: string,
  address: string
): Promise<ModuleProcess | undefined> {
  const record = await readRecord(file);
  const named = record && (await ModuleProcess.adopt(record.pid, record.start));
  if (named) {
    return named;
  }
  // A service that was killed between the start and its note.
  const pid = await findByArgument(address);
  return pid === undefined ? undefined : ModuleProcess.adopt(pid);
}

async function readRecord(file: string): Promise<IRecord | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // None was written: nothing was mounted, or its process is found by its socket.
    return undefined;
  }
}

/** Whether this very process carries the mount and answers. */
export async function isSound(
  { pid }: ModuleProcess,
  control: RemoteControl,
  mountPoint: string,
  source: string
): Promise<boolean> {
  const entry = await mountedAt(mountPoint);
  if (entry?.source !== source) {
    return false;
  }
  try {
    return (await control.pid()) === pid;
  } catch {
    // It hangs or is another's socket by now: it is ended and begun anew.
    return false;
  }
}
