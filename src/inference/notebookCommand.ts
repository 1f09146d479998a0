import { notebookIcon } from '@jupyterlab/ui-components';
import { withLoaded } from '../shared/lazily';
import { moduleOfCard } from '../shared/moduleOfMenu';
import type { Language } from './cellForm';
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
        await withLoaded(
          () => import('./openNotebook'),
          ({ openNotebook }) => openNotebook(options, id, language),
          trans
        );
      }
    }
  });
}
