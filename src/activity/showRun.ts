import type { Run } from '@jupyterlab-deep/protocol';
import type { CommandRegistry } from '@lumino/commands';
import { tabOf } from '../inference/tabOf';

/**
 * A run opens on the page of its module, a transfer in the storage panel, a topology in its editor, an environment among all of
 * them.
 */
export function showRun(commands: CommandRegistry, run: Run): void {
  const { id, kind, module } = run;
  if (kind === 'transfer') {
    void commands.execute('deep:show-storage');
    return;
  }
  if (kind === 'environment') {
    void commands.execute('deep:show-environments');
    return;
  }
  const path = run.topology?.jupyterPath;
  if (path !== undefined) {
    void commands.execute('docmanager:open', { path });
    return;
  }
  void commands.execute('deep:open-module', {
    id: module,
    tab: tabOf(run),
    ...(kind === 'training' ? { run: id } : {})
  });
}
