import {
  IModuleDescription,
  ModuleClient
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError } from '@jupyterlab-deep/protocol';

/** What goes on before there is a process. */
export interface IStartWork {
  /** Its user wants it no longer. */
  signal: AbortSignal;
  /** What is being done, for people. */
  onPhase(phase: string): void;
}

/** A module that can be asked. */
export interface IReadyModule {
  /** Identifier of the deployment. */
  deployment: string;
  /** `unix:/path/to.sock`, or origin and base path of a server. */
  endpoint: string;
  client: ModuleClient;
  about: IModuleDescription;
}

/** A module from its start, or its connection, to its end. */
export interface ILife {
  /** Rejects with the reason when it cannot be asked. */
  readonly ready: Promise<IReadyModule>;
  /** Resolves when nothing of it is left, with the reason if it did not end as it should. */
  readonly ended: Promise<DeepError | undefined>;
  /** What can be asked, once it is ready. */
  readonly readyModule?: IReadyModule;
  /** Whether it ended, perhaps unnoticed so far. */
  isGone(): Promise<boolean>;
  /** Its user wants it no longer. */
  stop(): void;
  /** The service ends. Resolves when nothing is left here. */
  close(): Promise<void>;
  /** Look whether it still answers. Never rejects. */
  look(): Promise<void>;
}
