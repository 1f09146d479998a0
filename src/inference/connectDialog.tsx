import '../../style/inference.css';
import type { Deployment } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ConnectForm } from './connectForm';
import type { ConnectModel } from './connectModel';

const CONNECT = 1;

/**
 * Ask for the address of a running module and connect to it. The dialog stays until that is done or given up.
 *
 * @returns null when the user gave up.
 */
export async function askForConnection(
  model: ConnectModel,
  trans: TranslationBundle
): Promise<Deployment | null> {
  const dialog = new ConnectDialog(model, trans);
  try {
    await dialog.launch();
    return dialog.connected;
  } finally {
    model.cancel();
    dialog.dispose();
  }
}

class ConnectDialog extends Dialog<void> {
  constructor(
    private readonly _model: ConnectModel,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('Connect to a running module'),
      body: ReactWidget.create(<ConnectForm model={_model} trans={trans} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Connect') })
      ],
      defaultButton: CONNECT,
      focusNodeSelector: 'input'
    });
    this.addClass('jp-DeepInference-connectDialog');
  }

  connected: Deployment | null = null;

  /** *Connect*, and Enter in a field: it ends only with a connection. */
  override resolve(index = CONNECT): void {
    if (index === CONNECT) {
      void this._connect();
    } else {
      super.resolve(index);
    }
  }

  private async _connect(): Promise<void> {
    const connected = await this._model.connect();
    if (connected && !this.isDisposed) {
      this.connected = connected;
      super.resolve(CONNECT);
    }
  }
}
