import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { asRequestError, DeepRequestError } from '../service/errors';
import { ErrorBox } from '../shared/errorBox';

interface IWorkOptions<V, T> {
  title: string;
  okLabel: string;

  /** What the form begins with. */
  value: V;
  form: (value: V, change: (changed: Partial<V>) => void) => JSX.Element;

  /** @throws for what is shown in the dialog, which stays. */
  work: (value: V) => Promise<T>;

  /** Its answer where the service has no such route. */
  missing: string;
  trans: TranslationBundle;
}

const OK = 1;

/** A form in a dialog that stays until its work is done. @returns null when it was given up. */
export async function askAndDo<V, T>(
  options: IWorkOptions<V, T>
): Promise<T | null> {
  const dialog = new WorkDialog(options);
  try {
    await dialog.launch();
    return dialog.result;
  } finally {
    dialog.dispose();
  }
}

class WorkDialog<V, T> extends Dialog<void> {
  constructor(private readonly _work: IWorkOptions<V, T>) {
    const { title, okLabel, trans } = _work;
    const body = new WorkBody(_work);
    super({
      title,
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: okLabel })
      ],
      defaultButton: OK,
      focusNodeSelector: 'input, select'
    });
    this._form = body;
    this.addClass('jp-DeepTopologies-dialog');
  }

  result: T | null = null;

  override resolve(index = OK): void {
    if (index === OK) {
      void this._do();
    } else {
      super.resolve(index);
    }
  }

  private async _do(): Promise<void> {
    const { work, trans } = this._work;
    if (this._form.isBusy) {
      return;
    }
    this._form.begin();
    try {
      this.result = await work(this._form.value);
    } catch (reason) {
      this._form.end(asRequestError(reason, trans));
      return;
    }
    if (!this.isDisposed) {
      super.resolve(OK);
    }
  }

  private readonly _form: WorkBody<V, T>;
}

class WorkBody<V, T> extends ReactWidget {
  constructor(private readonly _work: IWorkOptions<V, T>) {
    super();
    this.value = _work.value;
  }

  value: V;

  get isBusy(): boolean {
    return this._isBusy;
  }

  begin(): void {
    this._isBusy = true;
    this._error = null;
    this.update();
  }

  end(error: DeepRequestError): void {
    this._isBusy = false;
    this._error = error;
    this.update();
  }

  protected render(): JSX.Element {
    const { form, trans, missing } = this._work;
    const error = this._error;
    return (
      <div className="jp-DeepTopologies-form">
        {form(this.value, changed => {
          this.value = { ...this.value, ...changed };
          this.update();
        })}
        {this._isBusy && <p role="status">{trans.__('A moment…')}</p>}
        {error && (
          <ErrorBox
            trans={trans}
            problem={
              error.key === 'not-found'
                ? { ...error.problem, detail: missing }
                : error.problem
            }
          />
        )}
      </div>
    );
  }

  private _isBusy = false;
  private _error: DeepRequestError | null = null;
}
