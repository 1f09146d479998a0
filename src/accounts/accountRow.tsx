import type { Account, ImEntry } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { AccountActions } from './actions';
import { holdingOf, personWords } from './words';

interface IAccountRowProps {
  account: Account;
  actions: AccountActions;
  now: number;
  trans: TranslationBundle;
}

/** An account: what it is for, who I am there, until when it holds, and what can be done. */
export function AccountRow(props: IAccountRowProps): JSX.Element {
  const { account, now, trans } = props;
  const { detail, entries, id, memberships, purpose, state, title, until } =
    account;
  const holding = holdingOf(account, now, trans);
  return (
    <li
      data-state={state}
      data-urgent={holding.isUrgent}
      data-deep-account={id}
    >
      <div className="jp-DeepAccounts-line">
        <span className="jp-DeepAccounts-title">{title}</span>
        {purpose && <span>{purpose}</span>}
        <code title={trans.__('Its name for deployments')}>{id}</code>
      </div>
      <p className="jp-DeepAccounts-facts">
        {personWords(account)}{' '}
        <span
          className="jp-DeepAccounts-holding"
          title={until && new Date(until).toLocaleString()}
        >
          {holding.isUrgent && <span aria-hidden="true">▲ </span>}
          {holding.words}
        </span>
      </p>
      {state !== 'connected' && detail && (
        <p className="jp-DeepAccounts-problem">{detail}</p>
      )}
      {memberships.length > 0 && (
        <details>
          <summary>
            {trans.__('Roles and organisations (%1)', memberships.length)}
          </summary>
          <ul>
            {memberships.map(name => (
              <li key={name}>
                <code>{name}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      {entries && <Entries entries={entries} trans={trans} />}
      <Buttons {...props} />
    </li>
  );
}

/** What is secret in them never reaches this page. */
function Entries({
  entries,
  trans
}: {
  entries: ImEntry[];
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <details>
      <summary>{trans.__('Entries (%1)', entries.length)}</summary>
      <ul>
        {entries.map(({ account, fields, host, id, type, username }, index) => (
          <li key={index}>
            {[id, type, host, username].filter(Boolean).join(' · ')}{' '}
            <span className="jp-DeepAccounts-hint">
              {account
                ? trans.__('with the token of %1', account)
                : fields.join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Buttons({ account, actions, trans }: IAccountRowProps): JSX.Element {
  const { kind, title } = account;
  const isOwn = kind !== 'jupyterhub';
  const buttons: [string, () => Promise<void>, boolean][] = [
    [
      kind === 'im' ? trans.__('Replace…') : trans.__('Link again'),
      () => actions.linkAgain(account),
      isOwn
    ],
    [trans.__('Check'), () => actions.check(account), kind !== 'im'],
    [trans.__('Disconnect…'), () => actions.disconnect(account), isOwn]
  ];
  return <RowButtons title={title} buttons={buttons} />;
}

/** Buttons of a row, named after it for those who do not see the row. */
export function RowButtons({
  title,
  buttons
}: {
  title: string;
  buttons: [label: string, act: () => Promise<void>, isOffered: boolean][];
}): JSX.Element {
  return (
    <div className="jp-DeepAccounts-actions">
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
