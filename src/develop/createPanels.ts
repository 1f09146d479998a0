import '../../style/inference.css';
import '../../style/results.css';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { CheckRequest, Development } from '@jupyterlab-deep/protocol';
import { ReadonlyPartialJSONObject, UUID } from '@lumino/coreutils';
import { createContext, ICreatePageOptions } from '../inference/createPage';
import { CheckModel } from './checkModel';
import { CheckPanel } from './checkPanel';
import type { DevelopClient } from './client';
import { CommandIDs, OtherCommandIDs } from './commandIds';
import { LiveModel } from './liveModel';
import { LivePanel } from './livePanel';
import { NewModuleModel } from './newModuleModel';
import { NewModulePanel } from './newModulePanel';
import type { INextSteps } from './nextSteps';
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
    onLog: deployment =>
      void commands.execute(OtherCommandIDs.showLog, { id: deployment }),
    stepsOf: development => stepsOf(options, folder, development)
  });
}

const METADATA = 'ai4-metadata.yml';

function stepsOf(
  options: IPanelOptions,
  folder: string,
  development: Development
): INextSteps {
  const { app, contents, inference } = options;
  const { deployment, state, kind, title } = development;
  const path = PathExt.join(folder, METADATA);
  const run = (command: string, args: ReadonlyPartialJSONObject) =>
    void app.commands.execute(command, args);
  const onPrepare = () => run(OtherCommandIDs.prepare, { path });
  const describe = () => {
    const ref = codeTab(options, folder);
    const beside = ref ? { options: { ref, mode: 'tab-after' } } : {};
    run(OtherCommandIDs.openDocument, { path, ...beside });
  };
  return {
    onDescribe: () =>
      // What is missing can be written there.
      void contents.get(path, { content: false }).then(describe, onPrepare),
    onCheck:
      deployment && state === 'serving'
        ? () => {
            const ref = codeTab(options, folder) ?? '';
            run(CommandIDs.checkServer, { id: deployment, title, ref });
          }
        : undefined,
    onShare: () => run(OtherCommandIDs.share, { folder }),
    onDeploy:
      kind === 'python'
        ? () =>
            void deploy(options, () =>
              inference.addPythonModule({ folder: development.folder })
            )
        : undefined,
    onPrepare
  };
}

/** Id of a tab with code of the folder: what is opened next stands there, so that form and next steps stay in view. */
const codeTab = (
  { app, documents }: IPanelOptions,
  folder: string
): string | undefined =>
  [...app.shell.widgets('main')].find(widget =>
    documents?.contextForWidget(widget)?.path.startsWith(`${folder}/`)
  )?.id;

/** It is among the user's modules from then on: what is served while it is edited ends with its panel. */
async function deploy(
  { app, trans }: IPanelOptions,
  add: () => Promise<{ id: string }>
): Promise<void> {
  try {
    const { id } = await add();
    await app.commands.execute(OtherCommandIDs.deploy, { id });
  } catch (reason) {
    const words = reason instanceof Error ? reason.message : String(reason);
    await showErrorMessage(trans.__('It could not be deployed'), words);
  }
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
