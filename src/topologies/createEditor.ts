import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import '@xyflow/react/dist/base.css';
import '../../style/inference.css';
import '../../style/results.css';
import '../../style/topologies.css';
import type { ICatalogue } from '../catalogue/tokens';
import { consentFor } from '../deployments/consentFor';
import { InferenceClient } from '../inference/client';
import type { IDeepService } from '../service/tokens';
import { StorageClient } from '../storage/client';
import { TopologyChecker } from './checker';
import { TopologiesClient } from './client';
import { IDatasetChoice, TopologyEditor } from './editor';
import { TopologyModel } from './model';
import { ModuleFacts } from './moduleFacts';
import { TopologyRunModel } from './runModel';
import { SharedText } from './sharedText';
import { TopologyView } from './view';

export interface ICreateEditorOptions {
  app: JupyterFrontEnd;
  service: IDeepService;
  catalogue: ICatalogue;
  context: DocumentRegistry.CodeContext;
  manager: IDocumentManager | null;
  trans: TranslationBundle;
}

/** The editor of one document, once that is loaded. */
export async function createEditor(
  options: ICreateEditorOptions
): Promise<TopologyView> {
  const { app, service, catalogue, context, manager, trans } = options;
  const { contents } = app.serviceManager;
  await context.ready;
  const client = new TopologiesClient(service);
  const jupyterPath = () => contents.localPath(context.path);
  const model = new TopologyModel({
    text: new SharedText(context.model),
    readOnlyWords: trans.__('The document is read-only.')
  });
  const facts = new ModuleFacts({
    client,
    catalogue,
    askForConsent: consentFor(new InferenceClient(service), trans),
    trans
  });
  const editor = new TopologyEditor({
    model,
    checker: new TopologyChecker({ model, client, facts, jupyterPath, trans }),
    facts,
    run: new TopologyRunModel({ service, client, facts, jupyterPath, trans }),
    client,
    catalogue,
    commands: app.commands,
    contents,
    chooseFolder:
      manager &&
      (() => chooseFolder(manager, PathExt.dirname(jupyterPath()), trans)),
    datasets: () => datasetsOf(new StorageClient(service)),
    jupyterPath,
    save: () => context.save(),
    trans
  });
  return new TopologyView(editor, service);
}

async function datasetsOf(client: StorageClient): Promise<IDatasetChoice[]> {
  const [datasets, accounts] = await Promise.all([
    client.datasets(),
    client.accounts()
  ]);
  const linked = new Set(accounts.map(({ id }) => id));
  return datasets.map(({ ref, account }) => ({
    ref,
    isLinked: linked.has(account)
  }));
}

async function chooseFolder(
  manager: IDocumentManager,
  defaultPath: string,
  trans: TranslationBundle
): Promise<string | null> {
  const { value } = await FileDialog.getExistingDirectory({
    manager,
    defaultPath,
    title: trans.__('Files of which folder?')
  });
  return value?.[0]?.path ?? null;
}
