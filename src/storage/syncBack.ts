import type { Dataset } from '@jupyterlab-deep/protocol';
import type { Contents } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';
import { Debouncer } from '@lumino/polling';
import type { StorageModel } from './model';

const KEY = 'jupyterlab-deep:working-copies';
const MAX_COPIES = 200;
/** Saves that follow one another go together. */
const WAIT_MS = 1500;

/** Sends what is saved in working copies to the cloud they are of, also after the page was loaded again. */
export class SyncBack {
  constructor(private readonly _options: SyncBack.IOptions) {
    _options.contents.fileChanged.connect(this._onChange, this);
  }

  /** From now on, what is saved there goes to the cloud. */
  async add(path: string): Promise<void> {
    const others = (await this._copies()).filter(each => each !== path);
    const kept = [...others, path].slice(-MAX_COPIES);
    await this._options.state?.save(KEY, { paths: kept });
    this._known = kept;
  }

  private _onChange(_: unknown, { type, newValue }: Contents.IChangedArgs) {
    if (type === 'save' && newValue?.path) {
      void this._saved(newValue.path);
    }
  }

  private async _saved(path: string): Promise<void> {
    const { model } = this._options;
    if (!(await this._copies()).includes(path)) {
      return;
    }
    await model.start();
    const dataset = model.datasets.find(each => holds(each, path));
    // A mount writes back by itself.
    if (dataset?.way === 'copy') {
      this._due.add(dataset.id);
      void this._push.invoke();
    }
  }

  private async _pushDue(): Promise<void> {
    const { model } = this._options;
    for (const id of [...this._due]) {
      const dataset = model.datasets.find(each => each.id === id);
      if (dataset?.run) {
        // What is at work may have looked at the file already.
        void this._push.invoke();
      } else {
        this._due.delete(id);
        await model.pushDataset(id);
      }
    }
  }

  private async _copies(): Promise<string[]> {
    if (!this._known) {
      const stored = await this._options.state?.fetch(KEY);
      const paths = (stored as { paths?: string[] } | undefined)?.paths;
      this._known ??= paths ?? [];
    }
    return this._known;
  }

  private _known?: string[];
  private readonly _due = new Set<string>();
  private readonly _push = new Debouncer(() => this._pushDue(), WAIT_MS);
}

export namespace SyncBack {
  export interface IOptions {
    contents: Pick<Contents.IManager, 'fileChanged'>;
    model: Pick<StorageModel, 'start' | 'datasets' | 'pushDataset'>;
    state: IStateDB | null;
  }
}

const holds = ({ jupyterPath }: Dataset, path: string): boolean =>
  jupyterPath !== undefined && path.startsWith(`${jupyterPath}/`);
