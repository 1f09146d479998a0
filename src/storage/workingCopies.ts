import type { Dataset } from '@jupyterlab-deep/protocol';
import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { StorageModel } from './model';
import type { SyncBack } from './syncBack';
import { orTell } from './tell';

/** A kernel starts in a folder of this machine and sees no drive: a notebook runs where a dataset has it. */
export class WorkingCopies {
  constructor(private readonly _options: WorkingCopies.IOptions) {}

  /** For a notebook of an account that was just opened. */
  async offer(panel: NotebookPanel): Promise<void> {
    const { contents, model, trans } = this._options;
    await model.start();
    await panel.context.ready;
    if (panel.isDisposed) {
      return;
    }
    const { path } = panel.context;
    const account = contents.driveName(path);
    const local = contents.localPath(path);
    const dataset = model.datasetOf(account, local);
    const there = dataset && pathIn(dataset, local);
    if (there !== undefined && (await this._isThere(there))) {
      await this._open(there);
      // Nobody can have written into it yet; what Lab marks as changed is its own.
      panel.dispose();
      return;
    }
    if (PathExt.dirname(local) === '') {
      Notification.info(
        trans.__(
          'The kernel of “%1” sees no files of the cloud. Move it into a folder there to get a working copy.',
          panel.title.label
        ),
        { autoClose: 10_000 }
      );
      return;
    }
    Notification.info(
      trans.__(
        'The kernel of “%1” does not see the files beside it. A working copy of its folder does.',
        panel.title.label
      ),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Open a working copy that syncs back'),
            callback: () => void this._make(panel, account, local)
          }
        ]
      }
    );
  }

  private async _make(
    panel: NotebookPanel,
    account: string,
    local: string
  ): Promise<void> {
    const { model, trans } = this._options;
    const folder = PathExt.dirname(local);
    await orTell(
      trans.__('Could not make a working copy of “%1”', local),
      async () => {
        if (panel.context.model.dirty) {
          // Before it is copied: a later save would make two versions of it.
          await panel.context.save();
        }
        const made = await model.makeDataset({ account, path: folder });
        if (!made) {
          throw model.error ?? new Error(folder);
        }
        const dataset = await this._ready(made);
        const there = pathIn(dataset, local);
        if (there === undefined) {
          throw new Error(
            trans.__(
              'Its dataset lies at %1, outside of the folder that Jupyter shows. The administrator’s setting storage.folder can place datasets below it.',
              dataset.path
            )
          );
        }
        await this._open(there);
        if (!panel.isDisposed && !panel.context.model.dirty) {
          panel.dispose();
        }
      },
      trans
    );
  }

  private _ready(dataset: Dataset): Promise<Dataset> {
    const { model } = this._options;
    return new Promise((resolve, reject) => {
      const look = () => {
        const now = model.datasets.find(({ id }) => id === dataset.id);
        if (now?.state === 'ready') {
          model.changed.disconnect(look);
          resolve(now);
        } else if (now?.state === 'failed') {
          model.changed.disconnect(look);
          reject(new Error(now.error?.detail ?? now.name));
        }
      };
      model.changed.connect(look);
      look();
    });
  }

  private async _isThere(path: string): Promise<boolean> {
    try {
      await this._options.contents.get(path, { content: false });
      return true;
    } catch {
      // A dataset of some files only has not fetched it: the offer follows.
      return false;
    }
  }

  private async _open(path: string): Promise<void> {
    const { documents, syncBack, trans } = this._options;
    await syncBack.add(path);
    documents?.openOrReveal(path);
    Notification.info(
      trans.__('Opened from its dataset, where the kernel sees it: %1', path),
      { autoClose: 6000 }
    );
  }
}

export namespace WorkingCopies {
  export interface IOptions {
    contents: Contents.IManager;
    documents: IDocumentManager | null;
    model: StorageModel;
    syncBack: Pick<SyncBack, 'add'>;
    trans: TranslationBundle;
  }
}

/** Where Jupyter shows a file of a dataset; undefined where it does not. */
export function pathIn(
  { jupyterPath, remotePath }: Dataset,
  local: string
): string | undefined {
  const below = local.slice(remotePath.length).replace(/^\//, '');
  return jupyterPath === undefined
    ? undefined
    : PathExt.join(jupyterPath, below);
}
