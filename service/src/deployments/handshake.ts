import {
  IModuleDescription,
  ModuleClient
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { IReadyModule } from './life';
import { readApi } from './serverApi';

/** Asking anew brings the whole document of its API. */
const PROBE_MS = 5_000;
/** A module that computes may be late once. */
const MISSES_ALLOWED = 1;

/** What came of asking a module. */
export interface IGreeting {
  /** It answered, now or a moment ago. */
  about?: IModuleDescription;
  failure?: DeepError;
  /** It was late too often. */
  isLost?: boolean;
}

/** Whether a page answers, whatever it says. */
export async function answersHttp(
  url: string,
  signal: AbortSignal
): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]);
    const answer = await fetch(url, { redirect: 'manual', signal: limit });
    await answer.body?.cancel();
    return true;
  } catch {
    // Not yet, or no longer: the next look says more.
    return false;
  }
}

/** Asks a module at an endpoint that may change whether it answers, and gives it to whoever waits. */
export class Handshake {
  constructor(
    private readonly _deployment: string,
    private readonly _title: string
  ) {
    this.ready.catch(() => undefined);
  }

  readyModule?: IReadyModule;

  /** Resolves when it answers; rejects when it never will. */
  get ready(): Promise<IReadyModule> {
    return this._becomeReady.promise;
  }

  /**
   * Ask it, unless it answered a moment ago.
   *
   * @param isSeldom Every request begins its idle time anew: once it has answered it is not asked.
   */
  async greet(
    endpoint: string,
    isSeldom: boolean,
    signal: AbortSignal
  ): Promise<IGreeting> {
    if (this.readyModule && this.readyModule.endpoint !== endpoint) {
      this.lose();
    }
    const isFresh = Date.now() - this._askedAt < PROBE_MS;
    if (this.readyModule && this._misses === 0 && (isSeldom || isFresh)) {
      return { about: this.readyModule.about };
    }
    try {
      this._askedAt = Date.now();
      const client = await this._clientFor(endpoint);
      const about = await readApi(client, signal);
      this._misses = 0;
      const deployment = this._deployment;
      this.readyModule = { deployment, endpoint, client, about };
      this._becomeReady.resolve(this.readyModule);
      return { about };
    } catch (error) {
      return this._miss(asDeepError(error));
    }
  }

  /** It cannot be asked now; whoever waits waits for the next time. */
  lose(): void {
    if (this.readyModule) {
      this.readyModule = undefined;
      this._becomeReady = Promise.withResolvers<IReadyModule>();
      this.ready.catch(() => undefined);
    }
  }

  /** It has nothing that could be asked. */
  refuse(reason: DeepError): void {
    this._becomeReady.reject(reason);
  }

  async close(reason: DeepError): Promise<void> {
    this.lose();
    this.refuse(reason);
    await this._client?.close();
  }

  private _miss(failure: DeepError): IGreeting {
    this._misses += 1;
    const isLost = this._misses > MISSES_ALLOWED;
    if (isLost) {
      this.lose();
    }
    return { failure, isLost };
  }

  private async _clientFor(endpoint: string): Promise<ModuleClient> {
    if (this._client === undefined || this._clientEndpoint !== endpoint) {
      await this._client?.close();
      this._client = new ModuleClient({ endpoint, name: this._title });
      this._clientEndpoint = endpoint;
    }
    return this._client;
  }

  private _becomeReady = Promise.withResolvers<IReadyModule>();
  private _client?: ModuleClient;
  private _clientEndpoint?: string;
  private _misses = 0;
  private _askedAt = 0;
}
