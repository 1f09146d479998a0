import { Deployment } from '@jupyterlab-deep/protocol';
import { findByArgument } from '../lifecycle/processes';
import { removeFile } from '../store/atomicFile';
import { ModuleProcess } from './moduleProcess';
import { DeploymentRecords, ILeftover } from './records';

/**
 * Take up a deployment that an earlier service left: its process is known by pid and start time,
 * or, when the service died before it wrote them down, by the socket it was started with.
 *
 * @param onFound Called with the process when it still runs; its handshake is the caller's.
 */
export async function adopt(
  { deployment, processStart }: ILeftover,
  { socket, isGroup }: { socket: string; isGroup: boolean },
  records: DeploymentRecords,
  onFound: (deployment: Deployment, process: ModuleProcess) => void
): Promise<void> {
  const pid = deployment.pid ?? (await findByArgument(socket));
  const process =
    pid === undefined
      ? undefined
      : await ModuleProcess.adopt(pid, processStart, { isGroup });
  if (process) {
    onFound(deployment, process);
    return;
  }
  await removeFile(socket);
  records.update(deployment.id, {
    state: deployment.state === 'stopping' ? 'stopped' : 'failed',
    phase: '',
    pid: undefined,
    error: 'It ended while no service watched it. Its next use starts it again.'
  });
}
