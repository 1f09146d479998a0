import type {
  DatasetConflict,
  DatasetCounts,
  DatasetRemoval,
  DatasetWay
} from '@jupyterlab-deep/protocol';

/** Which folder of which account, and where kernels see it. The same in all ways. */
export interface IDatasetPlace {
  /** Of the dataset. */
  id: string;
  account: string;
  remotePath: string;
  /** Absolute, on this machine; nothing need be there yet. */
  path: string;
  /** Only these files; undefined: all of them. */
  pattern?: string;
}

/** Whether a way can be gone here, and why or why not, in words for a person. */
export interface IWayOffer {
  isPossible: boolean;
  why: string;
}

/** What a dataset looks like now. */
export interface IDatasetSight {
  here: DatasetCounts;
  there?: DatasetCounts;
  /** What the cloud has not got yet. */
  waiting: DatasetCounts;
  conflicts: DatasetConflict[];
}

/** How far a work is; what is not named stays as it was told before. */
export interface ITaskNews {
  phase?: string;
  doneFiles?: number;
  totalFiles?: number;
  doneBytes?: number;
  totalBytes?: number;
}

/** The run that a work belongs to: how it stops and what it says. */
export interface ITask {
  /** Of the run. */
  readonly id: string;
  readonly signal: AbortSignal;
  tell(news: ITaskNews): void;
  /** A line in the run's log. */
  log(line: string): void;
  /** A file could not be done: counted, and logged with its reason. The work goes on. */
  failed(path: string, reason: string): void;
}

/**
 * One way by which kernels see the files of datasets. A work that is called again after a kill goes on where it was.
 * Failures are DeepErrors: at `storage-unreachable` and `timeout` the caller waits and calls again, `storage-login` waits for a person.
 */
export interface IDatasetWay {
  readonly way: DatasetWay;
  offer(place: IDatasetPlace): Promise<IWayOffer>;
  /** Make the files visible at the path: a mount, or the first fill. */
  prepare(place: IDatasetPlace, task: ITask): Promise<void>;
  /** The service has begun anew and this dataset was prepared by an earlier one; quick, nothing long is waited for. */
  adopt(place: IDatasetPlace): Promise<void>;
  sight(place: IDatasetPlace): Promise<IDatasetSight>;
  /** Bring what changed in the cloud here. */
  refresh(place: IDatasetPlace, task: ITask): Promise<void>;
  /** Bring what changed here to the cloud. */
  push(place: IDatasetPlace, task: ITask): Promise<void>;
  /** Bring the files that fit here, beside those that are. */
  fetch(place: IDatasetPlace, pattern: string, task: ITask): Promise<void>;
  /** Whether the cloud changed, by one request; undefined where this way need not ask. */
  isStale?(place: IDatasetPlace, signal: AbortSignal): Promise<boolean>;
  /** Take everything away again; the caller has made sure that nothing waits, or that it is given up. */
  remove(place: IDatasetPlace, removal: DatasetRemoval): Promise<void>;
  /** The service ends. */
  close(): Promise<void>;
}
