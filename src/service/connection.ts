import type { DeepEvent, Health } from '@jupyterlab-deep/protocol';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import {
  asRequestError,
  DeepRequestError,
  errorOfNetwork,
  errorOfResponse
} from './errors';
import { readServerEvents } from './serverEvents';
import { PageStandby } from './standby';
import type {
  ConnectionState,
  IConnection,
  IDeepRequest,
  IDeepService
} from './tokens';
import { VERSION } from './version';

/** Three of the service's heartbeats. */
const SILENCE_MS = 60_000;

/** From then on a request that is not answered is shown as a start of the service. */
const SLOW_MS = 800;

/** The pause before the next try, by failures in a row. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

/** Follows the service: one loop that connects, reads events and tries again. */
export class DeepService implements IDeepService, IDisposable {
  constructor(options: DeepService.IOptions) {
    this.serverSettings =
      options.serverSettings ?? ServerConnection.makeSettings();
    this._trans = options.trans;
    this._pausesMs = options.pausesMs ?? PAUSES_MS;
    this._standby = new PageStandby();
  }

  readonly serverSettings: ServerConnection.ISettings;
  readonly version = VERSION;

  get connection(): IConnection {
    return this._connection;
  }

  get connectionChanged(): ISignal<IDeepService, IConnection> {
    return this._connectionChanged;
  }

  get health(): Health | null {
    return this._health;
  }

  get eventReceived(): ISignal<IDeepService, DeepEvent> {
    return this._eventReceived;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stop.abort();
    this._standby.dispose();
    this.retry();
    Signal.clearData(this);
  }

  open(): void {
    if (!this._isOpen && !this._isDisposed) {
      this._isOpen = true;
      void this._follow();
    }
  }

  retry(): void {
    this.open();
    this._endPause();
  }

  async refreshHealth(): Promise<Health> {
    this._health = await this.requestJson<Health>('health');
    return this._health;
  }

  async request(path: string, options: IDeepRequest = {}): Promise<Response> {
    if (!options.isOnlyIfRunning) {
      this.open();
    }
    const response = await this._send(path, options);
    if (!response.ok) {
      throw await errorOfResponse(response, this._trans);
    }
    return response;
  }

  async requestJson<T>(path: string, options?: IDeepRequest): Promise<T> {
    const response = await this.request(path, options);
    return (await response.json()) as T;
  }

  private async _send(
    path: string,
    options: IDeepRequest,
    headers: Record<string, string> = {}
  ): Promise<Response> {
    const url = URLExt.join(this.serverSettings.baseUrl, 'deep') + `/${path}`;
    const { method = 'GET', json, bytes, signal, isOnlyIfRunning } = options;
    const contentType = bytes ? 'application/octet-stream' : 'application/json';
    const init: RequestInit = {
      method,
      signal,
      // Not `no-store`: for that one core adds a number to the query, which the service would have to know.
      cache: 'no-cache',
      headers: {
        'Content-Type': contentType,
        ...(isOnlyIfRunning && { 'Deep-Only-If-Running': '1' }),
        ...headers
      },
      body: bytes ?? (json === undefined ? undefined : JSON.stringify(json))
    };
    try {
      return await ServerConnection.makeRequest(url, init, this.serverSettings);
    } catch (reason) {
      throw errorOfNetwork(reason, this._trans);
    }
  }

  private async _follow(): Promise<void> {
    let failures = 0;
    while (!this._isDisposed) {
      await this._standby.visible();
      const wasOpened = await this._connectOnce();
      failures = wasOpened ? 0 : failures + 1;
      if (!this._isDisposed && !this._standby.isStandingBy) {
        await this._pause(failures);
      }
    }
  }

