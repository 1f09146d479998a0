import type {
  Account,
  DeepEvent,
  Deployment,
  Run,
  Target
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import type { DeploymentsClient } from './client';
import { KnownDeployments } from './knownDeployments';
import { newsOf } from './words';

/** What runs and where it can run; kept up to date by events. Nothing is shown before the service has said it. */
export class DeploymentsModel implements IDisposable {
  constructor(private readonly _options: DeploymentsModel.IOptions) {
    _options.service.eventReceived.connect(this._onEvent, this);
  }

  get changed(): ISignal<DeploymentsModel, void> {
    return this._changed;
  }

  /** Null until they are known. */
  get targets(): readonly Target[] | null {
    return this._targets;
  }

  /** The newest first; null until they are known. */
  get deployments(): readonly Deployment[] | null {
    return this._isKnown ? this._known.list : null;
  }

  get(id: string): Deployment | undefined {
    return this._known.get(id);
  }

  /** When there was last news of it, in ms. */
  heardAt(id: string): number {
    return this._known.heardAt(id);
  }

  get isRefreshing(): boolean {
    return this._isRefreshing;
  }

  /** Why what is shown may not be so. */
  get error(): DeepRequestError | null {
    return this._error;
  }

  /** Why the last order to a deployment, or the last question to a target, failed. */
  failureOf(id: string): DeepRequestError | undefined {
    return this._failures.get(id);
  }

  /** An order to it is on its way. */
  isBusy(id: string): boolean {
    return this._busy.has(id);
  }

  /** The last change of a state, as a sentence for those who do not look. */
  get news(): string {
    return this._news;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  async start(): Promise<void> {
    if (!this._isStarted) {
      this._isStarted = true;
      await this.refresh();
    }
  }

  async refresh(): Promise<void> {
    this._isStarted = true;
    this._isRefreshing = true;
    const asked = ++this._asked;
    this._known.ask();
    this._heardTargets.clear();
    this._emit();
    const failures = await Promise.all([
      this._refreshDeployments(asked),
      this._refreshTargets(asked)
    ]);
    if (asked === this._asked) {
      this._error = failures.find(each => each !== null) ?? null;
      this._isRefreshing = false;
      this._emit();
    }
  }

  /** Ask a target again whether it can be used. */
  async check(target: string): Promise<void> {
    await this._order(target, async () =>
      this._takeTarget(await this._options.client.check(target))
    );
  }

  async act(id: string, order: 'stop' | 'start' | 'restart'): Promise<void> {
    await this._order(id, async () =>
      this.take(await this._options.client.act(id, order))
    );
  }

  async disconnect(id: string): Promise<void> {
    await this._order(id, async () =>
      this.take(await this._options.client.disconnect(id))
    );
  }

  /** It stays in the list until its target has nothing of it any more. */
  async remove(id: string): Promise<void> {
    await this._order(id, async () =>
      this.take(await this._options.client.remove(id))
    );
  }

  /** Forget a place that the user added. */
  async removeTarget(target: string): Promise<void> {
    await this._order(target, async () => {
      await this._options.client.removeTarget(target);
      this._forgetTarget(target);
    });
  }

  /** A place that a reply told of. */
  takeTarget(target: Target): void {
    this._takeTarget(target);
    this._emit();
  }

  /** A deployment that a reply told of. */
  take(deployment: Deployment): void {
    this._tell(deployment, this._known.take(deployment));
    this._emit();
  }

  /** Runs that use it now. Null where they cannot be asked for: `failureOf` says why. */
  async runsOf({ id, module }: Deployment): Promise<Run[] | null> {
    let found: Run[] | null = null;
    await this._order(id, async () => {
      const runs = await this._options.client.openRuns();
      // Jobs run in containers of their own.
      const users = runs.filter(({ kind }) => kind !== 'job');
      found = users.filter(run =>
        run.deployment === undefined
          ? run.module === module
          : run.deployment === id
      );
    });
    return found;
  }

  /** @returns why it failed. */
  private async _refreshDeployments(
    asked: number
  ): Promise<DeepRequestError | null> {
    try {
      const deployments = await this._options.client.list();
      if (asked === this._asked) {
        this._known.replaceAll(deployments);
        this._isKnown = true;
      }
      return null;
    } catch (reason) {
      return asRequestError(reason, this._options.trans);
    }
  }

  private async _refreshTargets(
    asked: number
  ): Promise<DeepRequestError | null> {
    try {
      const targets = await this._options.client.targets();
      if (asked === this._asked) {
        this._targets = targets.map(
          each => this._heardTargets.get(each.id) ?? each
        );
      }
      return null;
    } catch (reason) {
      return asRequestError(reason, this._options.trans);
    }
  }

  private async _order(id: string, work: () => Promise<void>): Promise<void> {
    this._busy.add(id);
    this._failures.delete(id);
    this._emit();
    try {
      await work();
    } catch (reason) {
      this._failures.set(id, asRequestError(reason, this._options.trans));
    }
    this._busy.delete(id);
    this._emit();
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (!this._isStarted) {
      return;
    }
    switch (message.event) {
      case 'deployment':
        this._tell(message.data, this._known.hear(message.data));
        break;
      case 'deployment-removed':
        this._known.forget(message.data.id);
        break;
      case 'target':
        this._heardTargets.set(message.data.id, message.data);
        this._takeTarget(message.data);
        break;
      case 'account':
        void this._lookAgain(message.data);
        return;
      case 'target-removed':
        this._forgetTarget(message.data.id);
        break;
      case 'reset':
        void this.refresh();
        return;
      default:
        return;
    }
    this._emit();
  }

  /** Places say until when their account holds, and those that asked for one can be used now. */
  private async _lookAgain({ id, state, createdAt }: Account): Promise<void> {
    const now = `${state} ${createdAt}`;
    const isNews = this._accounts.get(id) !== now;
    this._accounts.set(id, now);
    this._heardTargets.clear();
    await this._refreshTargets(this._asked);
    this._emit();
    // Each renewal of a token is an event, too: a place that goes on refusing it is not asked for ever.
    if (isNews && state === 'connected') {
      const waiting = this._targets?.filter(
        each => each.state === 'needs-account'
      );
      await Promise.all(waiting?.map(({ id }) => this.check(id)) ?? []);
    }
  }

  private _forgetTarget(target: string): void {
    this._heardTargets.delete(target);
    this._targets = this._targets?.filter(({ id }) => id !== target) ?? null;
  }

  private _takeTarget(target: Target): void {
    const targets = this._targets ?? [];
    this._targets = targets.some(({ id }) => id === target.id)
      ? targets.map(each => (each.id === target.id ? target : each))
      : [...targets, target];
  }

  /** @param before Null of what came too late. */
  private _tell(now: Deployment, before: Deployment | undefined | null): void {
    if (before !== null && before?.state !== now.state && this._isKnown) {
      this._news = newsOf(now, this._options.trans);
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<DeploymentsModel, void>(this);
  private readonly _known = new KnownDeployments();
  private readonly _busy = new Set<string>();
  private readonly _failures = new Map<string, DeepRequestError>();
  private readonly _heardTargets = new Map<string, Target>();
  /** How they stood when they were last heard of. */
  private readonly _accounts = new Map<string, string>();
  private _targets: readonly Target[] | null = null;
  private _error: DeepRequestError | null = null;
  private _news = '';
  private _asked = 0;
  private _isKnown = false;
  private _isRefreshing = false;
  private _isStarted = false;
  private _isDisposed = false;
}

export namespace DeploymentsModel {
  export interface IOptions {
    service: IDeepService;
    client: DeploymentsClient;
    trans: TranslationBundle;
  }
}
