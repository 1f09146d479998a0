import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICatalogue } from '../catalogue/tokens';
import { IDeepService } from '../service/tokens';
import { addCellCommands } from './cellCommands';
import { InferenceClient } from './client';
import { CommandIDs } from './commandIds';
import { addInferenceCommands } from './commands';
import { ModuleTab } from './moduleTab';
import { RememberedForms } from './remembered';

export const inferencePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:inference',
  description: 'Shows a module and tries it: a form, the answer, a notebook.',
  autoStart: true,
  requires: [IDeepService, ICatalogue, IRenderMimeRegistry],
  optional: [
    ILabShell,
    ILayoutRestorer,
    ICommandPalette,
    IDocumentManager,
    IDefaultFileBrowser,
    IFileBrowserFactory,
    INotebookTracker,
    IStateDB,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    catalogue: ICatalogue,
    rendermime: IRenderMimeRegistry,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    documents: IDocumentManager | null,
    defaultBrowser: IDefaultFileBrowser | null,
    browsers: IFileBrowserFactory | null,
    notebooks: INotebookTracker | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const client = new InferenceClient(service);
    const remembered = new RememberedForms(state);
    const tracker = new WidgetTracker<ModuleTab>({
      namespace: 'jp-deep-module'
    });
    const { contents } = app.serviceManager;
    const currentFolder = () => defaultBrowser?.model.path ?? '';
    const load = async (module: string) => {
      const { createPage } = await import('./createPage');
      return createPage({
        module,
        service,
        catalogue,
        client,
        rendermime,
        contents,
        documents,
        translator,
        commands: app.commands,
        currentFolder,
        remembered,
        trans
      });
    };
    const commandOptions = {
      app,
      labShell,
      tracker,
      catalogue,
      client,
      browsers,
      currentFolder,
      trans,
      makeTab: (moduleId: string) =>
        new ModuleTab({ moduleId, trans, load: () => load(moduleId) })
    };
    addInferenceCommands(commandOptions);
    addCellCommands({ ...commandOptions, notebooks });
    void restorer?.restore(tracker, {
      command: CommandIDs.openModule,
      args: ({ moduleId, view }) => ({
        id: moduleId,
        tab: view.tab ?? 'about'
      }),
      name: ({ moduleId }) => moduleId
    });
    for (const command of [
      CommandIDs.tryModule,
      CommandIDs.connectModule,
      CommandIDs.addPythonModule,
      CommandIDs.pythonEnvironments
    ]) {
      palette?.addItem({
        command,
        category: trans.__('DEEP'),
        args: { isPalette: true }
      });
    }
  }
};
