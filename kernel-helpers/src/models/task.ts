import { type ArgumentValues, type IArgument } from './arguments';
import { type IModelFolder } from './folder';

/** What a task may use of the machine. */
export interface ITaskOptions {
  threads: number;
  workers: number;
  maxBatch: number;
  memoryBytes: number;
  maxFileBytes: number;
}

/** A loaded model of some task. */
export interface ITaskModel<R = unknown> {
  /** What computes: see INetwork. */
  backend: string;
  /** Why it computes there. */
  detail: string;
  arguments: IArgument[];
  /** What comes out, in a word or two. */
  output: string;
  /** Arguments have been read with `readArguments`. */
  predict(args: ArgumentValues, signal?: AbortSignal): Promise<R>;
  release(): Promise<void>;
}

export type OpenTask = (
  folder: IModelFolder,
  options: ITaskOptions
) => Promise<ITaskModel>;
