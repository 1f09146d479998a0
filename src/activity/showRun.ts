import type { Run } from '@jupyterlab-deep/protocol';
import type { CommandRegistry } from '@lumino/commands';

/** Of a module's page, by the kind of the run. */
const TABS: Partial<Record<Run['kind'], string>> = {
  batch: 'folder',
  training: 'train'
};

/** A run opens on the page of its module, a transfer in the storage panel. */
export function showRun(commands: CommandRegistry, run: Run): void {
  const { id, kind, module } = run;
  void (kind === 'transfer'
    ? commands.execute('deep:show-storage')
    : commands.execute('deep:open-module', {
        id: module,
        tab: TABS[kind] ?? 'try',
        ...(kind === 'training' ? { run: id } : {})
      }));
}
