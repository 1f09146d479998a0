import type { DeepEvent, Health } from '@jupyterlab-deep/protocol';
import type { ServerConnection } from '@jupyterlab/services';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { DeepRequestError } from './errors';

/** `idle`: nothing has used the service yet, and it may not run. */
export type ConnectionState =
  'idle' | 'connecting' | 'starting' | 'online' | 'unreachable';

/** How the connection to the service stands. */
export interface IConnection {
  readonly state: ConnectionState;

  /** When this state began. */
  readonly since: Date;

  /** Why it is unreachable, in words. */
  readonly error: DeepRequestError | null;
}

/** A request to the service. */
export interface IDeepRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';

  /** Sent as JSON. */
  json?: unknown;

  /** Sent as `application/octet-stream`. */
  bytes?: Blob;
  signal?: AbortSignal;

  /** Where the service does not run it is not started: the request is refused as `service-unavailable`. */
  isOnlyIfRunning?: boolean;
}

/** The one connection of this page to the companion service, behind Jupyter. */
export interface IDeepService {
  /** Of the labextension. */
  readonly version: string;

  readonly connection: IConnection;
  readonly connectionChanged: ISignal<IDeepService, IConnection>;

  /** As last told by the service. */
  readonly health: Health | null;

  /** What the service says happened. After `reset` a reader fetches anew. */
  readonly eventReceived: ISignal<IDeepService, DeepEvent>;

  readonly serverSettings: ServerConnection.ISettings;

  /** Connect and follow the events. The service starts at its first request, so nothing calls this before a panel of ours is shown. */
  open(): void;

  /** Try now instead of waiting. */
  retry(): void;

  /** Ask for the health again. */
  refreshHealth(): Promise<Health>;

  /**
   * The reply to a request below `deep/`.
   *
   * @throws DeepRequestError for every failure and refusal.
   */
  request(path: string, options?: IDeepRequest): Promise<Response>;

  /** The JSON of the reply. */
  requestJson<T>(path: string, options?: IDeepRequest): Promise<T>;
}

export const IDeepService = new Token<IDeepService>(
  'jupyterlab-deep:IDeepService',
  'The connection to the DEEP companion service.'
);
