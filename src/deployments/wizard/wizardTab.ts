import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { moduleIcon } from '../../shared/icons';
import { LazyTab } from '../../shared/lazyTab';
import type { WizardModel } from './model';
import type { WizardPanel } from './panel';

/** The wizard as a tab of the main area: files can be dropped from the browser beside it. */
export class WizardTab extends LazyTab {
  constructor({ load, open, trans }: WizardTab.IOptions) {
    super({
      id: `jp-deep-wizard-${UUID.uuid4()}`,
      label: trans.__('Deploy a model'),
      icon: moduleIcon,
      load: async () => {
        const panel = await load(() => this.close());
        this._model = panel.wizard.model;
        void open(this._model);
        return panel;
      },
      failed: reason =>
        trans.__('The wizard could not be loaded: %1', String(reason)),
      trans
    });
    this._trans = trans;
  }

  /** Null before its content is loaded. */
  get model(): WizardModel | null {
    return this._model;
  }

  /** Asks first where something that was typed or made would be lost. */
  protected override onCloseRequest(message: Message): void {
    if (!this._model?.hasSomethingToLose) {
      super.onCloseRequest(message);
      return;
    }
    void this._askToClose();
  }

  private async _askToClose(): Promise<void> {
    if (this._isAsking) {
      return;
    }
    this._isAsking = true;
    const trans = this._trans;
    const { button } = await showDialog({
      title: trans.__('Discard this model?'),
      body: trans.__(
        'What you filled in and the draft would be lost. The model’s own file stays as it is.'
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Go on editing') }),
        Dialog.warnButton({ label: trans.__('Discard') })
      ]
    });
    this._isAsking = false;
    if (button.accept && !this.isDisposed) {
      void this._model?.discard();
      this.dispose();
    }
  }

  private readonly _trans: TranslationBundle;
  private _model: WizardModel | null = null;
  private _isAsking = false;
}

export namespace WizardTab {
  export interface IOptions {
    load: (close: () => void) => Promise<WizardPanel>;

    /** What it begins with. */
    open: (model: WizardModel) => Promise<void>;
    trans: TranslationBundle;
  }
}
