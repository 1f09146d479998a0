import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { deploymentIcon } from '../../shared/icons';
import type { WizardClient } from './client';
import {
  isModelFile,
  modelsBeside,
  namesSaved,
  savedByName
} from './findModels';
import type { WizardModel } from './model';
import { WizardTab } from './wizardTab';
import type { WizardPanel } from './panel';

export namespace CommandIDs {
  export const deployModel = 'deep:deploy-model';
}

export interface IWizardCommandsOptions {
  app: JupyterFrontEnd;
  labShell: ILabShell | null;
  browsers: IFileBrowserFactory | null;
  notebooks: INotebookTracker | null;
  client: WizardClient;
  load: (close: () => void) => Promise<WizardPanel>;
  trans: TranslationBundle;
}

/** What a wizard begins with. */
type Opening = (model: WizardModel) => Promise<void>;

/** Files of these drives are those of Jupyter's own disk; collaboration serves the same files under its own name. */
const LOCAL_DRIVES = ['', 'RTC'];

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
      const path = (args.path as string | undefined) ?? null;
      if (args.ofNotebook) {
        await openForNotebook(options);
      } else {
        openWizard(options, path ?? (args.isPalette ? null : selected()));
      }
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

function openWizard(
  options: IWizardCommandsOptions,
  path: string | null
): void {
  const { app, trans } = options;
  const { contents } = app.serviceManager;
  if (path !== null && !LOCAL_DRIVES.includes(contents.driveName(path))) {
    void showErrorMessage(
      trans.__('This model is not on Jupyter’s own disk'),
      trans.__('Copy it to Jupyter first, then deploy the copy.')
    );
    return;
  }
  show(options, async model => {
    if (path !== null) {
      await model.open(contents.localPath(path));
    }
  });
}

function show(
  { app, labShell, load, trans }: IWizardCommandsOptions,
  open: Opening
): void {
  const tab = new WizardTab({ load, open, trans });
  app.shell.add(tab, 'main');
  // A page of Notebook 7 holds one document in its main area; its right area takes more.
  if (!labShell && !tab.isAttached) {
    app.shell.add(tab, 'right');
  }
  app.shell.activateById(tab.id);
}

/** What a notebook's button leads to: the one model that there is, a choice of several, or how to come to one. */
async function openForNotebook(options: IWizardCommandsOptions): Promise<void> {
  const { app, client, notebooks, trans } = options;
  const panel = notebooks?.currentWidget;
  if (!panel) {
    return;
  }
  const names = namesSaved(panel.content.model);
  const [paths, own] = await Promise.all([
    modelsBeside(app.serviceManager.contents, panel.context.path),
    // Without the service there are only files to choose from.
    names.length > 0 ? client.listOwn().catch(() => []) : []
  ]);
  const choices: [string, Opening | string][] = [
    ...savedByName(own, names).map((module): [string, Opening] => [
      trans.__('%1 (saved by this notebook)', module.title),
      model => model.openSaved(module)
    ]),
    ...paths.map((path): [string, string] => [
      PathExt.relative(PathExt.dirname(panel.context.path), path),
      path
    ])
  ];
  const chosen = await choose(choices, trans);
  if (typeof chosen === 'function') {
    show(options, chosen);
  } else if (chosen !== undefined) {
    openWizard(options, chosen);
  }
}

/** Null where there is nothing to choose from; undefined when its user gave up. */
async function choose(
  choices: [string, Opening | string][],
  trans: TranslationBundle
): Promise<Opening | string | null | undefined> {
  if (choices.length < 2) {
    return choices[0]?.[1] ?? null;
  }
  const { value } = await InputDialog.getItem({
    title: trans.__('Which model?'),
    label: trans.__('Models of this notebook'),
    items: choices.map(([words]) => words),
    okLabel: trans.__('Go on')
  });
  return choices.find(([words]) => words === value)?.[1];
}
