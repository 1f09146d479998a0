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
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICatalogue } from '../catalogue/tokens';
import { InferenceClient } from '../inference/client';
import { IDeepService } from '../service/tokens';
import { addWizardCommands, CommandIDs } from './wizard/commands';

export const wizardPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:wizard',
  description: 'Makes a module of a model file: inspected, tried, deployed.',
  autoStart: true,
  requires: [IDeepService, ICatalogue, IRenderMimeRegistry],
  optional: [
    ILabShell,
    ICommandPalette,
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
    documents: IDocumentManager | null,
    defaultBrowser: IDefaultFileBrowser | null,
    browsers: IFileBrowserFactory | null,
    notebooks: INotebookTracker | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    addWizardCommands({
      app,
      labShell,
      browsers,
      notebooks,
      service,
      trans,
      load: async close => {
        const { createWizard } = await import('./wizard/createWizard');
        return createWizard(
          {
            service,
            catalogue,
            client: new InferenceClient(service),
            rendermime,
            contents: app.serviceManager.contents,
            documents,
            translator,
            commands: app.commands,
            currentFolder: () => defaultBrowser?.model.path ?? '',
            trans
          },
          close
        );
      }
    });
    palette?.addItem({
      command: CommandIDs.deployModel,
      category: trans.__('DEEP'),
      args: { isPalette: true }
    });
  }
};
