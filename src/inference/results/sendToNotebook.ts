import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Medium } from '@jupyterlab-deep/protocol/lib/results';
import type { TranslationBundle } from '@jupyterlab/translation';
import { saveNotebook } from '../notebook';
import { languageOf } from '../notebookLanguage';
import { resultCell } from './resultCell';

interface ISendOptions {
  app: JupyterFrontEnd;
  notebooks: INotebookTracker | null;

  /** Where a new notebook goes. */
  folder: string;

  /** Of the saved answer. */
  path: string;
  medium: Medium;
  trans: TranslationBundle;
}

/**
 * Put a cell below the active one of the notebook that was used last; into a new notebook where none is open.
 *
 * @returns the notebook's path.
 */
export async function sendToNotebook(options: ISendOptions): Promise<string> {
  const panel = options.notebooks?.currentWidget;
  return panel ? insertInto(panel, options) : makeNew(options);
}

async function insertInto(
  panel: NotebookPanel,
  { app, path, medium, trans }: ISendOptions
): Promise<string> {
  await panel.context.ready;
  const { content, context } = panel;
  if (!content.model || content.model.readOnly) {
    throw new Error(trans.__('“%1” cannot be changed.', panel.title.label));
  }
  const { contents } = app.serviceManager;
  const relative = relativePath(
    contents.localPath(context.path),
    contents.localPath(path)
  );
  const index = content.activeCellIndex + 1;
  content.model.sharedModel.insertCell(index, {
    cell_type: 'code',
    source: resultCell(languageOf(panel), medium, relative),
    metadata: {}
  });
  content.activeCellIndex = index;
  app.shell.activateById(panel.id);
  return context.path;
}

async function makeNew(options: ISendOptions): Promise<string> {
  const { app, folder, path, medium } = options;
  const { contents } = app.serviceManager;
  const place = PathExt.join(contents.localPath(folder), 'new.ipynb');
  const relative = relativePath(place, contents.localPath(path));
  const made = await saveNotebook(contents, folder, {
    filename: `${PathExt.basename(path, PathExt.extname(path))}.ipynb`,
    notebook: {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        kernelspec: {
          name: 'deep-typescript',
          display_name: 'TypeScript (DEEP)',
          language: 'typescript'
        }
      },
      cells: [
        {
          id: 'result',
          cell_type: 'code',
          metadata: {},
          execution_count: null,
          outputs: [],
          source: resultCell('typescript', medium, relative)
        }
      ]
    }
  });
  await app.commands.execute('docmanager:open', { path: made });
  return made;
}

const relativePath = (notebook: string, file: string): string =>
  PathExt.relative(`/${PathExt.dirname(notebook)}`, `/${file}`);
