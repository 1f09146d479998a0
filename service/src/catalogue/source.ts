import { Module, SourceKind } from '@jupyterlab-deep/protocol';
import { PythonOrigin } from '../pythonModules/origin';

/** A module and where its files are, if they are here. */
export interface ICatalogueEntry {
  /** With one origin: its source. */
  module: Module;
  /** The model folder, of modules that are folders. */
  folder?: string;
  /** It is still being made: it can be used by its id, and is in no list. */
  isDraft?: boolean;
  /** Where its code is, of Python modules. */
  python?: PythonOrigin;
  /** Of a model folder that lies elsewhere: fetch its files, and answer the folder that has them. */
  bring?(
    signal: AbortSignal,
    onPhase?: (phase: string) => void
  ): Promise<string>;
  /** Called when what it names was ordered elsewhere, such as its image. */
  begun?(): void;
  /** File arguments of the examples: the path inside the folder by `example/argument`. */
  exampleFiles?: Record<string, string>;
}

/** What a source has, as far as it is known. */
export interface ISourceReading {
  entries: ICatalogueEntry[];
  /** When the source was last asked and answered; undefined when it never did. */
  updatedAt?: Date;
  /** Since when it could not be read. */
  failingSince?: Date;
  /** Why it could not be read, or what was left out, for people. */
  problem?: string;
}

export interface IRefreshOptions {
  signal: AbortSignal;
  /** Files read, of all that are to be read. */
  onProgress(done: number, total: number): void;
}

/** Where modules come from. */
export interface ISource {
  readonly id: string;
  readonly title: string;
  readonly kind: SourceKind;
  /** A URL, or folders. */
  readonly address: string;
  /** What is known without asking anybody else: the folders' content, or what was kept on disk. Never fails. */
  load(): Promise<ISourceReading>;
  /**
   * Ask again and keep what comes. A source that cannot be reached answers with what it had, and says so in `problem`; it fails only
   * when it is cancelled.
   */
  refresh(options: IRefreshOptions): Promise<ISourceReading>;
}
