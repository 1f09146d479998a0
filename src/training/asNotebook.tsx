import type { Run } from '@jupyterlab-deep/protocol';
import { showErrorMessage } from '@jupyterlab/apputils';
import * as React from 'react';
import { saveNotebook } from '../inference/notebook';
import type { IPageContext } from '../inference/pageContext';
import { asRequestError } from '../service/errors';

interface IAsNotebookProps {
  page: IPageContext;
  run: Run;
}

/** *As notebook*: cells that repeat the training, in the language that is chosen. */
export function AsNotebook({ page, run }: IAsNotebookProps): JSX.Element {
  const { trans } = page;
  const open = async (language: 'typescript' | 'python'): Promise<void> => {
    const { commands, contents, currentFolder, model } = page;
    try {
      const reply = await model.train.client.notebook(run.id, language);
      const path = await saveNotebook(contents, currentFolder(), reply);
      await commands.execute('docmanager:open', { path });
    } catch (reason) {
      const { problem } = asRequestError(reason, trans);
      await showErrorMessage(
        trans.__('Could not make the notebook'),
        [problem.detail, problem.hint ?? ''].join(' ')
      );
    }
  };
  return (
    <select
      className="jp-DeepTraining-notebook"
      aria-label={trans.__('Open as notebook')}
      value=""
      onChange={event =>
        void open(event.currentTarget.value as 'typescript' | 'python')
      }
    >
      <option value="">{trans.__('As notebook…')}</option>
      <option value="typescript">{trans.__('TypeScript')}</option>
      <option value="python">{trans.__('Python')}</option>
    </select>
  );
}
