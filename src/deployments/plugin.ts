import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  createToolbarFactory,
  ICommandPalette,
  IToolbarWidgetRegistry,
  setToolbar,
  WidgetTracker
} from '@jupyterlab/apputils';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICatalogue } from '../catalogue/tokens';
import { IDeepService } from '../service/tokens';
import { deploymentIcon } from '../shared/icons';
import { lazily } from '../shared/lazily';
import { Sidebar } from '../shared/sidebar';
import { AccountNotice } from './accountNotice';
import { CommandIDs, OtherCommandIDs } from './commandIds';
import { addDeploymentCommands, PALETTE } from './commands';
import type { IDeployments } from './createDeployments';
import { LogTab, openLog } from './logTab';
import { StillRunning } from './stillRunning';
import { addToscaCommand } from './toscaCommand';

export const deploymentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:deployments',
  description: 'What runs, here and elsewhere: a side panel, logs, deploying.',
  autoStart: true,
  requires: [IDeepService, ICatalogue],
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    IStateDB,
    IDefaultFileBrowser,
    IFileBrowserFactory,
    ISettingRegistry,
    IToolbarWidgetRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    catalogue: ICatalogue,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    state: IStateDB | null,
    defaultBrowser: IDefaultFileBrowser | null,
    browsers: IFileBrowserFactory | null,
    settings: ISettingRegistry | null,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    let loaded: IDeployments | undefined;
    const load = lazily(async () => {
      const { createDeployments } = await import('./createDeployments');
      return (loaded = createDeployments({
        app,
        service,
        catalogue,
        currentFolder: () => defaultBrowser?.model.path ?? '',
        trans
      }));
    });
    const sidebar = new Sidebar({
      id: 'jp-deep-deployments',
      className: 'jp-DeepDeployments',
      icon: deploymentIcon,
      title: trans.__('Deployments'),
      toolbarLabel: trans.__('Deployment actions'),
      load: async () => (await load()).view,
      failed: reason =>
        trans.__('The deployments could not be loaded: %1', String(reason)),
      retryLabel: trans.__('Retry')
    });
    const tracker = new WidgetTracker<LogTab>({ namespace: 'jp-deep-log' });
    addDeploymentCommands({
      app,
      sidebar,
      load,
      loaded: () => loaded,
      openLog: id =>
        openLog(app, tracker, () => new LogTab(id, load, trans), id),
      trans
    });
    addToscaCommand({ app, browsers, load, trans });
    if (settings && toolbars) {
      const factory = createToolbarFactory(
        toolbars,
        settings,
        'DeepDeployments',
        deploymentsPlugin.id,
        translator ?? nullTranslator
      );
      setToolbar(sidebar, factory, sidebar.toolbar);
    }
    app.shell.add(sidebar, 'left', { rank: 820 });
    restorer?.add(sidebar, sidebar.id);
    void restorer?.restore(tracker, {
      command: CommandIDs.showDeploymentLog,
      args: ({ deploymentId }) => ({ id: deploymentId }),
      name: ({ deploymentId }) => deploymentId
    });
    const category = trans.__('DEEP');
    PALETTE.forEach(command => palette?.addItem({ command, category }));
    const notice = new AccountNotice({
      service,
      trans,
      signIn: () => void app.commands.execute(OtherCommandIDs.showAccounts)
    });
    new StillRunning({
      service,
      state,
      trans,
      show: () => void app.commands.execute(CommandIDs.showDeployments),
      onRunning: running => notice.watch(running)
    });
  }
};
