import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { LinkShare, PersonSearch } from './shareForms';
import type { ShareModel } from './shareModel';
import { ShareRow } from './shareRow';

/** Who something is shared with: added, changed, removed. */
export async function showShares(
  model: ShareModel,
  trans: TranslationBundle
): Promise<void> {
  void model.load();
  await showDialog({
    title: trans.__('Share “%1”', model.name),
    body: ReactWidget.create(<Shares model={model} trans={trans} />),
    buttons: [Dialog.okButton({ label: trans.__('Close') })],
    focusNodeSelector: 'input'
  });
  model.dispose();
}

interface ISharesProps {
  model: ShareModel;
  trans: TranslationBundle;
}

export function Shares(props: ISharesProps): JSX.Element {
  const { model, trans } = props;
  useChanges(model);
  const { shares, error } = model;
  return (
    <div className="jp-DeepStorage-shares">
      {error && <ErrorBox problem={error.problem} trans={trans} />}
      <PersonSearch {...props} />
      <LinkShare {...props} />
      <h3>{trans.__('Shared with')}</h3>
      <p role="status">
        {shares === null
          ? trans.__('Asking…')
          : shares.length === 0
            ? trans.__('Nobody yet.')
            : ''}
      </p>
      <ul>
        {shares?.map(share => (
          <ShareRow key={share.id} {...{ share, model, trans }} />
        ))}
      </ul>
    </div>
  );
}
