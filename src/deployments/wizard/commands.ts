import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDeepService } from '../../service/tokens';
import { deploymentIcon } from '../../shared/icons';
import { withLoaded } from '../../shared/lazily';
import { isModelFile } from './modelFile';
import type { WizardPanel } from './panel';

export namespace CommandIDs {
  export const deployModel = 'deep:deploy-model';
}

export interface IWizardCommandsOptions {
  app: JupyterFrontEnd;
  labShell: ILabShell | null;
  browsers: IFileBrowserFactory | null;
  notebooks: INotebookTracker | null;
  service: IDeepService;
  load: (close: () => void) => Promise<WizardPanel>;
  trans: TranslationBundle;
}

export function addWizardCommands(options: IWizardCommandsOptions): void {
  const { app, notebooks, trans } = options;
  const selected = () => selectedModel(options);
  app.commands.addCommand(CommandIDs.deployModel, {
    label: args => {
      if (args.isPalette) {
        return trans.__('DEEP: Deploy a Model…');
      }
      return args.ofNotebook
        ? trans.__('Deploy model')
        : trans.__('Deploy model…');
    },
    // A button of a toolbar shows its icon alone, and is called by this.
    caption: args =>
      args.ofNotebook
        ? trans.__('Deploy model')
        : trans.__('Make a module of a model: look at it, try it, run it'),
    icon: deploymentIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: 'A model file of Jupyter: .onnx, or model.json.'
          },
          ofNotebook: {
            type: 'boolean',
            description: 'Look for models of the current notebook.'
          }
        }
      }
    },
    isVisible: args =>
      Boolean(args.isPalette || args.ofNotebook || args.path) ||
      selected() !== null,
    isEnabled: args => !args.ofNotebook || Boolean(notebooks?.currentWidget),
    execute: async args => {
      const path =
        (args.path as string | undefined) ??
        (args.isPalette ? null : selected());
      await withLoaded(
        () => import('./openWizard'),
        ({ openForNotebook, openWizard }) =>
          args.ofNotebook
            ? openForNotebook(options)
            : openWizard(options, path),
        trans
      );
    }
  });
}

/** The one model file that is selected in the file browser. */
function selectedModel({ browsers }: IWizardCommandsOptions): string | null {
  const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
  return items.length === 1 && isModelFile(items[0].path)
    ? items[0].path
    : null;
}
