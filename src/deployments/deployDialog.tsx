import '../../style/inference.css';
import type {
  Consent,
  Deployment,
  Problem,
  Run
} from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { DeployForm } from './deployForm';
import type { DeployModel } from './deployModel';

const DEPLOY = 1;

/**
 * Lets the user look at foreign code.
 *
 * @param refused The service's words.
 * @returns null when it shall not run.
 */
export type AskForConsent = (
  module: string,
  refused: Problem
) => Promise<Consent | null>;

/**
 * Ask for what a deployment needs, and begin it. The dialog stays until that is done or given up; only for the question
 * whether foreign code may run it makes room, since Lab shows one dialog at a time.
 *
 * @returns null when the user gave up.
 */
export async function askToDeploy(
  model: DeployModel,
  askForConsent: AskForConsent,
  trans: TranslationBundle
): Promise<Deployment | Run | null> {
  void model.load();
  try {
    for (;;) {
      const { begun, needsConsent } = await showOnce(model, trans);
      const refused = model.error?.problem;
      if (!needsConsent || !refused) {
        return begun;
      }
      const consent = await askForConsent(model.module, refused);
      const agreed = consent && (await model.deploy(consent));
      if (agreed) {
        return agreed;
      }
    }
  } finally {
    model.dispose();
  }
}

async function showOnce(
  model: DeployModel,
  trans: TranslationBundle
): Promise<{ begun: Deployment | Run | null; needsConsent: boolean }> {
  const dialog = new DeployDialog(model, trans);
  try {
    await dialog.launch();
    const { begun, needsConsent } = dialog;
    return { begun, needsConsent };
  } finally {
    dialog.dispose();
  }
}

class DeployDialog extends Dialog<void> {
  constructor(
    private readonly _model: DeployModel,
    trans: TranslationBundle
  ) {
    super({
      title: titleOf(_model, trans),
      body: ReactWidget.create(
        <DeployForm
          model={_model}
          trans={trans}
          onSubmit={() => this.resolve(DEPLOY)}
        />
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Deploy') })
      ],
      defaultButton: DEPLOY,
      focusNodeSelector: 'input, select'
    });
    this.addClass('jp-DeepDeployments-dialog');
    _model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  begun: Deployment | Run | null = null;
  needsConsent = false;

  /** *Deploy*, and Enter in a field: it ends only with a deployment, or a question. */
  override resolve(index = DEPLOY): void {
    if (index === DEPLOY) {
      void this._deploy();
    } else {
      super.resolve(index);
    }
  }

  /** The form says at its fields what is wrong. */
  protected override _checkValidation(): void {
    this._onChanged();
  }

  private async _deploy(): Promise<void> {
    const begun = await this._model.deploy();
    if (this.isDisposed) {
      return;
    }
    this.begun = begun;
    this.needsConsent = this._model.error?.key === 'consent-needed';
    if (begun || this.needsConsent) {
      super.resolve(DEPLOY);
    }
  }

  private _onChanged(): void {
    const button = this.node.querySelector<HTMLButtonElement>(
      'button.jp-Dialog-button.jp-mod-accept'
    );
    if (button) {
      button.disabled = !this._model.canDeploy;
    }
  }
}

function titleOf({ start }: DeployModel, trans: TranslationBundle): string {
  if (start.like) {
    return start.target === undefined
      ? trans.__('Redeploy elsewhere')
      : trans.__('Duplicate a deployment');
  }
  return trans.__('Deploy a module');
}
