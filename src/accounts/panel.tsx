import type { AccountProvider } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { ErrorBox } from '../shared/errorBox';
import { useChanges } from '../shared/useChanges';
import { AccountRow } from './accountRow';
import type { AccountActions } from './actions';
import type { AccountsModel } from './model';
import { StorageRow } from './storageRow';
import { holdingOf } from './words';

/** Words are about minutes. */
const TICK_MS = 10_000;

export interface IAccountsProps {
  model: AccountsModel;
  actions: AccountActions;
  service: IDeepService;
  trans: TranslationBundle;
}

/** *Accounts*: who I am where, until when, and where I could sign in. */
export class AccountsPanel extends ReactWidget {
  constructor(private readonly _options: IAccountsProps) {
    super();
    this.addClass('jp-DeepAccounts');
    this.node.tabIndex = -1;
    void _options.model.refresh();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected render(): JSX.Element {
    return <Accounts {...this._options} />;
  }
}

function Accounts(props: IAccountsProps): JSX.Element {
  const { model, actions, service, trans } = props;
  useChanges(model);
  const now = useNow();
  const { accounts, error, storage } = model;
  return (
    <>
      <ConnectionBanner service={service} trans={trans} />
      <div className="jp-DeepAccounts-header">
        <h1>{trans.__('Accounts')}</h1>
        <button
          type="button"
          className="jp-mod-styled"
          disabled={model.isRefreshing}
          onClick={() => void actions.refresh()}
        >
          {trans.__('Refresh')}
        </button>
      </div>
      {error && !error.isOffline && (
        <ErrorBox problem={error.problem} trans={trans} />
      )}
      <p role="status" className="jp-DeepAccounts-said">
        {accounts ? urgentWords(model, now, trans) : trans.__('Asking…')}
      </p>
      {accounts?.length === 0 && storage.length === 0 && (
        <p className="jp-DeepAccounts-hint">
          {trans.__(
            'Nobody is signed in anywhere. Sign in below to deploy modules in clouds.'
          )}
        </p>
      )}
      <ul className="jp-DeepAccounts-list">
        {accounts?.map(account => (
          <AccountRow key={account.id} {...{ account, actions, now, trans }} />
        ))}
        {storage.map(account => (
          <StorageRow
            key={`storage ${account.id}`}
            {...{ account, actions, trans }}
          />
        ))}
      </ul>
      {accounts && <More {...props} />}
    </>
  );
}

/** Where one could sign in. */
function More({ model, actions, trans }: IAccountsProps): JSX.Element {
  const isUsed = ({ id, kind }: AccountProvider) =>
    model.accounts?.some(account =>
      kind === 'jupyterhub' ? account.id === id : account.provider === id
    );
  const others = model.providers.filter(provider => !isUsed(provider));
  return (
    <section aria-labelledby="jp-deep-accounts-more">
      <h2 id="jp-deep-accounts-more">{trans.__('Sign in')}</h2>
      <ul className="jp-DeepAccounts-list">
        {others.map(provider => (
          <ProviderRow key={provider.id} {...{ provider, actions, trans }} />
        ))}
      </ul>
      <div className="jp-DeepAccounts-actions">
        <button type="button" onClick={() => void actions.signIn()}>
          {trans.__('Sign in elsewhere…')}
        </button>
        <button type="button" onClick={() => void actions.keepIm()}>
          {trans.__('Add credentials of an Infrastructure Manager…')}
        </button>
        <button type="button" onClick={() => void actions.linkStorage()}>
          {trans.__('Link a cloud storage…')}
        </button>
      </div>
    </section>
  );
}

function ProviderRow({
  provider,
  actions,
  trans
}: Pick<IAccountsProps, 'actions' | 'trans'> & {
  provider: AccountProvider;
}): JSX.Element {
  const { id, isReady, kind, purpose, reason, title } = provider;
  return (
    <li data-deep-provider={id}>
      <div className="jp-DeepAccounts-line">
        <span className="jp-DeepAccounts-title">{title}</span>
        {purpose && <span>{purpose}</span>}
      </div>
      {reason && <p className="jp-DeepAccounts-hint">{reason}</p>}
      {isReady && kind === 'oidc' && (
        <div className="jp-DeepAccounts-actions">
          <button
            type="button"
            aria-label={trans.__('Sign in at %1', title)}
            onClick={() => void actions.signIn({ provider })}
          >
            {trans.__('Sign in…')}
          </button>
        </div>
      )}
    </li>
  );
}

/** For screen readers, said when it becomes so. */
function urgentWords(
  { accounts }: AccountsModel,
  now: number,
  trans: TranslationBundle
): string {
  return (accounts ?? [])
    .map(account => [account, holdingOf(account, now, trans)] as const)
    .filter(([, { isUrgent }]) => isUrgent)
    .map(([{ title, state }]) =>
      state === 'expired'
        ? trans.__('%1 asks to be linked again.', title)
        : trans.__('%1 expires soon.', title)
    )
    .join(' ');
}

function useNow(): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
