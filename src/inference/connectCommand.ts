import { linkIcon } from '@jupyterlab/ui-components';
import { moduleOfCard } from '../shared/moduleOfMenu';
import { CommandIDs } from './commandIds';
import type { IInferenceCommandsOptions } from './commands';
import { openTab } from './openTab';

/** *Connect to a running module*: for a module of the catalogue, or for whatever the server has. */
export function addConnectCommand(options: IInferenceCommandsOptions): void {
  const { app, trans } = options;
  app.commands.addCommand(CommandIDs.connectModule, {
    label: args =>
      args.isPalette
        ? trans.__('DEEP: Connect to a Running Module…')
        : trans.__('Connect to a Running Module…'),
    caption: trans.__('Use a module that runs elsewhere, by its address'),
    icon: linkIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: { type: 'string', description: 'source/name' },
          address: { type: 'string', description: 'Filled in at first.' }
        }
      }
    },
    execute: async args => {
      const module =
        (args.id as string | undefined) ??
        (args.isPalette ? undefined : moduleOfCard(app));
      await connect(options, module, args.address as string | undefined);
    }
  });
}

async function connect(
  options: IInferenceCommandsOptions,
  module: string | undefined,
  address: string | undefined
): Promise<void> {
  const { client, trans } = options;
  const { ConnectModel } = await import('./connectModel');
  const { askForConnection } = await import('./connectDialog');
  const model = new ConnectModel({ client, trans, module, address });
  const connected = await askForConnection(model, trans);
  if (connected) {
    openTab(options, connected.module, { tab: 'try' });
  }
}
