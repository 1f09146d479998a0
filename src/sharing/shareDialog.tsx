import '../../style/sharing.css';
import type { Run } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ShareForm } from './shareForm';
import type { ShareModel } from './shareModel';

const SHARE = 1;

/**
 * Ask what is to be shared with whom, and begin it. The dialog stays until that is done or given up.
 *
 * @returns null when the user gave up.
 */
export async function askToShare(
  model: ShareModel,
  trans: TranslationBundle
): Promise<Run | null> {
  void model.load();
  const dialog = new ShareDialog(model, trans);
  try {
    await dialog.launch();
    return dialog.begun;
  } finally {
    dialog.dispose();
    model.dispose();
  }
}

class ShareDialog extends Dialog<void> {
  constructor(
    private readonly _model: ShareModel,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('Share a module'),
      body: ReactWidget.create(<ShareForm model={_model} trans={trans} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Share') })
      ],
      defaultButton: SHARE
    });
    this.addClass('jp-DeepSharing-dialog');
    _model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  begun: Run | null = null;

  /** *Share*: it ends only with a run. */
  override resolve(index = SHARE): void {
    if (index === SHARE) {
      void this._share();
    } else {
      super.resolve(index);
    }
  }

  /** The form says what is wrong. */
  protected override _checkValidation(): void {
    this._onChanged();
  }

  private async _share(): Promise<void> {
    const begun = await this._model.share();
    if (begun && !this.isDisposed) {
      this.begun = begun;
      super.resolve(SHARE);
    }
  }

  private _onChanged(): void {
    const button = this.node.querySelector<HTMLButtonElement>(
      'button.jp-Dialog-button.jp-mod-accept'
    );
    if (button) {
      button.disabled = !this._model.canShare;
    }
  }
}
