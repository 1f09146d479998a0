import type { Dataset } from '@jupyterlab-deep/protocol';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { languageOf } from '../inference/notebookLanguage';
import { say } from './tell';

/** The code that gives a dataset to a cell. */
export function datasetCode(
  { name, ref }: Dataset,
  language: 'typescript' | 'python'
): string {
  const variable = variableOf(name);
  return language === 'typescript'
    ? `const ${variable} = await storage.dataset('${quoted(ref)}')\n${variable}`
    : `from jupyterlab_deep import storage\n\n${variable} = storage.dataset('${quoted(ref)}')\n${variable}`;
}

const quoted = (text: string): string => text.replace(/[\\']/g, '\\$&');

/** A name that both languages take. */
export function variableOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\W+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(words) ? words : `data${words && `_${words}`}`;
}

interface IInsertOptions {
  app: JupyterFrontEnd;
  notebooks: INotebookTracker | null;
  trans: TranslationBundle;
}

/** Into the notebook in front; without one the code is copied. */
export async function insertDatasetCell(
  { app, notebooks, trans }: IInsertOptions,
  dataset: Dataset
): Promise<void> {
  const panel = notebooks?.currentWidget;
  if (!panel) {
    Clipboard.copyToSystem(datasetCode(dataset, 'python'));
    say(trans.__('No notebook is open: the code for Python is copied.'));
    return;
  }
  await panel.context.ready;
  const { model } = panel.content;
  if (!model || model.readOnly) {
    throw new Error(trans.__('“%1” cannot be changed.', panel.title.label));
  }
  const index = panel.content.activeCellIndex + 1;
  model.sharedModel.insertCell(index, {
    cell_type: 'code',
    source: datasetCode(dataset, languageOf(panel)),
    metadata: {},
    outputs: [],
    execution_count: null
  });
  panel.content.activeCellIndex = index;
  app.shell.activateById(panel.id);
}
