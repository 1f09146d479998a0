import '../../style/sharing.css';
import type { SharedModule } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import type { OpenLinkModel } from './openLinkModel';

const OPEN = 1;

/**
 * Ask for a link, and look behind it. The dialog stays until that is done or given up.
 *
 * @returns what lies behind it; null when the user gave up
 */
export async function askForLink(
  model: OpenLinkModel,
  trans: TranslationBundle
): Promise<SharedModule[] | null> {
  const dialog = new OpenLinkDialog(model, trans);
  try {
    await dialog.launch();
    return dialog.opened;
  } finally {
    dialog.dispose();
    model.dispose();
  }
}

class OpenLinkDialog extends Dialog<void> {
  constructor(
    private readonly _model: OpenLinkModel,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('Open a share by its link'),
      body: ReactWidget.create(<OpenLinkForm model={_model} trans={trans} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Open') })
      ],
      focusNodeSelector: 'input',
      defaultButton: OPEN
    });
    this.addClass('jp-DeepSharing-dialog');
    _model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  opened: SharedModule[] | null = null;

  /** *Open*: it ends only with what lies behind the link. */
  override resolve(index = OPEN): void {
    if (index === OPEN) {
      void this._open();
    } else {
      super.resolve(index);
    }
  }

  /** The form says what is wrong. */
  protected override _checkValidation(): void {
    this._onChanged();
  }

  private async _open(): Promise<void> {
    const opened = await this._model.open();
    if (opened && !this.isDisposed) {
      this.opened = opened;
      super.resolve(OPEN);
    }
  }

  private _onChanged(): void {
    const button = this.node.querySelector<HTMLButtonElement>(
      'button.jp-Dialog-button.jp-mod-accept'
    );
    if (button) {
      button.disabled = !this._model.canOpen;
    }
  }
}

interface IOpenLinkFormProps {
  model: OpenLinkModel;
  trans: TranslationBundle;
}

export function OpenLinkForm(props: IOpenLinkFormProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { error, isBusy, link, needsPassword, password } = model;
  return (
    <div className="jp-DeepSharing-form">
      <label>
        {trans.__('The link, as it was sent to you')}
        <input
          className="jp-mod-styled"
          type="url"
          autoComplete="off"
          spellCheck={false}
          maxLength={2000}
          placeholder={trans.__('Such as %1', 'https://cloud.example.org/s/…')}
          value={link}
          onChange={event => model.setLink(event.currentTarget.value)}
        />
      </label>
      <PrivateHost {...props} />
      {needsPassword && (
        <label>
          {trans.__('Its password: its sender has told you')}
          <input
            className="jp-mod-styled"
            type="password"
            autoFocus
            autoComplete="off"
            maxLength={1000}
            value={password}
            onChange={event => model.setPassword(event.currentTarget.value)}
          />
        </label>
      )}
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      <p role="status" className="jp-DeepSharing-status">
        {isBusy && trans.__('Looking behind it…')}
      </p>
      <p className="jp-DeepSharing-hint">
        {trans.__(
          'What lies behind it is listed under “Shared with me” and followed, checked as any other share: signature, versions, every file. You need no account there.'
        )}
      </p>
    </div>
  );
}

function PrivateHost({ model, trans }: IOpenLinkFormProps): JSX.Element | null {
  const { privateWords, isConfirmed } = model;
  return privateWords === null ? null : (
    <div role="alert" className="jp-DeepSharing-warning">
      <p>
        {privateWords}{' '}
        {trans.__(
          'A link that somebody sent may be meant to reach into your own network.'
        )}
      </p>
      <label className="jp-DeepSharing-check">
        <input
          type="checkbox"
          checked={isConfirmed}
          onChange={event => model.confirm(event.currentTarget.checked)}
        />
        {trans.__('I know this machine')}
      </label>
    </div>
  );
}
