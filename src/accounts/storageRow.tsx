import type { StorageAccount } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { quotaWords } from '../storage/words';
import { RowButtons } from './accountRow';
import type { AccountActions } from './actions';

interface IStorageRowProps {
  account: StorageAccount;
  actions: AccountActions;
  trans: TranslationBundle;
}

/** A linked cloud storage, as the panel *Storage* has it. */
export function StorageRow({
  account,
  actions,
  trans
}: IStorageRowProps): JSX.Element {
  const { detail, displayName, id, origin, server, state, title } = account;
  return (
    <li data-state={state} data-urgent={state === 'needs-login'}>
      <div className="jp-DeepAccounts-line">
        <span className="jp-DeepAccounts-title">{new URL(server).host}</span>
        <span>{trans.__('Files and datasets')}</span>
        <code title={trans.__('Its name in cells')}>{id}:</code>
      </div>
      <p className="jp-DeepAccounts-facts">
        {[displayName, quotaWords(account, trans)].filter(Boolean).join(' · ')}{' '}
        <span className="jp-DeepAccounts-holding">
          {state === 'needs-login' && <span aria-hidden="true">▲ </span>}
          {state === 'needs-login'
            ? trans.__('has expired')
            : trans.__('holds until it is revoked')}
        </span>
      </p>
      {state !== 'connected' && detail && (
        <p className="jp-DeepAccounts-problem">{detail}</p>
      )}
      <RowButtons
        title={title}
        buttons={[
          [
            trans.__('Link again'),
            () => actions.linkStorage(account),
            origin === 'linked'
          ],
          [
            trans.__('Check'),
            () => actions.checkStorage(account),
            state !== 'needs-login'
          ],
          [
            trans.__('Disconnect…'),
            () => actions.disconnectStorage(account),
            origin === 'linked'
          ]
        ]}
      />
    </li>
  );
}
