import { Problem, TopologyRunRequest } from '@jupyterlab-deep/protocol';
import { ITopologyFile } from './token';

/** What a run remembers of itself beside its items. */
export interface IRunAbout {
  request: Omit<TopologyRunRequest, 'document'>;
  /** Text of the document as it was when the run began. */
  document: string;
  /** Folder that relative paths are relative to. */
  folder: string;
  /** Who asked: what may be named depends on it. */
  asker: { root?: string; isBrowser: boolean };
  /** Places of the sinks, by node. */
  places: Record<string, string>;
  isListed: boolean;
  /** Merges by key whose groups are origins by now. */
  merged: string[];
  /** Deployments that were started for it. */
  started: string[];
  /** The highest number that an item had before some were done again: none is given twice. */
  lastItem: number;
}

/** An origin that waits for its turn. */
export interface IWaitingOrigin {
  origin: number;
  source: string;
  name: string;
  /** What it gives, by port. */
  given: Record<string, { value?: unknown; file?: ITopologyFile }>;
  /** Items that it was merged of. */
  parents: number[];
}

/** A row as it is written; several of one work are written together. */
export interface IItemRow {
  item: number;
  node: string;
  origin: number;
  firing: string;
  key: string;
  port: string;
  isFirst: boolean;
  state: 'done' | 'failed';
  cached: boolean;
  parents: number[];
  /** JSON text. */
  value?: string;
  file?: ITopologyFile;
  error?: Problem;
  collected?: { groupKey: string; sender: string };
}

/** A value that a merge by key has. */
export interface ICollected {
  origin: number;
  item: number;
  sender: string;
  value: unknown;
}

export interface INodeCounts {
  done: number;
  failed: number;
  cached: number;
}

/** Which items of a run are looked at. */
export interface IRowsQuery {
  node?: string;
  port?: string;
  state?: 'done' | 'failed';
  offset: number;
  limit: number;
}
