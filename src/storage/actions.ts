import type {
  Dataset,
  Run,
  StorageAccount,
  StorageEntry
} from '@jupyterlab-deep/protocol';
import {
  Clipboard,
  Dialog,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RunAction } from '../activity/runsClient';
import type { StorageClient } from './client';
import { askForget } from './forgetDialog';
import { showLink } from './linkDialog';
import { LinkModel } from './linkModel';
import { showLog } from './logDialog';
import type { StorageModel } from './model';
import { orTell, say } from './tell';

/** A pattern looks the same in every language. */
const EXAMPLE = 'train/**/*.jpg';

/** What the buttons of the panel do. */
export class StorageActions {
  constructor(private readonly _options: StorageActions.IOptions) {}

  async link(account?: StorageAccount): Promise<void> {
    const { client, model, trans } = this._options;
    const onLinked = (linked: StorageAccount) => model.linked(linked);
    await showLink(new LinkModel({ client, trans, onLinked, account }), trans);
  }

  /** A login of its own, so that containers can be locked out alone. */
  async copyRclone(given?: StorageAccount): Promise<void> {
    const { client, model, trans } = this._options;
    await model.start();
    const account = given ?? (await this._chooseNextcloud());
    if (account) {
      const link = new LinkModel({
        client,
        trans,
        account,
        purpose: 'rclone',
        onLinked: () => undefined
      });
      await showLink(link, trans);
    }
  }

  /** A login of its own, kept in the service for deployments whose user chooses this storage. */
  async allowDeployments(account: StorageAccount): Promise<void> {
    const { client, model, trans } = this._options;
    const link = new LinkModel({
      client,
      trans,
      account,
      purpose: 'deployments',
      onLinked: linked => model.linked(linked)
    });
    await showLink(link, trans);
  }

  async takeBack({ id, title }: StorageAccount): Promise<void> {
    const { client, model, trans } = this._options;
    const { button } = await showDialog({
      title: trans.__('Take %1 back from deployments?', title),
      body: trans.__(
        'The password that they were given is revoked: deployments and batch jobs that run with it can read and write nothing there any more.'
      ),
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({ label: trans.__('Take it back') })
      ]
    });
    if (button.accept) {
      await orTell(
        trans.__('Could not take %1 back', title),
        async () => say((await client.takeBack(id)).detail),
        trans
      );
      await model.check(id);
    }
  }

  async disconnect(account: StorageAccount): Promise<void> {
    const { model, trans } = this._options;
    const { button } = await showDialog({
      title: trans.__('Disconnect %1?', account.title),
      body: trans.__(
        'Its password is revoked on the other side, and the drive “%1” closes. Nothing in the cloud is deleted.',
        account.id
      ),
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({ label: trans.__('Disconnect') })
      ]
    });
    if (!button.accept) {
      return;
    }
    const told = await model.disconnect(account.id);
    if (told?.isRevoked) {
      say(told.detail);
    } else if (told) {
      Notification.warning(told.detail, { autoClose: false });
    }
  }

  refresh(): Promise<void> {
    return this._options.model.refresh();
  }

  check(account: string): Promise<void> {
    return this._options.model.check(account);
  }

  async browse(account: string, path = ''): Promise<void> {
    await this._options.browse(account, path);
  }

  /** A folder is opened, a file is opened in its folder. */
  async show(account: string, entry: StorageEntry): Promise<void> {
    const isFolder = entry.type === 'folder';
    await this.browse(
      account,
      isFolder ? entry.path : PathExt.dirname(entry.path)
    );
  }

  async openDataset({ jupyterPath, path }: Dataset): Promise<void> {
    const { trans, openFolder } = this._options;
    if (jupyterPath === undefined) {
      Notification.info(
        trans.__(
          '%1 does not lie below the folder that Jupyter shows. Its path is copied: kernels can use it.',
          path
        ),
        { autoClose: 8000 }
      );
      Clipboard.copyToSystem(path);
      return;
    }
    await openFolder(jupyterPath);
  }

  async copyPath(path: string): Promise<void> {
    Clipboard.copyToSystem(path);
    say(this._options.trans.__('Copied: %1', path));
  }

  useInCell(dataset: Dataset): Promise<void> {
    const { trans, insertCell } = this._options;
    return orTell(
      trans.__('Could not make a cell'),
      () => insertCell(dataset),
      trans
    );
  }

  refreshDataset(id: string): Promise<void> {
    return this._options.model.refreshDataset(id);
  }

  pushDataset(id: string): Promise<void> {
    return this._options.model.pushDataset(id);
  }

  async fetchMore({ id, name }: Dataset): Promise<void> {
    const { model, trans } = this._options;
    const { value } = await InputDialog.getText({
      title: trans.__('Fetch more of %1', name),
      label: trans.__('Which files, as a pattern below the dataset'),
      placeholder: EXAMPLE,
      okLabel: trans.__('Fetch')
    });
    if (value?.trim()) {
      await model.fetchMore(id, value.trim());
    }
  }

  async forget(dataset: Dataset): Promise<void> {
    const { model, trans } = this._options;
    const removal = await askForget(dataset, trans);
    if (removal) {
      await model.forget(dataset.id, removal);
    }
  }

  act(run: string, action: RunAction): Promise<void> {
    return this._options.model.act(run, action);
  }

  showLog(run: Run): Promise<void> {
    const { client, trans } = this._options;
    return orTell(
      trans.__('Could not read the log of “%1”', run.title),
      async () => showLog(run.title, await client.log(run.id), trans),
      trans
    );
  }

  private async _chooseNextcloud(): Promise<StorageAccount | undefined> {
    const { model, trans } = this._options;
    const accounts = (model.accounts ?? []).filter(
      ({ kind }) => kind === 'nextcloud'
    );
    if (accounts.length < 2) {
      if (accounts.length === 0) {
        Notification.info(trans.__('No Nextcloud is linked.'));
      }
      return accounts[0];
    }
    const { value } = await InputDialog.getItem({
      title: trans.__('Of which account?'),
      items: accounts.map(({ id }) => id)
    });
    return accounts.find(({ id }) => id === value);
  }
}

export namespace StorageActions {
  export interface IOptions {
    client: StorageClient;
    model: StorageModel;
    trans: TranslationBundle;
    /** Show a folder of an account. */
    browse: (account: string, path: string) => Promise<void>;
    /** Show a folder of Jupyter. */
    openFolder: (path: string) => Promise<void>;
    insertCell: (dataset: Dataset) => Promise<void>;
  }
}
