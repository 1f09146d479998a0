import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { WizardClient } from './client';
import type { IWizardCommandsOptions } from './commands';
import { modelsBeside, namesSaved, savedByName } from './findModels';
import type { WizardModel } from './model';
import { WizardTab } from './wizardTab';

/** What a wizard begins with. */
type Opening = (model: WizardModel) => Promise<void>;

/** Files of these drives are those of Jupyter's own disk; collaboration serves the same files under its own name. */
const LOCAL_DRIVES = ['', 'RTC'];

/** With a model file of Jupyter, or asking for one. */
export function openWizard(
  options: IWizardCommandsOptions,
  path: string | null
): void {
  const { app, trans } = options;
  const { contents } = app.serviceManager;
  if (path !== null && !LOCAL_DRIVES.includes(contents.driveName(path))) {
    void showErrorMessage(
      trans.__('This model is not on Jupyter’s own disk'),
      trans.__('Copy it to Jupyter first, then deploy the copy.')
    );
    return;
  }
  show(options, async model => {
    if (path !== null) {
      await model.open(contents.localPath(path));
    }
  });
}

function show(
  { app, labShell, load, trans }: IWizardCommandsOptions,
  open: Opening
): void {
  const tab = new WizardTab({ load, open, trans });
  app.shell.add(tab, 'main');
  // A page of Notebook 7 holds one document in its main area; its right area takes more.
  if (!labShell && !tab.isAttached) {
    app.shell.add(tab, 'right');
  }
  app.shell.activateById(tab.id);
}

/** What a notebook's button leads to: the one model that there is, a choice of several, or how to come to one. */
export async function openForNotebook(
  options: IWizardCommandsOptions
): Promise<void> {
  const { app, notebooks, service, trans } = options;
  const panel = notebooks?.currentWidget;
  if (!panel) {
    return;
  }
  const names = namesSaved(panel.content.model);
  const [paths, own] = await Promise.all([
    modelsBeside(app.serviceManager.contents, panel.context.path),
    // Without the service there are only files to choose from.
    names.length > 0 ? new WizardClient(service).listOwn().catch(() => []) : []
  ]);
  const choices: [string, Opening | string][] = [
    ...savedByName(own, names).map((module): [string, Opening] => [
      trans.__('%1 (saved by this notebook)', module.title),
      model => model.openSaved(module)
    ]),
    ...paths.map((path): [string, string] => [
      PathExt.relative(PathExt.dirname(panel.context.path), path),
      path
    ])
  ];
  const chosen = await choose(choices, trans);
  if (typeof chosen === 'function') {
    show(options, chosen);
  } else if (chosen !== undefined) {
    openWizard(options, chosen);
  }
}

/** Null where there is nothing to choose from; undefined when its user gave up. */
async function choose(
  choices: [string, Opening | string][],
  trans: TranslationBundle
): Promise<Opening | string | null | undefined> {
  if (choices.length < 2) {
    return choices[0]?.[1] ?? null;
  }
  const { value } = await InputDialog.getItem({
    title: trans.__('Which model?'),
    label: trans.__('Models of this notebook'),
    items: choices.map(([words]) => words),
    okLabel: trans.__('Go on')
  });
  return choices.find(([words]) => words === value)?.[1];
}
