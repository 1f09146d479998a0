import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { deploymentIcon } from '../shared/icons';
import { withLoaded } from '../shared/lazily';
import { CommandIDs } from './commandIds';
import type { IDeployments } from './createDeployments';

export interface IToscaCommandOptions {
  app: JupyterFrontEnd;
  browsers: IFileBrowserFactory | null;
  load: () => Promise<IDeployments>;
  trans: TranslationBundle;
}

/** Of the menu of files: bring a TOSCA file to an Infrastructure Manager, then ask for what it asks for. */
export function addToscaCommand(options: IToscaCommandOptions): void {
  const { app, browsers, trans } = options;
  const selected = (): string | undefined => {
    const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
    return items.length === 1 && /\.ya?ml$/i.test(items[0].path)
      ? items[0].path
      : undefined;
  };
  app.commands.addCommand(CommandIDs.deployTosca, {
    label: trans.__('Deploy with Infrastructure Manager…'),
    caption: trans.__('Take this TOSCA file as a template of deployments'),
    icon: deploymentIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'A TOSCA file of Jupyter.' }
        }
      }
    },
    isVisible: args => args.path !== undefined || selected() !== undefined,
    execute: async args => {
      const path = (args.path as string | undefined) ?? selected();
      if (path !== undefined) {
        await withLoaded(
          () => import('./deployTosca'),
          ({ deployTosca }) => deployTosca(options, path),
          trans
        );
      }
    }
  });
}
