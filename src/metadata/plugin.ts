import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IDeepService } from '../service/tokens';
import { moduleIcon } from '../shared/icons';
import { LazyDocumentFactory } from '../shared/lazyDocument';
import { CommandIDs } from './commandIds';
import { addMetadataCommands } from './commands';
import { FACTORY, FILE_TYPE, MetadataTab } from './tab';

export const metadataPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deep:metadata',
  description: 'Descriptions of modules as form and text.',
  autoStart: true,
  requires: [IDeepService, IEditorServices],
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    IDefaultFileBrowser,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    service: IDeepService,
    editors: IEditorServices,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    defaultBrowser: IDefaultFileBrowser | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deep');
    const tracker = new WidgetTracker<MetadataTab>({
      namespace: 'jp-deep-metadata'
    });
    app.docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: trans.__('Module Metadata'),
      // By its name alone: other YAML files are none of ours.
      extensions: [],
      pattern: '^ai4-metadata\\.ya?ml$',
      mimeTypes: ['text/x-yaml'],
      fileFormat: 'text',
      contentType: 'file',
      icon: moduleIcon
    });
    const factory = new LazyDocumentFactory({
      make: options => new MetadataTab(options),
      name: FACTORY,
      label: trans.__('Module Metadata'),
      fileTypes: [FILE_TYPE],
      defaultFor: [FILE_TYPE],
      modelName: 'text',
      load: async context => {
        const { createEditor } = await import('./createEditor');
        return createEditor({ app, service, editors, context, trans });
      },
      trans,
      translator: translator ?? nullTranslator
    });
    app.docRegistry.addWidgetFactory(factory);
    factory.track(tracker, moduleIcon, restorer);
    addMetadataCommands({ app, service, tracker, defaultBrowser, trans });
    const category = trans.__('DEEP');
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
  }
};
