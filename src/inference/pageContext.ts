import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ICatalogue } from '../catalogue/tokens';
import type { IDeepService } from '../service/tokens';
import type { ChosenFile } from './chosenFile';
import type { InferenceClient } from './client';
import type { ModuleModel } from './model';

/** What every part of a module's page works with. */
export interface IPageContext {
  model: ModuleModel;
  catalogue: ICatalogue;
  service: IDeepService;
  client: InferenceClient;
  commands: CommandRegistry;
  contents: Contents.IManager;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;

  /** Unique prefix for element ids. */
  idPrefix: string;

  /** Let the user choose a file of Jupyter; null where no dialog can be had. */
  chooseFromJupyter: (() => Promise<ChosenFile | null>) | null;

  /** Let the user choose a folder of Jupyter; null where no dialog can be had. */
  chooseFolder: (() => Promise<string | null>) | null;

  /** The folder that new notebooks go to. */
  currentFolder: () => string;
}
