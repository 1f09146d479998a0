import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDeepService } from '../service/tokens';
import { ActivityPanel } from './panel';
import { RunListModel } from './runListModel';
import { RunsClient } from './runsClient';
import { showRun } from './showRun';

interface ICreateActivityOptions {
  commands: CommandRegistry;
  service: IDeepService;
  trans: TranslationBundle;
}

/** The list of all runs. */
export function createActivity(options: ICreateActivityOptions): ActivityPanel {
  const { commands, service, trans } = options;
  const client = new RunsClient(service);
  const model = new RunListModel({ service, client, trans });
  return new ActivityPanel({
    model,
    service,
    trans,
    onOpen: run => showRun(commands, run)
  });
}
