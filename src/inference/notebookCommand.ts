import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import { notebookIcon } from '@jupyterlab/ui-components';
import { asRequestError } from '../service/errors';
import { moduleOfCard } from '../shared/moduleOfMenu';
import type { IFormContent, Language } from './cellForm';
import { CommandIDs } from './commandIds';
import type { IInferenceCommandsOptions } from './commands';

/** *Open as notebook*: what the form of the module's page does, as cells. */
export function addNotebookCommand(options: IInferenceCommandsOptions): void {
  const { app, trans } = options;
  const labels: Record<string, string> = {
    typescript: trans.__('TypeScript'),
    python: trans.__('Python')
  };
  const longLabels: Record<string, string> = {
    typescript: trans.__('Open as TypeScript Notebook'),
    python: trans.__('Open as Python Notebook')
  };
  app.commands.addCommand(CommandIDs.openNotebook, {
    label: ({ id, language = 'typescript' }) =>
      (id ? labels : longLabels)[language as string],
    icon: notebookIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: { type: 'string', description: 'source/name' },
          language: { type: 'string', enum: ['typescript', 'python'] }
        }
      }
    },
    execute: async args => {
      const id = (args.id as string | undefined) ?? moduleOfCard(app);
      const language = (args.language as Language | undefined) ?? 'typescript';
      if (id) {
        await openNotebook(options, id, language);
      }
    }
  });
}

async function openNotebook(
  options: IInferenceCommandsOptions,
  module: string,
  language: Language
): Promise<void> {
  const { app, client, tracker, currentFolder, trans } = options;
  const trial = tracker.find(tab => tab.moduleId === module)?.page?.page.model
    .trial;
  try {
    const { makeNotebook } = await import('./notebook');
    const path = await makeNotebook({
      client,
      contents: app.serviceManager.contents,
      folder: currentFolder(),
      language,
      content: trial ?? emptyForm(module)
    });
    await app.commands.execute('docmanager:open', { path });
  } catch (reason) {
    const { problem } = asRequestError(reason, trans);
    const sentences = [problem.detail, problem.hint ?? ''].join(' ');
    await showErrorMessage(trans.__('Could not make the notebook'), sentences);
    return;
  }
  for (const { kind, name } of trial?.files.values() ?? []) {
    if (kind === 'browser') {
      Notification.info(
        trans.__(
          'The notebook uses the module’s own example: “%1” is not among Jupyter’s files, where a notebook could read it.',
          name
        )
      );
    }
  }
}

/** Of a module whose page is not open. */
const emptyForm = (module: string): IFormContent => ({
  module,
  arguments: {},
  values: {},
  files: new Map(),
  plan: null
});
