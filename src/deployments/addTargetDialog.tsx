import '../../style/inference.css';
import type { Target } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { AddTargetForm } from './addTargetForm';
import type { AddTargetModel } from './addTargetModel';

const ADD = 1;

/** Ask for a place and add it. The dialog stays until that is done or given up. @returns null when the user gave up. */
export async function askForTarget(
  model: AddTargetModel,
  trans: TranslationBundle
): Promise<Target | null> {
  const dialog = new AddTargetDialog(model, trans);
  try {
    await dialog.launch();
    return dialog.added;
  } finally {
    model.dispose();
    dialog.dispose();
  }
}

class AddTargetDialog extends Dialog<void> {
  constructor(
    private readonly _model: AddTargetModel,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('Add a place for deployments'),
      body: ReactWidget.create(<AddTargetForm model={_model} trans={trans} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Add') })
      ],
      defaultButton: ADD,
      focusNodeSelector: 'select'
    });
    this.addClass('jp-DeepDeployments-dialog');
  }

  added: Target | null = null;

  /** *Add*, and Enter in a field: it ends only with a place. */
  override resolve(index = ADD): void {
    if (index === ADD) {
      void this._add();
    } else {
      super.resolve(index);
    }
  }

  private async _add(): Promise<void> {
    const added = await this._model.add();
    if (added && !this.isDisposed) {
      this.added = added;
      super.resolve(ADD);
    }
  }
}
