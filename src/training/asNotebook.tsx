import type { Run } from '@jupyterlab-deep/protocol';
import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownEmptyIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
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
  const onClick = (event: React.MouseEvent) => {
    const commands = new CommandRegistry();
    const menu = new Menu({ commands });
    for (const [language, label] of languages(trans)) {
      commands.addCommand(language, {
        label,
        describedBy: { args: { type: 'object', properties: {} } },
        execute: () => open(language)
      });
      menu.addItem({ command: language });
    }
    menu.aboutToClose.connect(() => {
      // The chosen command runs after the menu has closed.
      requestAnimationFrame(() => menu.dispose());
    });
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    menu.open(left, bottom);
  };
  return (
    <button
      type="button"
      className="jp-mod-styled"
      aria-haspopup="menu"
      onClick={onClick}
    >
      {trans.__('As notebook')}
      <caretDownEmptyIcon.react tag="span" className="jp-DeepInference-caret" />
    </button>
  );
}

const languages = (
  trans: TranslationBundle
): ['typescript' | 'python', string][] => [
  ['typescript', trans.__('TypeScript')],
  ['python', trans.__('Python')]
];
