import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { ICatalogue } from '../catalogue/tokens';
import { moduleIcon } from '../shared/icons';
import { moduleOfCard } from '../shared/moduleOfMenu';
import type { InferenceClient } from './client';
import { CommandIDs } from './commandIds';
import { addConnectCommand } from './connectCommand';
import type { PageTab } from './model';
import type { ModuleTab } from './moduleTab';
import { addNotebookCommand } from './notebookCommand';
import { openTab } from './openTab';
import { addPythonCommands } from './pythonCommands';

export interface IInferenceCommandsOptions {
  app: JupyterFrontEnd;
  labShell: ILabShell | null;
  tracker: WidgetTracker<ModuleTab>;
  catalogue: ICatalogue;
  client: InferenceClient;
  browsers: IFileBrowserFactory | null;
  currentFolder: () => string;
  trans: TranslationBundle;
  makeTab: (moduleId: string) => ModuleTab;
}

const ID = { type: 'string', description: 'source/name' };
const PATH = { type: 'string', description: 'A file of Jupyter.' };

/** The pictures that modules read, by their file names. */
const PICTURES = [
  '.png',
  '.jpg',
  '.jpeg',
  '.gif',
  '.webp',
  '.bmp',
  '.tif',
  '.tiff'
];

export function addInferenceCommands(options: IInferenceCommandsOptions): void {
  addOpenCommands(options);
  addTryFileCommand(options);
  addNotebookCommand(options);
  addConnectCommand(options);
  addPythonCommands(options);
  addPredictionCommands(options);
}

function addOpenCommands(options: IInferenceCommandsOptions): void {
  const { app, catalogue, trans } = options;
  app.commands.addCommand(CommandIDs.openModule, {
    label: args =>
      (args.title as string | undefined) ?? trans.__('Open Module'),
    icon: moduleIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: ID,
          title: { type: 'string', description: 'What the module is called.' },
          tab: {
            type: 'string',
            enum: ['about', 'try', 'folder', 'train', 'evaluate', 'api', 'runs']
          },
          run: { type: 'string', description: 'A training to show.' }
        }
      }
    },
    execute: args => {
      const id = (args.id as string | undefined) ?? moduleOfCard(app);
      if (id) {
        openTab(options, id, {
          tab: args.tab as PageTab | undefined,
          run: args.run as string | undefined
        });
      }
    }
  });
  app.commands.addCommand(CommandIDs.tryModule, {
    label: args =>
      args.isPalette ? trans.__('DEEP: Try a Module…') : trans.__('Try'),
    icon: runIcon,
    describedBy: {
      args: { type: 'object', properties: { id: ID, path: PATH } }
    },
    execute: async args => {
      const id = (args.id as string | undefined) ?? moduleOfCard(app);
      const path = args.path as string | undefined;
      const choose = async () => {
        const { chooseModule } = await import('./moduleChoice');
        return chooseModule(catalogue, () => true, trans);
      };
      await openTry(options, id ? async () => id : choose, path);
    }
  });
}

/** Of the file browser: *Try with…* for one picture. */
function addTryFileCommand(options: IInferenceCommandsOptions): void {
  const { app, browsers, catalogue, trans } = options;
  const selected = () => {
    const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
    const isPicture = ({ path }: { path: string }) =>
      PICTURES.includes(PathExt.extname(path).toLowerCase());
    return items.length === 1 && isPicture(items[0]) ? items[0].path : null;
  };
  app.commands.addCommand(CommandIDs.tryFile, {
    label: trans.__('Try with DEEP…'),
    caption: trans.__('See what a deep learning module says of this picture'),
    icon: moduleIcon,
    describedBy: { args: { type: 'object', properties: { path: PATH } } },
    isVisible: args => args.path !== undefined || selected() !== null,
    execute: async args => {
      const path = (args.path as string | undefined) ?? selected();
      if (path) {
        const choose = async () => {
          const { chooseModule, takesPictures } =
            await import('./moduleChoice');
          return chooseModule(catalogue, takesPictures, trans);
        };
        await openTry(options, choose, path);
      }
    }
  });
}

async function openTry(
  options: IInferenceCommandsOptions,
  choose: () => Promise<string | null>,
  path: string | undefined
): Promise<void> {
  const { trans } = options;
  try {
    const id = await choose();
    if (id) {
      openTab(options, id, { tab: 'try', path });
    }
  } catch (reason) {
    const message = reason instanceof Error ? reason.message : String(reason);
    await showErrorMessage(trans.__('Could not open a module'), message);
  }
}

/** Of the shortcuts: what the buttons of *Try* do. */
function addPredictionCommands(options: IInferenceCommandsOptions): void {
  const { app, tracker, trans } = options;
  const trial = () => tracker.currentWidget?.page?.page.model.trial;
  const describedBy = { args: { type: 'object', properties: {} } };
  app.commands.addCommand(CommandIDs.runPrediction, {
    label: trans.__('Predict'),
    icon: runIcon,
    describedBy,
    isEnabled: () => trial()?.busySince === null,
    execute: () => trial()?.predict()
  });
  app.commands.addCommand(CommandIDs.stopPrediction, {
    label: trans.__('Stop Prediction'),
    icon: stopIcon,
    describedBy,
    isEnabled: () => Boolean(trial()?.busySince),
    execute: () => trial()?.stop()
  });
}
