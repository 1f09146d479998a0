import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  createToolbarFactory,
  ICommandPalette,
  IToolbarWidgetRegistry,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICatalogue } from '../catalogue/tokens';
import { IDeepService } from '../service/tokens';
import { topologyIcon } from '../shared/icons';
import { LazyDocumentFactory } from '../shared/lazyDocument';
import { CommandIDs } from './commandIds';
import { addTopologyCommands, PALETTE } from './commands';
import { FACTORY, FILE_TYPE, TopologyTab } from './tab';

export const topologiesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:topologies',
  description: 'Modules composed by drawing: an editor of topologies.',
  autoStart: true,
  requires: [IDeepService, ICatalogue],
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    IDefaultFileBrowser,
    ISettingRegistry,
    IToolbarWidgetRegistry,
    IDocumentManager,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    catalogue: ICatalogue,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    defaultBrowser: IDefaultFileBrowser | null,
    settings: ISettingRegistry | null,
    toolbars: IToolbarWidgetRegistry | null,
    manager: IDocumentManager | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const tracker = new WidgetTracker<TopologyTab>({
      namespace: 'jp-deep-topology'
    });
    app.docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: trans.__('Topology'),
      extensions: ['.topology'],
      mimeTypes: ['application/json'],
      fileFormat: 'text',
      contentType: 'file',
      icon: topologyIcon
    });
    const factory = new LazyDocumentFactory({
      make: options => new TopologyTab(options),
      name: FACTORY,
      label: trans.__('Topology'),
      fileTypes: [FILE_TYPE],
      defaultFor: [FILE_TYPE],
      modelName: 'text',
      load: async context => {
        const { createEditor } = await import('./createEditor');
        return createEditor({
          ...{ app, service, catalogue, context, manager, trans }
        });
      },
      trans,
      translator: translator ?? nullTranslator,
      ...(settings &&
        toolbars && {
          toolbarFactory: createToolbarFactory(
            toolbars,
            settings,
            FACTORY,
            topologiesPlugin.id,
            translator ?? nullTranslator
          )
        })
    });
    app.docRegistry.addWidgetFactory(factory);
    factory.track(tracker, topologyIcon, restorer);
    addTopologyCommands({
      app,
      tracker,
      currentFolder: () => defaultBrowser?.model.path ?? '',
      trans
    });
    const category = trans.__('DEEP');
    PALETTE.forEach(command => palette?.addItem({ command, category }));
    launcher?.add({ command: CommandIDs.newTopology, category, rank: 0.5 });
  }
};
