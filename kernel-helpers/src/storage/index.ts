import type {
  Dataset as DatasetState,
  DatasetRequest,
  Datasets,
  StorageAccount,
  StorageAccounts,
  StorageEntry,
  StorageListing,
  TransferRequest
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { shownAs } from '../display/bundle';
import { interruptible } from '../interrupt';
import { StorageDataset } from './dataset';
import { asCloudPlace, asTransferPlace, ICloudPlace } from './place';
import { accountsBundle, datasetsBundle, entriesBundle } from './shown';
import { carryOut, ITransferOptions, Transfer } from './transfer';

export { StorageDataset } from './dataset';
export { Transfer } from './transfer';
export type { ITransferOptions } from './transfer';
export type { StorageAccount, StorageEntry };

interface ICancellable {
  signal?: AbortSignal;
}

/** Options of `storage.dataset`. */
export interface IDatasetOptions extends ICancellable {
  /** Only files that fit this glob below the folder; `fetch` brings more. */
  pattern?: string;
  /** `auto`, the default, takes the best that works here. */
  way?: DatasetRequest['way'];
  /** What it is called; the folder's name when absent. */
  name?: string;
}

const PAGE_ENTRIES = 1000;

const listDatasets = async (options: ICancellable): Promise<DatasetState[]> =>
  (await service.json<Datasets>('/storage/datasets', options)).datasets;

/** Cloud storage that is linked in JupyterLab. No password ever reaches a cell. */
export const storage = {
  /** The linked accounts; shown as a table. */
  async accounts(options: ICancellable = {}): Promise<StorageAccount[]> {
    const { accounts } = await service.json<StorageAccounts>(
      '/storage/accounts',
      options
    );
    return shownAs(accounts, accountsBundle);
  },

  /**
   * A folder of a cloud as a folder here: made, or found where there is one. It waits until the files can be used.
   *
   * ```ts
   * const ds = await storage.dataset('cloud:plants');
   * await m.predict({ image: ds.path + '/leaf.jpg' });
   * ```
   *
   * @param target `account:path`, or the name of a dataset that there is.
   * @throws DeepError `not-found`, `storage-login`, `storage-unreachable`, `no-space`, `cancelled`.
   */
  dataset(
    target: string,
    options: IDatasetOptions = {}
  ): Promise<StorageDataset> {
    const { signal, ...request } = options;
    return interruptible(signal, async stop => {
      const place = asCloudPlace(target);
      const state = place
        ? await makeDataset({ ...place, ...request }, stop)
        : await datasetNamed(target, stop);
      return new StorageDataset(state).untilUsable(stop);
    });
  },

  /** The datasets of this machine; shown as a table. */
  async datasets(options: ICancellable = {}): Promise<StorageDataset[]> {
    const states = await listDatasets(options);
    return shownAs(
      states.map(state => new StorageDataset(state)),
      () => datasetsBundle(states)
    );
  },

  /** What lies in a folder of a cloud, folders first; shown as a table. @throws DeepError `not-found` */
  async list(
    folder: string,
    { signal }: ICancellable = {}
  ): Promise<StorageEntry[]> {
    const place = asCloudPlace(folder);
    if (!place) {
      throw notCloud(folder);
    }
    const { entries, skipped } = await listAll(place, signal);
    const left = skipped ? `; ${skipped} names cannot be used here` : '';
    return shownAs(entries, () =>
      entriesBundle(entries, `${folder}: ${entries.length} entries${left}`)
    );
  },

  /**
   * Copy a file or folder from a cloud, to a cloud or between two, and wait for the end.
   *
   * ```ts
   * await storage.copy('cloud:plants/leaf.jpg', 'leaf.jpg');
   * await storage.copy('results', 'cloud:results', { onConflict: 'overwrite' });
   * ```
   *
   * @param from `account:path`, or a path relative to the notebook (`./a:b` where its name has a colon). `to` likewise.
   */
  copy(
    from: string,
    to: string,
    options: ITransferOptions & Pick<TransferRequest, 'onConflict'> = {}
  ): Promise<Transfer> {
    const { onConflict, ...waiting } = options;
    const body: TransferRequest = {
      from: asTransferPlace(from),
      to: asTransferPlace(to),
      ...(onConflict && { onConflict })
    };
    return carryOut('/storage/transfers', body, waiting);
  }
};

const makeDataset = (
  body: DatasetRequest,
  signal: AbortSignal | undefined
): Promise<DatasetState> =>
  service.json<DatasetState>('/storage/datasets', {
    method: 'POST',
    body,
    signal
  });

async function datasetNamed(
  name: string,
  signal: AbortSignal | undefined
): Promise<DatasetState> {
  const all = await listDatasets({ signal });
  const found = all.filter(each => [each.name, each.id].includes(name));
  if (found.length === 1) {
    return found[0];
  }
  throw found.length > 1
    ? new DeepError('conflict', `Several datasets are called “${name}”.`, {
        hint: `Name one by ${found.map(({ ref }) => ref).join(' or ')}.`
      })
    : new DeepError('not-found', `There is no dataset “${name}”.`, {
        hint: 'A folder of a cloud is named account:path, such as cloud:plants; storage.accounts() lists the accounts.'
      });
}

async function listAll(
  { account, path }: ICloudPlace,
  signal: AbortSignal | undefined
): Promise<StorageListing> {
  const page = (offset: number): Promise<StorageListing> =>
    service.json<StorageListing>(
      `/storage/files/${encodeURIComponent(account)}`,
      { query: { path, offset, limit: PAGE_ENTRIES }, signal }
    );
  const listing = await page(0);
  while (listing.entries.length < listing.total) {
    const { entries } = await page(listing.entries.length);
    if (entries.length === 0) {
      // The folder became smaller meanwhile.
      break;
    }
    listing.entries.push(...entries);
  }
  return listing;
}

const notCloud = (text: string): DeepError =>
  new DeepError('invalid-request', `“${text}” names no folder of a cloud.`, {
    hint: 'Write account:path, such as cloud:plants; storage.accounts() lists the accounts.'
  });