  /** Whether the stream of events was reached; resolves when it is over. */
  private async _connectOnce(): Promise<boolean> {
    let wasOpened = false;
    const slow = setTimeout(() => this._setState('starting'), SLOW_MS);
    const ended = new AbortController();
    const abort = () => ended.abort();
    this._stop.signal.addEventListener('abort', abort);
    this._standby.onStandby = abort;
    try {
      if (this._connection.state === 'idle') {
        this._setState('connecting');
      }
      await this._greet(ended.signal);
      const response = await this._openStream(ended.signal);
      clearTimeout(slow);
      wasOpened = true;
      this._setState('online');
      this._resetUnlessResumed();
      await this._read(response);
    } catch (reason) {
      if (!wasOpened && !ended.signal.aborted) {
        this._fail(asRequestError(reason, this._trans));
      }
      // A stream that breaks is opened again at once; only a failure of that is worth words.
    } finally {
      clearTimeout(slow);
      ended.abort();
      this._stop.signal.removeEventListener('abort', abort);
    }
    return wasOpened;
  }

  private async _greet(signal: AbortSignal): Promise<void> {
    const response = await this._send('health', { signal });
    if (!response.ok) {
      throw await errorOfResponse(response, this._trans);
    }
    this._health = (await response.json()) as Health;
  }

  private async _openStream(signal: AbortSignal): Promise<Response> {
    // Exactly this value: with any other the proxy holds the stream back until it ends.
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (this._lastEventId) {
      headers['Last-Event-ID'] = this._lastEventId;
    }
    const response = await this._send('events', { signal }, headers);
    if (!response.ok) {
      throw await errorOfResponse(response, this._trans);
    }
    return response;
  }

  private async _read(response: Response): Promise<void> {
    for await (const { id, event, data } of readServerEvents(
      response,
      SILENCE_MS
    )) {
      if (this._isDisposed) {
        return;
      }
      this._lastEventId = id || this._lastEventId;
      if (data) {
        const message = { event, data: JSON.parse(data) } as DeepEvent;
        this._eventReceived.emit(message);
      }
    }
  }

  /** What happened before the first stream was open has gone by unseen. */
  private _resetUnlessResumed(): void {
    if (!this._lastEventId) {
      const reason = 'opened';
      this._eventReceived.emit({ event: 'reset', data: { reason } });
    }
  }

  private _fail(error: DeepRequestError): void {
    this._health = null;
    this._setState('unreachable', error);
  }

  private async _pause(failures: number): Promise<void> {
    const index = Math.min(failures, this._pausesMs.length) - 1;
    // Also after a clean end, so that a service that closes at once is not asked in a tight loop.
    const pauseMs = this._pausesMs[Math.max(index, 0)];
    if (failures === 0) {
      this._setState('connecting');
    }
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, pauseMs);
      this._endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private _setState(
    state: ConnectionState,
    error: DeepRequestError | null = null
  ): void {
    const previous = this._connection;
    // A further failed try does not begin the outage anew.
    if (state === 'starting' && previous.state === 'unreachable') {
      return;
    }
    const since = previous.state === state ? previous.since : new Date();
    if (!this._isDisposed) {
      this._connection = { state, since, error };
      this._connectionChanged.emit(this._connection);
    }
  }

  private readonly _trans: TranslationBundle;
  private readonly _pausesMs: number[];
  private readonly _standby: PageStandby;
  private readonly _stop = new AbortController();
  private readonly _connectionChanged = new Signal<IDeepService, IConnection>(
    this
  );
  private readonly _eventReceived = new Signal<IDeepService, DeepEvent>(this);
  private _connection: IConnection = {
    state: 'idle',
    since: new Date(),
    error: null
  };
  private _health: Health | null = null;
  private _lastEventId = '';
  private _isOpen = false;
  private _isDisposed = false;
  private _endPause: () => void = () => undefined;
}

export namespace DeepService {
  export interface IOptions {
    trans: TranslationBundle;
    serverSettings?: ServerConnection.ISettings;

    /** The pause before the next try, by failures in a row. */
    pausesMs?: number[];
  }
}
