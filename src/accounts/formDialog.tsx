import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';

/** A form with steps of its own in a dialog; ends when it is closed, and its model with it. */
export async function showForm(
  title: string,
  form: JSX.Element,
  model: IDisposable,
  trans: TranslationBundle
): Promise<void> {
  const dialog = new Dialog({
    title,
    body: ReactWidget.create(form),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })],
    focusNodeSelector: 'input, a[href]'
  });
  dialog.addClass('jp-DeepAccounts-dialog');
  // Enter belongs to the form: heard before Lab's own listener on this node, which would close the dialog.
  dialog.node.addEventListener(
    'keydown',
    event => {
      const { target } = event;
      const isOfForm =
        target instanceof HTMLElement &&
        target.closest('.jp-DeepAccounts-form') !== null;
      if (event.key === 'Enter' && isOfForm) {
        event.stopImmediatePropagation();
      }
    },
    true
  );
  try {
    await dialog.launch();
  } finally {
    model.dispose();
  }
}
