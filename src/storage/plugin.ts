import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  createToolbarFactory,
  ICommandPalette,
  IToolbarWidgetRegistry,
  setToolbar
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IDeepService } from '../service/tokens';
import { cloudIcon } from '../shared/icons';
import { lazily } from '../shared/lazily';
import { Sidebar } from '../shared/sidebar';
import { addStorageCommands, PALETTE } from './commands';
import { KnownDrives } from './knownDrives';

export const storagePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:storage',
  description:
    'Cloud storage: accounts, their files as drives, datasets, transfers.',
  autoStart: true,
  requires: [IDeepService],
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    IStateDB,
    IFileBrowserFactory,
    IDefaultFileBrowser,
    IDocumentManager,
    INotebookTracker,
    ISettingRegistry,
    IToolbarWidgetRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    state: IStateDB | null,
    browsers: IFileBrowserFactory | null,
    defaultBrowser: IDefaultFileBrowser | null,
    documents: IDocumentManager | null,
    notebooks: INotebookTracker | null,
    settings: ISettingRegistry | null,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const { contents } = app.serviceManager;
    const load = lazily(async () => {
      const { createStorage } = await import('./createStorage');
      return createStorage({
        app,
        service,
        state,
        browsers,
        defaultBrowser,
        documents,
        notebooks,
        drives,
        trans
      });
    });
    const drives: KnownDrives = new KnownDrives(contents, async id =>
      (await load()).drive(id)
    );
    const sidebar = new Sidebar({
      id: 'jp-deep-storage',
      className: 'jp-DeepStorage',
      icon: cloudIcon,
      title: trans.__('Storage'),
      toolbarLabel: trans.__('Storage actions'),
      load: async () => (await load()).view,
      failed: reason =>
        trans.__('The storage could not be loaded: %1', String(reason)),
      retryLabel: trans.__('Retry')
    });
    addStorageCommands({ app, browsers, drives, load, sidebar, trans });
    if (settings && toolbars) {
      const factory = createToolbarFactory(
        toolbars,
        settings,
        'DeepStorage',
        storagePlugin.id,
        translator ?? nullTranslator
      );
      setToolbar(sidebar, factory, sidebar.toolbar);
    }
    app.shell.add(sidebar, 'left', { rank: 810 });
    restorer?.add(sidebar, sidebar.id);
    const category = trans.__('DEEP');
    PALETTE.forEach(command => palette?.addItem({ command, category }));
    notebooks?.widgetAdded.connect((_, panel) => {
      if (drives.has(contents.driveName(panel.context.path))) {
        void load().then(({ workingCopies }) => workingCopies.offer(panel));
      }
    });
  }
};
