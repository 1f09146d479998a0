import { Receiver } from '@jupyterlab-deep/protocol';
import { ITask } from '../storage/datasets/way';

/** Where a version is put: an account, or a folder on a disk. Paths are below its root. */
export interface IShareTarget {
  /** Host or folder, for people. */
  readonly title: string;
  /** Path of a module's folder there, as it is told to people and kept in records. */
  pathOf(name: string): string;
  /** Content of a version's manifest; undefined where there is no such version. */
  manifestOf(name: string, version: string): Promise<string | undefined>;
  /** Versions that lie there. */
  versionsOf(name: string): Promise<string[]>;
  /** Bring a staged version to a hidden folder. Called again, it goes on where it was. */
  bring(staged: IStaged, task: ITask): Promise<void>;
  /** One rename: nobody sees half of it. @throws DeepError `conflict` when something is there already */
  reveal(staged: IStaged, signal: AbortSignal): Promise<void>;
  /** Take away what was brought and not revealed. */
  discard(run: string): Promise<void>;
  /** @returns the address of a link, where one was asked for */
  share(
    name: string,
    receivers: readonly Receiver[],
    note: string | undefined
  ): Promise<{ url?: string; failures: string[] }>;
  /** @throws DeepError `not-found` */
  withdraw(name: string, version?: string): Promise<void>;
}

/** A version that lies on this machine, whole and signed. */
export interface IStaged {
  run: string;
  name: string;
  version: string;
  /** Where it lies, and where its run may keep notes. */
  folder: string;
  runFolder: string;
  files: { path: string; sizeBytes: number }[];
}
