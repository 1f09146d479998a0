import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import '../../style/metadata.css';
import type { IDeepService } from '../service/tokens';
import { SharedText } from '../topologies/sharedText';
import { MetadataClient } from './client';
import { CommandIDs } from './commandIds';
import { MetadataModel } from './model';
import { MetadataView } from './view';

export interface ICreateEditorOptions {
  app: JupyterFrontEnd;
  service: IDeepService;
  editors: IEditorServices;
  context: DocumentRegistry.CodeContext;
  trans: TranslationBundle;
}

/** The editor of one description, once its file is loaded. */
export async function createEditor(
  options: ICreateEditorOptions
): Promise<MetadataView> {
  const { app, service, context, trans } = options;
  await context.ready;
  const model = new MetadataModel({
    text: new SharedText(context.model),
    client: new MetadataClient(service),
    trans
  });
  void model.start();
  return new MetadataView({
    ...options,
    model,
    prepare: () =>
      void app.commands.execute(CommandIDs.prepare, { path: context.path })
  });
}
