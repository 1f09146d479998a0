import { Clipboard, InputDialog, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDeepService } from '../service/tokens';
import type { StorageClient } from './client';
import { joined } from './drive/freeName';
import { FilesClient } from './filesClient';
import type { StorageModel } from './model';
import { showShares } from './shareDialog';
import { ShareModel } from './shareModel';
import { orTell, say } from './tell';

/** What the menu of files offers. Paths are Jupyter's, with the drive in front. */
export class FileActions {
  constructor(private readonly _options: FileActions.IOptions) {}

  async share(path: string): Promise<void> {
    const { trans } = this._options;
    const { client, local } = this._at(path);
    await showShares(new ShareModel(client, local, trans), trans);
  }

  async openInCloud(path: string): Promise<void> {
    const { trans } = this._options;
    const { client, local } = this._at(path);
    await orTell(
      trans.__('Could not open “%1” in the cloud', local),
      async () => {
        const url = await client.pageOf(local);
        const open = () => void window.open(url, '_blank', 'noopener');
        open();
        Notification.info(trans.__('Opened in a new tab.'), {
          autoClose: 6000,
          actions: [{ label: trans.__('Open again'), callback: open }]
        });
      },
      trans
    );
  }

  /** Of the dataset that holds it; without one kernels have no path to it. */
  async copyKernelPath(path: string): Promise<void> {
    const { model, trans } = this._options;
    const { account, local } = this._at(path);
    await model.start();
    const dataset = model.datasetOf(account, local);
    if (dataset) {
      const below = local.slice(dataset.remotePath.length).replace(/^\//, '');
      Clipboard.copyToSystem(below ? `${dataset.path}/${below}` : dataset.path);
      say(trans.__('Copied.'));
      return;
    }
    const folder = PathExt.dirname(path);
    Notification.warning(
      trans.__(
        'Kernels do not see “%1”: no dataset holds it. Make one of its folder, and it has a path.',
        path
      ),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Make a dataset'),
            callback: () => void this.makeDataset(folder)
          }
        ]
      }
    );
  }

  async makeDataset(path: string): Promise<void> {
    const { model, trans } = this._options;
    const { account, local } = this._at(path);
    await model.start();
    const dataset = await model.makeDataset({ account, path: local });
    if (dataset) {
      say(
        trans.__(
          'The dataset %1 is being made: the storage panel shows how far it is.',
          dataset.name
        )
      );
    } else if (model.error) {
      const { detail, hint } = model.error.problem;
      Notification.error(`${detail} ${hint ?? ''}`.trim());
    }
  }

  async copyFromCloud(path: string): Promise<void> {
    const { client, defaultBrowser, trans } = this._options;
    const { account, local } = this._at(path);
    const { value } = await InputDialog.getText({
      title: trans.__('Copy “%1” to Jupyter', PathExt.basename(local)),
      label: trans.__('Into this folder of Jupyter (empty: the topmost)'),
      text: defaultBrowser?.model.path ?? '',
      okLabel: trans.__('Copy')
    });
    if (value === null) {
      return;
    }
    const to = joined(trimmed(value), PathExt.basename(local) || account);
    await this._transfer(path, () =>
      client.transfer({ from: { account, path: local }, to: { path: to } })
    );
  }

  async copyToCloud(path: string): Promise<void> {
    const { client, model, trans } = this._options;
    await model.start();
    const name = PathExt.basename(path);
    const { value } = await InputDialog.getText({
      title: trans.__('Copy “%1” to the cloud', name),
      label: trans.__('Into this folder, as account:folder'),
      text: `${model.accounts?.[0]?.id ?? ''}:`,
      okLabel: trans.__('Copy')
    });
    if (!value) {
      return;
    }
    const [account, ...rest] = value.trim().split(':');
    const to = joined(trimmed(rest.join(':')), name);
    await this._transfer(path, () =>
      client.transfer({ from: { path }, to: { account, path: to } })
    );
  }

  private async _transfer(
    path: string,
    start: () => Promise<unknown>
  ): Promise<void> {
    const { trans } = this._options;
    await orTell(
      trans.__('Could not copy “%1”', path),
      async () => {
        await start();
        say(trans.__('Copying: the storage panel shows how far it is.'));
      },
      trans
    );
  }

  private _at(path: string): {
    account: string;
    local: string;
    client: FilesClient;
  } {
    const { contents, service } = this._options;
    const account = contents.driveName(path);
    const local = contents.localPath(path);
    return { account, local, client: new FilesClient(service, account) };
  }
}

export namespace FileActions {
  export interface IOptions {
    service: IDeepService;
    client: StorageClient;
    model: StorageModel;
    contents: Contents.IManager;
    defaultBrowser: IDefaultFileBrowser | null;
    trans: TranslationBundle;
  }
}

const trimmed = (path: string): string => path.trim().replace(/^\/+|\/+$/g, '');
