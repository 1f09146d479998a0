import type { StorageAccount } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { StorageActions } from './actions';
import { quotaWords } from './words';

interface IAccountRowProps {
  account: StorageAccount;
  actions: StorageActions;
  trans: TranslationBundle;
}

/** An account: who, where, how full, and what can be done. */
export function AccountRow(props: IAccountRowProps): JSX.Element {
  const { account, actions, trans } = props;
  const { id, title, state, detail, lacks } = account;
  return (
    <li data-state={state} data-deep-account={id}>
      <div className="jp-DeepStorage-line">
        <button
          type="button"
          className="jp-DeepStorage-title"
          title={trans.__('Browse %1', title)}
          onClick={() => void actions.browse(id)}
        >
          {title}
        </button>
        <code title={trans.__('Its name in cells')}>{id}:</code>
      </div>
      <Quota account={account} trans={trans} />
      {state !== 'connected' && (
        <p className="jp-DeepStorage-problem">
          <span aria-hidden="true">▲</span>{' '}
          {detail ??
            (state === 'needs-login'
              ? trans.__('Its password was refused.')
              : trans.__('It does not answer.'))}
        </p>
      )}
      {lacks.length > 0 && (
        <details>
          <summary>{trans.__('What this server lacks')}</summary>
          <ul>
            {lacks.map(words => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </details>
      )}
      <Buttons {...props} />
    </li>
  );
}

function Quota({
  account,
  trans
}: Pick<IAccountRowProps, 'account' | 'trans'>): JSX.Element | null {
  const { quota, title } = account;
  if (!quota) {
    return null;
  }
  return (
    <div className="jp-DeepStorage-quota">
      {quota.totalBytes !== undefined && (
        <progress
          aria-label={trans.__('Space used on %1', title)}
          max={Math.max(quota.totalBytes, 1)}
          value={quota.usedBytes}
        />
      )}
      <span>{quotaWords(account, trans)}</span>
    </div>
  );
}

function Buttons({ account, actions, trans }: IAccountRowProps): JSX.Element {
  const { id, title, kind, state, origin, isForDeployments } = account;
  const mayBeGiven =
    kind === 'nextcloud' && state === 'connected' && origin === 'linked';
  const buttons: [string, () => Promise<void>, boolean][] = [
    [
      trans.__('Link again'),
      () => actions.link(account),
      state === 'needs-login'
    ],
    [trans.__('Browse'), () => actions.browse(id), state === 'connected'],
    [trans.__('Check'), () => actions.check(id), state === 'unreachable'],
    [
      trans.__('Copy rclone settings…'),
      () => actions.copyRclone(account),
      kind === 'nextcloud' && state === 'connected'
    ],
    [
      trans.__('Let deployments use it…'),
      () => actions.allowDeployments(account),
      mayBeGiven && !isForDeployments
    ],
    [
      trans.__('Take it back from deployments…'),
      () => actions.takeBack(account),
      isForDeployments === true
    ],
    [
      trans.__('Disconnect…'),
      () => actions.disconnect(account),
      origin === 'linked'
    ]
  ];
  return (
    <div className="jp-DeepStorage-actions">
      {buttons
        .filter(([, , isOffered]) => isOffered)
        .map(([label, act]) => (
          <button
            key={label}
            type="button"
            aria-label={`${label} ${title}`}
            onClick={() => void act()}
          >
            {label}
          </button>
        ))}
    </div>
  );
}
