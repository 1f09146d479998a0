import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { tabOf } from '../inference/tabOf';
import type { IDeepService } from '../service/tokens';
import { ActivityPanel } from './panel';
import { RunListModel } from './runListModel';
import { RunsClient } from './runsClient';

interface ICreateActivityOptions {
  commands: CommandRegistry;
  service: IDeepService;
  trans: TranslationBundle;
}

/** The list of all runs. A run opens on the page of its module, a transfer in the storage panel. */
export function createActivity(options: ICreateActivityOptions): ActivityPanel {
  const { commands, service, trans } = options;
  const client = new RunsClient(service);
  const model = new RunListModel({ service, client, trans });
  return new ActivityPanel({
    model,
    service,
    trans,
    onOpen: run =>
      void (run.kind === 'transfer'
        ? commands.execute('deep:show-storage')
        : commands.execute('deep:open-module', {
            id: run.module,
            tab: tabOf(run)
          }))
  });
}
