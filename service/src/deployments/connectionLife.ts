import {
  IModuleDescription,
  ModuleClient
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError, Deployment } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import { ILife, IReadyModule } from './life';
import { DeploymentRecords } from './records';
import { readApi } from './serverApi';

/** Somebody else's server is asked often while it is used or its state is news, seldom otherwise. */
const NEWS_MS = 5 * 60_000;
const SELDOM_MS = 60_000;
/** A server that computes may be late once. */
const MISSES_ALLOWED = 1;

/** A module that runs somewhere else: asked, never started or ended. */
export class ConnectionLife implements ILife {
  constructor(private readonly _options: ConnectionLife.IOptions) {
    const { endpoint, modelPath, about } = _options;
    this._client = new ModuleClient({ endpoint, modelPath });
    if (about) {
      this._setReady(about);
    }
  }

  readyModule?: IReadyModule;

  get ready(): Promise<IReadyModule> {
    return (this._asking ?? Promise.resolve()).then(() => {
      if (!this.readyModule) {
        throw this._failure ?? forgotten(this._record.title);
      }
      return this.readyModule;
    });
  }

  get ended(): Promise<undefined> {
    return this._ended.promise;
  }

  async isGone(): Promise<boolean> {
    return false;
  }

  /** Forget it: its server is not told, and goes on. */
  stop(): void {
    if (!this._over.signal.aborted) {
      const phase = 'Forgotten here; its server goes on by itself';
      this._update({ state: 'stopped', phase, error: undefined });
      void this.close();
    }
  }

  async close(): Promise<void> {
    this._over.abort();
    this.readyModule = undefined;
    this._ended.resolve(undefined);
    await this._client.close();
  }

  async look(): Promise<void> {
    if (this._isDue) {
      await this.ask();
    }
  }

  /** Ask it now; whoever comes meanwhile waits for the same answer. Never rejects. */
  ask(): Promise<void> {
    this._asking ??= this._ask().finally(() => (this._asking = undefined));
    return this._asking;
  }

  /** Whether its address may be used. @throws DeepError `address-private`, `address-refused` */
  check(): Promise<void> {
    return this._options.check();
  }

  /** Ask again where it did not answer. */
  revive(): void {
    if (!this.readyModule && !this._asking) {
      this._update({ state: 'starting', phase: 'Asking whether it answers' });
      void this.ask();
    }
  }

  private async _ask(): Promise<void> {
    this._askedAt = Date.now();
    const { signal } = this._over;
    try {
      await this._options.check();
      const about = await readApi(this._client, signal);
      if (!signal.aborted) {
        this._answered(about);
      }
    } catch (error) {
      if (!signal.aborted) {
        this._missed(asDeepError(error));
      }
    }
  }

  private _setReady(about: IModuleDescription): void {
    const { id: deployment, endpoint } = this._options;
    this.readyModule = { deployment, endpoint, client: this._client, about };
    this._askedAt = Date.now();
  }

  private _answered(about: IModuleDescription): void {
    this._setReady(about);
    this._misses = 0;
    this._failure = undefined;
    if (this._record.state !== 'ready') {
      const readyAt = new Date().toISOString();
      this._update({ state: 'ready', phase: '', error: undefined, readyAt });
    }
  }

  private _missed(failure: DeepError): void {
    this._misses += 1;
    const isLate = failure.key === 'timeout' && this.readyModule;
    if (isLate && this._misses <= MISSES_ALLOWED) {
      return;
    }
    this._failure = failure;
    this.readyModule = undefined;
    const error = failure.message;
    const { state, error: known } = this._record;
    if (state !== 'unreachable' || error !== known) {
      const phase = 'It does not answer';
      this._update({ state: 'unreachable', phase, error });
    }
  }

  private get _isDue(): boolean {
    const { since, lastUsedAt } = this._record;
    const news = Math.max(Date.parse(since), Date.parse(lastUsedAt ?? since));
    const now = Date.now();
    return now - news < NEWS_MS || now - this._askedAt >= SELDOM_MS;
  }

  private get _record(): Deployment {
    return this._options.records.get(this._options.id) as Deployment;
  }

  private _update(change: Partial<Deployment>): void {
    this._options.records.update(this._options.id, change);
  }

  private readonly _client: ModuleClient;
  private readonly _over = new AbortController();
  private readonly _ended = Promise.withResolvers<undefined>();
  private _asking?: Promise<void>;
  private _failure?: DeepError;
  private _misses = 0;
  private _askedAt = 0;
}

export namespace ConnectionLife {
  export interface IOptions {
    id: string;
    /** Origin and base path. */
    endpoint: string;
    modelPath: string;
    records: DeploymentRecords;
    /** Whether its address may be asked: names can come to mean other machines. */
    check(): Promise<void>;
    /** What it said just now. */
    about?: IModuleDescription;
  }
}

const forgotten = (title: string): DeepError =>
  new DeepError('module-unreachable', `The connection to ${title} was ended.`, {
    hint: 'Connect to it again.'
  });
