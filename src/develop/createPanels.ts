import '../../style/inference.css';
import '../../style/results.css';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { CheckRequest } from '@jupyterlab-deep/protocol';
import { UUID } from '@lumino/coreutils';
import { createContext, ICreatePageOptions } from '../inference/createPage';
import { CheckModel } from './checkModel';
import { CheckPanel } from './checkPanel';
import type { DevelopClient } from './client';
import { CommandIDs } from './commandIds';
import { LiveModel } from './liveModel';
import { LivePanel } from './livePanel';
import { NewModuleModel } from './newModuleModel';
import { NewModulePanel } from './newModulePanel';
import { openAt } from './openAt';

export interface IPanelOptions extends Omit<
  ICreatePageOptions,
  'module' | 'remembered' | 'client'
> {
  app: JupyterFrontEnd;
  develop: DevelopClient;
  inference: ICreatePageOptions['client'];
  saveNotebook: (path: string) => Promise<void>;
}

/** *New module*. */
export function createNewModule(
  options: IPanelOptions,
  notebook: string | undefined,
  close: () => void
): NewModulePanel {
  const { app, develop, trans, currentFolder, saveNotebook } = options;
  return new NewModulePanel({
    model: new NewModuleModel({
      client: develop,
      notebook,
      currentFolder: () => options.contents.localPath(currentFolder()),
      trans
    }),
    trans,
    idPrefix: `jp-deep-new-${UUID.uuid4()}`,
    saveNotebook,
    chooseFile: options.documents && (() => chooseFile(options)),
    close,
    onWritten: ({ jupyterPath, start }) => {
      close();
      if (jupyterPath !== undefined) {
        void openAt(app, `${jupyterPath}/${start}`, 1).then(() =>
          app.commands.execute(CommandIDs.serveFolder, { path: jupyterPath })
        );
      }
    }
  });
}

/** *Serve while I edit*. */
export function createLive(options: IPanelOptions, folder: string): LivePanel {
  const { app, develop, inference, service, catalogue, trans } = options;
  const { commands } = app;
  const model = new LiveModel({
    client: develop,
    inference,
    service,
    folder,
    trans,
    makePage: module =>
      createContext({
        ...options,
        client: inference,
        module,
        // What is being edited is no module that anybody used.
        catalogue: {
          list: (query, signal) => catalogue.list(query, signal),
          get: id => catalogue.get(id),
          favourites: catalogue.favourites,
          used: () => undefined
        }
      })
  });
  return new LivePanel({
    model,
    service,
    trans,
    openAt: (file, line) => void openAt(app, `${folder}/${file}`, line),
    onCheck: deployment =>
      void commands.execute(CommandIDs.checkServer, { id: deployment }),
    onLog: deployment =>
      void commands.execute('deep:show-deployment-log', { id: deployment })
  });
}

/** *Check*. */
export function createCheck(
  { develop, inference, service, trans }: IPanelOptions,
  request: CheckRequest,
  title: string
): CheckPanel {
  return new CheckPanel({
    model: new CheckModel({
      client: develop,
      inference,
      service,
      request,
      trans
    }),
    title,
    trans
  });
}

async function chooseFile(options: IPanelOptions): Promise<string | null> {
  const { documents, translator, contents, trans, currentFolder } = options;
  const { value } = await FileDialog.getOpenFiles({
    manager: documents!,
    title: trans.__('Choose a file'),
    defaultPath: contents.localPath(currentFolder()),
    translator: translator ?? undefined
  });
  const path = value?.[0]?.path;
  return path === undefined ? null : contents.localPath(path);
}
