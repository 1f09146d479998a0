import type { Run } from '@jupyterlab-deep/protocol';
import type { Logger } from 'pino';
import { EventStream } from '../http/events';
import { RunJournal } from '../runs/journal';
import { RunPruning } from '../runs/pruning';
import { Unfinished } from '../runs/unfinished';
import { Store } from '../store/store';
import { CopyWay } from './datasets/copy/copyWay';
import { Datasets } from './datasets/datasets';
import { DatasetRecords } from './datasets/records';
import { IDatasetWay } from './datasets/way';
import type { IRemotes } from './remoteFiles';
import { Copies } from './transfers/copies';
import { Transfers } from './transfers/transfers';

export interface IStorageParts {
  store: Store;
  events: EventStream;
  journal: RunJournal;
  pruning: RunPruning;
  unfinished: Unfinished;
  logger: Logger;
  remotes: IRemotes;
  hostOf(account: string): string;
  /** Where datasets lie. */
  folder: string;
  /** Ways that are better than a copy. */
  ways: IDatasetWay[];
  /** What an earlier service left. */
  leftovers: readonly Run[];
}

/** Transfers and datasets, with what an earlier service left taken up. */
export function makeStorage({ ways, leftovers, ...parts }: IStorageParts): {
  transfers: Transfers;
  datasets: Datasets;
  copies: Copies;
} {
  const transfers = new Transfers(parts);
  const copies = new Copies({ ...parts, transfers });
  const datasets = new Datasets({
    ...parts,
    transfers,
    records: new DatasetRecords(parts.store, parts.events),
    ways: [...ways, new CopyWay(parts)],
    isInUse: () => parts.events.connections > 0
  });
  void datasets.takeUp().then(() => transfers.takeUp(leftovers));
  return { transfers, datasets, copies };
}
