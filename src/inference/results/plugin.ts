import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { Medium } from '@jupyterlab-deep/protocol/lib/results';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ResultCommandIDs } from './commandIds';

/** *Send to a notebook*, as a command: the page of a module needs no notebooks to work. */
export const resultsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:results',
  description: 'Puts a cell that loads a saved answer into a notebook.',
  autoStart: true,
  optional: [INotebookTracker, IDefaultFileBrowser, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker | null,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    app.commands.addCommand(ResultCommandIDs.insertResult, {
      label: trans.__('Insert a Saved Answer into a Notebook'),
      describedBy: {
        args: {
          type: 'object',
          required: ['path', 'medium'],
          properties: {
            path: { type: 'string', description: 'Of the saved answer.' },
            medium: { type: 'string', description: 'What it is: json, zip, …' }
          }
        }
      },
      execute: async args => {
        const { sendToNotebook } = await import('./sendToNotebook');
        return sendToNotebook({
          app,
          notebooks,
          folder: browser?.model.path ?? '',
          path: String(args.path),
          medium: String(args.medium) as Medium,
          trans
        });
      }
    });
  }
};
