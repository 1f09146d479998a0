import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { PythonModuleRequest } from '@jupyterlab-deep/protocol';
import type { IInferenceCommandsOptions } from './commands';
import { openTab } from './openTab';

/** Asks where it comes from, unless that is given, and opens its page. Nothing of it runs by that. */
export async function addPythonModule(
  options: IInferenceCommandsOptions,
  given?: string
): Promise<void> {
  const origin = given ?? (await askForOrigin(options));
  if (origin) {
    await add(options, origin);
  }
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
    const words = reason instanceof Error ? reason.message : String(reason);
    await showErrorMessage(trans.__('Could not use “%1”', origin), words);
  }
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
