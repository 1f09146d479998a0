import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import { asRequestError } from '../service/errors';
import type { IFormContent, Language } from './cellForm';
import type { IInferenceCommandsOptions } from './commands';
import { makeNotebook } from './notebook';

/** Writes what the form of the module's page does as cells of a new notebook, and opens it. */
export async function openNotebook(
  options: IInferenceCommandsOptions,
  module: string,
  language: Language
): Promise<void> {
  const { app, client, tracker, currentFolder, trans } = options;
  const trial = tracker.find(tab => tab.moduleId === module)?.page?.page.model
    .trial;
  try {
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
