import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import '../../style/storage.css';
import { RunsClient } from '../activity/runsClient';
import type { IDeepService } from '../service/tokens';
import { StorageActions } from './actions';
import { KnownStorage } from './cache';
import { StorageClient } from './client';
import { CommandIDs } from './commandIds';
import { StorageDrive } from './drive/drive';
import { makeVoice } from './drive/voice';
import { FileActions } from './fileActions';
import { FilesClient } from './filesClient';
import { insertDatasetCell } from './insertDatasetCell';
import type { KnownDrives } from './knownDrives';
import { StorageModel } from './model';
import { StoragePanel } from './panel';
import { SyncBack } from './syncBack';
import { StorageView } from './view';
import { WorkingCopies } from './workingCopies';

export interface ICreateStorageOptions {
  app: JupyterFrontEnd;
  service: IDeepService;
  state: IStateDB | null;
  browsers: IFileBrowserFactory | null;
  defaultBrowser: IDefaultFileBrowser | null;
  documents: IDocumentManager | null;
  notebooks: INotebookTracker | null;
  drives: KnownDrives;
  trans: TranslationBundle;
}

/** All of the capability, once something of it is used. */
export interface IStorage {
  readonly view: StorageView;
  readonly actions: StorageActions;
  readonly files: FileActions;
  readonly workingCopies: WorkingCopies;
  drive(account: string): Contents.IDrive;
}

export function createStorage(options: ICreateStorageOptions): IStorage {
  const { app, service, browsers, drives, documents, trans } = options;
  const { contents } = app.serviceManager;
  const client = new StorageClient(service);
  const model = new StorageModel({
    service,
    client,
    runs: new RunsClient(service),
    cache: new KnownStorage(options.state),
    onAccounts: ids => drives.set(ids),
    trans
  });
  const actions: StorageActions = new StorageActions({
    client,
    model,
    trans,
    browse: async (account, path) => {
      await app.commands.execute(CommandIDs.showStorage);
      await view.browse(account, path);
    },
    openFolder: path => app.commands.execute('filebrowser:open-path', { path }),
    insertCell: dataset => insertDatasetCell(options, dataset)
  });
  const overview = new StoragePanel({ model, actions, service, trans });
  const view: StorageView = new StorageView({ overview, browsers, trans });
  return {
    view,
    actions,
    files: new FileActions({ ...options, client, model, contents }),
    workingCopies: new WorkingCopies({
      contents,
      documents,
      model,
      syncBack: new SyncBack({ contents, model, state: options.state }),
      trans
    }),
    drive: account =>
      new StorageDrive({
        client: new FilesClient(service, account),
        serverSettings: service.serverSettings,
        voice: makeVoice(trans),
        trans
      })
  };
}
