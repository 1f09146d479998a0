import type {
  Account,
  AccountProvider,
  StorageAccount
} from '@jupyterlab-deep/protocol';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { StorageClient } from '../storage/client';
import { showLink } from '../storage/linkDialog';
import { LinkModel } from '../storage/linkModel';
import { say } from '../storage/tell';
import type { AccountsClient } from './client';
import { showImForm } from './imDialog';
import { ImModel } from './imModel';
import type { AccountsModel } from './model';
import { showSignIn } from './signInDialog';
import { SignInModel } from './signInModel';

/** What the buttons of *Accounts* do. */
export class AccountActions {
  constructor(private readonly _options: AccountActions.IOptions) {}

  /** Sign in with one of the list, again with an account, or with an issuer that is typed. */
  async signIn(
    how: { provider?: AccountProvider; account?: Account } = {}
  ): Promise<void> {
    const { client, model, trans } = this._options;
    const onSignedIn = (account: Account) => model.take(account);
    await showSignIn(
      new SignInModel({ client, trans, onSignedIn, ...how }),
      trans
    );
  }

  /** Sign in there, unless that is done; where it cannot be done, the page says why. */
  async signInWith(id: string): Promise<void> {
    const { model } = this._options;
    await model.refresh();
    const known = model.accounts?.find(({ provider }) => provider === id);
    const provider = model.providers.find(each => each.id === id);
    if (known) {
      await this._reconnect(known);
    } else if (provider?.kind === 'oidc' && provider.isReady) {
      await this.signIn({ provider });
    }
  }

  /** Link an account again, unless it is connected. */
  async connect(id: string): Promise<void> {
    const { model } = this._options;
    await model.refresh();
    const account = model.accounts?.find(each => each.id === id);
    if (account) {
      await this._reconnect(account);
    }
  }

  async linkAgain(account: Account): Promise<void> {
    await (account.kind === 'im'
      ? this.keepIm(account)
      : this.signIn({ account }));
  }

  async keepIm(account?: Account): Promise<void> {
    const { client, model, trans } = this._options;
    const onKept = (kept: Account) => model.take(kept);
    const carriers = (model.accounts ?? []).filter(({ kind }) => kind !== 'im');
    await showImForm(
      new ImModel({ client, trans, onKept, carriers, account }),
      trans
    );
  }

  refresh(): Promise<void> {
    return this._options.model.refresh();
  }

  async check(account: Account): Promise<void> {
    const { client, model } = this._options;
    await model.attempt(async () => model.take(await client.check(account.id)));
  }

  async disconnect(account: Account): Promise<void> {
    const { client, model, trans } = this._options;
    const body =
      account.kind === 'im'
        ? trans.__('The credentials are forgotten here.')
        : trans.__(
            'The sign-in is forgotten here and revoked on the other side, where that can be done. What you have deployed there goes on.'
          );
    if (await this._isMeant(account.title, body)) {
      const told = await model.attempt(() => client.disconnect(account.id));
      if (told) {
        model.drop(account);
        tell(told);
      }
    }
  }

  async linkStorage(account?: StorageAccount): Promise<void> {
    const { model, storage, trans } = this._options;
    const onLinked = (linked: StorageAccount) => model.takeStorage(linked);
    await showLink(
      new LinkModel({ client: storage, trans, onLinked, account }),
      trans
    );
  }

  async checkStorage(account: StorageAccount): Promise<void> {
    const { model, storage } = this._options;
    await model.attempt(async () =>
      model.takeStorage(await storage.check(account.id))
    );
  }

  async disconnectStorage(account: StorageAccount): Promise<void> {
    const { model, storage, trans } = this._options;
    const body = trans.__(
      'Its password is revoked on the other side, and the drive “%1” closes. Nothing in the cloud is deleted.',
      account.id
    );
    if (await this._isMeant(account.title, body)) {
      const told = await model.attempt(() => storage.disconnect(account.id));
      if (told) {
        model.dropStorage(account);
        tell(told);
      }
    }
  }

  private async _reconnect(account: Account): Promise<void> {
    if (account.state === 'expired' && account.kind !== 'jupyterhub') {
      await this.linkAgain(account);
    }
  }

  private async _isMeant(title: string, body: string): Promise<boolean> {
    const { trans } = this._options;
    const { button } = await showDialog({
      title: trans.__('Disconnect %1?', title),
      body,
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({ label: trans.__('Disconnect') })
      ]
    });
    return button.accept;
  }
}

/** What could not be revoked stays to be read. */
function tell(told: { isRevoked: boolean; detail: string }): void {
  if (told.isRevoked) {
    say(told.detail);
  } else {
    Notification.warning(told.detail, { autoClose: false });
  }
}

export namespace AccountActions {
  export interface IOptions {
    client: AccountsClient;
    storage: StorageClient;
    model: AccountsModel;
    trans: TranslationBundle;
  }
}
