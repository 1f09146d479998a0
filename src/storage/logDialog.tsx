import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

/** The log of a transfer. */
export async function showLog(
  title: string,
  text: string,
  trans: TranslationBundle
): Promise<void> {
  await showDialog({
    title: trans.__('Log of “%1”', title),
    body: ReactWidget.create(
      <pre
        className="jp-DeepStorage-log"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Log')}
      >
        {text || trans.__('Nothing was written yet.')}
      </pre>
    ),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}
