import type { Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDeepService } from '../service/tokens';
import { ActivityPanel } from './panel';
import { RunListModel } from './runListModel';
import { RunsClient } from './runsClient';

interface ICreateActivityOptions {
  commands: CommandRegistry;
  service: IDeepService;
  trans: TranslationBundle;
}

/** Of a module's page, by the kind of the run. */
const TABS: Partial<Record<Run['kind'], string>> = {
  batch: 'folder',
  training: 'train'
};

/** The list of all runs. A run opens on the page of its module, a transfer in the storage panel. */
export function createActivity(options: ICreateActivityOptions): ActivityPanel {
  const { commands, service, trans } = options;
  const client = new RunsClient(service);
  const model = new RunListModel({ service, client, trans });
  return new ActivityPanel({
    model,
    service,
    trans,
    onOpen: ({ module, kind }) =>
      void (kind === 'transfer'
        ? commands.execute('deep:show-storage')
        : commands.execute('deep:open-module', {
            id: module,
            tab: TABS[kind] ?? 'try'
          }))
  });
}
