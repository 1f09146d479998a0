import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { LinkForm } from './linkForm';
import { LinkModel } from './linkModel';

/** Ends when the account is linked, or when it is closed. */
export async function showLink(
  model: LinkModel,
  trans: TranslationBundle
): Promise<void> {
  const dialog = new Dialog({
    title: titleOf(model, trans),
    body: ReactWidget.create(<LinkForm model={model} trans={trans} />),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })],
    focusNodeSelector: 'input[type=text]'
  });
  dialog.addClass('jp-DeepStorage-linkDialog');
  if (model.again && model.kind === 'nextcloud') {
    // Its address is known: there is nothing to be filled in.
    void model.submit();
  }
  // Enter belongs to the form: heard before Lab's own listener on this node, which would close the dialog.
  dialog.node.addEventListener(
    'keydown',
    event => {
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
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

function titleOf(model: LinkModel, trans: TranslationBundle): string {
  if (model.purpose === 'rclone') {
    return trans.__('Copy rclone settings');
  }
  if (model.purpose === 'deployments') {
    return trans.__('Let deployments use %1', model.again?.title ?? '');
  }
  return model.again
    ? trans.__('Link %1 again', model.again.title)
    : trans.__('Link a cloud storage');
}
