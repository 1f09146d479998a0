import { showErrorMessage } from '@jupyterlab/apputils';
import { withLoaded } from '../shared/lazily';
import { CommandIDs } from './commandIds';
import type { IInferenceCommandsOptions } from './commands';

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

/** Python modules that no catalogue has, and what they have installed. */
export function addPythonCommands(options: IInferenceCommandsOptions): void {
  const { app, client, trans } = options;
  app.commands.addCommand(CommandIDs.addPythonModule, {
    label: trans.__('DEEP: Run a Python Module…'),
    caption: trans.__('From a folder, a Git repository or the package index'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          origin: {
            type: 'string',
            description: 'https://…, /path/of/a/repository, or name==version'
          }
        }
      }
    },
    execute: args =>
      withLoaded(
        () => import('./addPythonModule'),
        ({ addPythonModule }) =>
          addPythonModule(options, args.origin as string | undefined),
        trans
      )
  });
  app.commands.addCommand(CommandIDs.pythonEnvironments, {
    label: trans.__('DEEP: Python Environments…'),
    caption: trans.__(
      'What Python modules have installed, and what you agreed to'
    ),
    describedBy: NO_ARGUMENTS,
    execute: async () => {
      const { showEnvironments } = await import('./environmentsDialog');
      try {
        await showEnvironments(client, trans);
      } catch (reason) {
        const words = reason instanceof Error ? reason.message : String(reason);
        await showErrorMessage(trans.__('Could not list environments'), words);
      }
    }
  });
}
