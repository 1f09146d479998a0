import { Dataset } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { EventStream } from '../../http/events';
import { Store } from '../../store/store';

/** The datasets that there are, in the store and for who watches. */
export class DatasetRecords {
  constructor(
    private readonly _store: Store,
    private readonly _events: EventStream
  ) {
    for (const { document } of _store.read(
      'SELECT document FROM datasets ORDER BY createdAt'
    )) {
      const dataset: Dataset = JSON.parse(document);
      this._datasets.set(dataset.id, dataset);
    }
  }

  all(): Dataset[] {
    return [...this._datasets.values()];
  }

  /** @throws DeepError `not-found` */
  get(id: string): Dataset {
    const dataset = this._datasets.get(id);
    if (!dataset) {
      throw new DeepError('not-found', `There is no dataset ${id}.`, {
        hint: 'It may have been removed in another window.'
      });
    }
    return dataset;
  }

  find(account: string, remotePath: string): Dataset | undefined {
    return this.all().find(
      each => each.account === account && each.remotePath === remotePath
    );
  }

  /** @throws DeepError `no-space` */
  add(dataset: Dataset): Dataset {
    this._store.write(
      'INSERT INTO datasets VALUES (?, ?, ?)',
      dataset.id,
      dataset.createdAt,
      JSON.stringify(dataset)
    );
    this._datasets.set(dataset.id, dataset);
    this._events.publish({ event: 'dataset', data: dataset });
    return dataset;
  }

  /** Nothing happens when it was removed meanwhile, or nothing is new. */
  update(id: string, change: Partial<Dataset>): void {
    const before = this._datasets.get(id);
    if (!before) {
      return;
    }
    const dataset: Dataset = { ...before, ...change };
    const document = JSON.stringify(dataset);
    if (document !== JSON.stringify(before)) {
      this._datasets.set(id, dataset);
      this._store.write(
        'UPDATE datasets SET document = ? WHERE id = ?',
        document,
        id
      );
      this._events.publish({ event: 'dataset', data: dataset });
    }
  }

  remove(id: string): void {
    this._store.write('DELETE FROM datasets WHERE id = ?', id);
    this._datasets.delete(id);
    this._events.publish({
      event: 'reset',
      data: { reason: 'A dataset was removed.' }
    });
  }

  private readonly _datasets = new Map<string, Dataset>();
}
