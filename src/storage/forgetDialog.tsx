import type { Dataset, DatasetRemoval } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

/** What becomes of the files here; null where nothing shall happen. */
export async function askForget(
  dataset: Dataset,
  trans: TranslationBundle
): Promise<DatasetRemoval | null> {
  const removal: DatasetRemoval = {};
  const dialog = new Dialog({
    title: trans.__('Forget the dataset %1?', dataset.name),
    body: ReactWidget.create(
      <Forget
        {...{ dataset, trans }}
        onChange={c => Object.assign(removal, c)}
      />
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Forget') })
    ]
  });
  const { button } = await dialog.launch();
  return button.accept ? removal : null;
}

interface IForgetProps {
  dataset: Dataset;
  trans: TranslationBundle;
  onChange: (change: DatasetRemoval) => void;
}

function Forget({ dataset, trans, onChange }: IForgetProps): JSX.Element {
  const { way, waiting } = dataset;
  return (
    <div className="jp-DeepStorage-forget">
      <p>{trans.__('The files in the cloud stay as they are.')}</p>
      {way === 'copy' && (
        <label>
          <input
            type="checkbox"
            onChange={event => onChange({ keepFiles: event.target.checked })}
          />
          {trans.__('Leave the copied files on this machine')}
        </label>
      )}
      {waiting.files > 0 && (
        <label>
          <input
            type="checkbox"
            onChange={event =>
              onChange({ giveUpWaiting: event.target.checked })
            }
          />
          {trans._n(
            'Give up %2 file that is not in the cloud yet',
            'Give up %2 files that are not in the cloud yet',
            waiting.files,
            waiting.files.toLocaleString()
          )}
        </label>
      )}
    </div>
  );
}
