import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { WizardModel } from './model';

/** What every step works with. */
export interface IWizardContext {
  model: WizardModel;
  commands: CommandRegistry;
  trans: TranslationBundle;

  /** Unique prefix for element ids. */
  idPrefix: string;

  /** Let the user choose a file of Jupyter; null where no dialog can be had. */
  chooseFile: (() => Promise<string | null>) | null;

  /** The folder that a project is proposed in. */
  currentFolder: () => string;

  /** Close the tab. */
  close: () => void;
}
