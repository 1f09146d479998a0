import '../../style/inference.css';
import '../../style/pythonModules.css';
import '../../style/results.css';
import '../../style/training.css';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { UUID } from '@lumino/coreutils';
import type { ICatalogue } from '../catalogue/tokens';
import type { IDeepService } from '../service/tokens';
import { ChosenFile, fromContents } from './chosenFile';
import type { InferenceClient } from './client';
import { ModuleModel } from './model';
import { ModulePage } from './panel';
import type { IPageContext } from './pageContext';
import type { RememberedForms } from './remembered';

export interface ICreatePageOptions {
  /** Module id. */
  module: string;
  service: IDeepService;
  catalogue: ICatalogue;
  client: InferenceClient;
  rendermime: IRenderMimeRegistry;
  contents: Contents.IManager;
  documents: IDocumentManager | null;
  translator: ITranslator | null;
  commands: CommandRegistry;
  currentFolder: () => string;
  /** Without it nothing is remembered. */
  remembered?: RememberedForms;
  trans: TranslationBundle;
}

/** A page with its model. The page disposes of the model. */
export const createPage = (options: ICreatePageOptions): ModulePage =>
  new ModulePage(createContext(options));

/** What every part of a module's page works with. Whoever asks for it disposes of its model. */
export const createContext = (options: ICreatePageOptions): IPageContext => ({
  ...options,
  model: new ModuleModel(options),
  idPrefix: `jp-deep-${UUID.uuid4()}`,
  chooseFromJupyter: options.documents && (() => chooseFile(options)),
  chooseFolder: options.documents && (() => chooseFolder(options))
});

async function chooseFile(
  options: ICreatePageOptions
): Promise<ChosenFile | null> {
  const { documents, translator, contents, trans, currentFolder } = options;
  const { value } = await FileDialog.getOpenFiles({
    manager: documents!,
    title: trans.__('Choose a file'),
    defaultPath: contents.localPath(currentFolder()),
    translator: translator ?? undefined
  });
  const path = value?.[0]?.path;
  return path === undefined ? null : fromContents(contents, path, trans);
}

async function chooseFolder(
  options: ICreatePageOptions
): Promise<string | null> {
  const { documents, translator, contents, trans, currentFolder } = options;
  const { value } = await FileDialog.getExistingDirectory({
    manager: documents!,
    title: trans.__('Choose a folder'),
    defaultPath: contents.localPath(currentFolder()),
    translator: translator ?? undefined
  });
  const path = value?.[0]?.path;
  return path === undefined ? null : contents.localPath(path);
}
