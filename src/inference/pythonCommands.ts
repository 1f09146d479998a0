import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { PythonModuleRequest } from '@jupyterlab-deep/protocol';
import { CommandIDs } from './commandIds';
import type { IInferenceCommandsOptions } from './commands';
import { openTab } from './openTab';

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
    execute: async args => {
      const given = args.origin as string | undefined;
      const origin = given ?? (await askForOrigin(options));
      if (origin) {
        await add(options, origin);
      }
    }
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
        await tellFailure(trans.__('Could not list environments'), reason);
      }
    }
  });
}

async function askForOrigin({
  trans
}: IInferenceCommandsOptions): Promise<string | null> {
  const { value } = await InputDialog.getText({
    title: trans.__('Run a Python module'),
    label: trans.__(
      'Address of its Git repository (https://…), a folder or repository on the machine of Jupyter (/home/…), or a package of the index (name==version). Nothing runs before you have looked at it.'
    ),
    okLabel: trans.__('Look at It')
  });
  return value?.trim() || null;
}

async function add(
  options: IInferenceCommandsOptions,
  origin: string
): Promise<void> {
  const { client, trans } = options;
  try {
    const { id } = await client.addPythonModule(requestOf(origin));
    openTab(options, id, { tab: 'try' });
  } catch (reason) {
    await tellFailure(trans.__('Could not use “%1”', origin), reason);
  }
}

async function tellFailure(title: string, reason: unknown): Promise<void> {
  const words = reason instanceof Error ? reason.message : String(reason);
  await showErrorMessage(title, words);
}

/** `/home/me/module` is a folder as it is; `/home/me/module.git` and `git+/home/me/module` a repository. */
export function requestOf(origin: string): PythonModuleRequest {
  const [, repository] =
    /^(?:git\+|(?=file:|https:|.*\.git$))(.+)$/.exec(origin) ?? [];
  if (repository) {
    return { git: repository };
  }
  return origin.startsWith('/') ? { folder: origin } : { package: origin };
}
