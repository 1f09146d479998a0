import type { TranslationBundle } from '@jupyterlab/translation';
import '../../style/accounts.css';
import '../../style/storage.css';
import type { IDeepService } from '../service/tokens';
import { StorageClient } from '../storage/client';
import { AccountActions } from './actions';
import { AccountsClient } from './client';
import { AccountsModel } from './model';
import { AccountsPanel } from './panel';

export interface ICreateAccountsOptions {
  service: IDeepService;
  trans: TranslationBundle;
}

/** All of the capability, once something of it is used. */
export interface IAccounts {
  readonly actions: AccountActions;
  makePanel(): AccountsPanel;
}

export function createAccounts({
  service,
  trans
}: ICreateAccountsOptions): IAccounts {
  const client = new AccountsClient(service);
  const storage = new StorageClient(service);
  const model = new AccountsModel({ service, client, storage, trans });
  const actions = new AccountActions({ client, storage, model, trans });
  return {
    actions,
    makePanel: () => new AccountsPanel({ model, actions, service, trans })
  };
}
