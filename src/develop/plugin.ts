import {
  ILabShell,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICatalogue } from '../catalogue/tokens';
import { InferenceClient } from '../inference/client';
import { IDeepService } from '../service/tokens';
import { showMarks } from './cellMarks';
import { DevelopClient } from './client';
import { CommandIDs } from './commandIds';
import { addDevelopCommands } from './commands';
import type { IPanelOptions } from './createPanels';
import { addMarkCommand } from './markCells';

const IN_PALETTE = [
  CommandIDs.newModule,
  CommandIDs.moduleOfNotebook,
  CommandIDs.checkServer
];
/** After the catalogue and the modules that somebody goes back to. */
const LAUNCHER_RANK = 10;

export const developPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:develop',
  description: 'Writes new modules, serves them while they are edited, checks.',
  autoStart: true,
  requires: [IDeepService, ICatalogue, IRenderMimeRegistry],
  optional: [
    ILabShell,
    ICommandPalette,
    ILauncher,
    IDocumentManager,
    IDefaultFileBrowser,
    IFileBrowserFactory,
    INotebookTracker,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    catalogue: ICatalogue,
    rendermime: IRenderMimeRegistry,
    labShell: ILabShell | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    documents: IDocumentManager | null,
    defaultBrowser: IDefaultFileBrowser | null,
    browsers: IFileBrowserFactory | null,
    notebooks: INotebookTracker | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const options: IPanelOptions = {
      app,
      develop: new DevelopClient(service),
      inference: new InferenceClient(service),
      service,
      catalogue,
      rendermime,
      contents: app.serviceManager.contents,
      documents,
      translator,
      commands: app.commands,
      currentFolder: () => defaultBrowser?.model.path ?? '',
      saveNotebook: async path => {
        await notebooks
          ?.find(each => each.context.path === path)
          ?.context.save();
      },
      trans
    };
    const panels = () => import('./createPanels');
    addDevelopCommands({
      app,
      labShell,
      browsers,
      notebooks,
      trans,
      newModule: async (notebook, close) =>
        (await panels()).createNewModule(options, notebook, close),
      live: async folder => (await panels()).createLive(options, folder),
      check: async (request, title) =>
        (await panels()).createCheck(options, request, title)
    });
    addMarkCommand({ app, notebooks, trans });
    if (notebooks) {
      showMarks(notebooks, trans);
    }
    const category = trans.__('DEEP');
    launcher?.add({
      command: CommandIDs.newModule,
      category,
      rank: LAUNCHER_RANK
    });
    for (const command of IN_PALETTE) {
      palette?.addItem({ command, category, args: { isPalette: true } });
    }
  }
};
