import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { IDeepService } from '../service/tokens';
import { environmentIcon } from '../shared/icons';
import { lazily } from '../shared/lazily';
import { addOnlyTab } from '../shared/lazyTab';
import { CommandIDs } from './commandIds';
import type { IEnvironments } from './createEnvironments';

export const environmentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:environments',
  description:
    'Ready-to-use environments for notebooks, and what this machine has.',
  autoStart: true,
  requires: [IDeepService],
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    IDefaultFileBrowser,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const load = lazily(async () => {
      const { createEnvironments } = await import('./createEnvironments');
      return createEnvironments({
        app,
        service,
        currentFolder: () => browser?.model.path ?? '',
        trans
      });
    });
    addEnvironments(app, load, restorer, trans);
    const category = trans.__('DEEP');
    palette?.addItem({
      command: CommandIDs.showEnvironments,
      category,
      args: { isPalette: true }
    });
    launcher?.add({
      command: CommandIDs.showEnvironments,
      category,
      rank: 10
    });
  }
};

/** One tab of the main area, made when it is first asked for. */
function addEnvironments(
  app: JupyterFrontEnd,
  load: () => Promise<IEnvironments>,
  restorer: ILayoutRestorer | null,
  trans: TranslationBundle
): void {
  const show = addOnlyTab({
    app,
    restorer,
    command: CommandIDs.showEnvironments,
    name: 'environments',
    label: trans.__('Environments'),
    icon: environmentIcon,
    load: async () => (await load()).makePanel(),
    failed: reason =>
      trans.__('The environments could not be loaded: %1', String(reason)),
    trans
  });
  app.commands.addCommand(CommandIDs.showEnvironments, {
    label: args =>
      args.isPalette
        ? trans.__('DEEP: Environments…')
        : trans.__('Environments'),
    caption: trans.__(
      'PyTorch, TensorFlow, JAX and others, ready for notebooks'
    ),
    icon: environmentIcon,
    describedBy: {
      args: { type: 'object', properties: { isPalette: { type: 'boolean' } } }
    },
    execute: show
  });
}
