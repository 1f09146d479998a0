import type { DeepEvent, Deployment } from '@jupyterlab-deep/protocol';
import { Notification } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { IDeepService } from '../service/tokens';
import type { IRunningAt } from './accountNotice';
import { targetOf } from './groups';

const KEY = 'jupyterlab-deep:deployments:elsewhere';
/** Whoever began what is ready sooner still looks at it. */
const LONG_MS = 10_000;

/** What Lab keeps of a deployment that may go on while it is closed. */
interface IKept {
  id: string;
  title: string;
}

/**
 * Says once at the start what still runs outside this machine's processes, and later when something there has come up or
 * failed. What runs is kept in Lab's state; the service is asked only where that holds something, and never started.
 */
export class StillRunning implements IDisposable {
  constructor(private readonly _options: StillRunning.IOptions) {
    _options.service.eventReceived.connect(this._onEvent, this);
    void this._recall();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private async _recall(): Promise<void> {
    const { state } = this._options;
    const kept = await state?.fetch(KEY).catch(() => undefined);
    if (!Array.isArray(kept) || kept.length === 0 || this._isDisposed) {
      return;
    }
    for (const { id, title } of kept as unknown as IKept[]) {
      this._live.set(id, { title, place: '' });
    }
    const listed = await this._list(true);
    if (listed) {
      this._take(listed);
      this._sayWhatRuns(false);
    } else {
      this._sayWhatRuns(true);
    }
  }

  /** Null where the service does not run, or does not answer. */
  private async _list(isOnlyIfRunning: boolean): Promise<Deployment[] | null> {
    try {
      const { deployments } = await this._options.service.requestJson<{
        deployments: Deployment[];
      }>('deployments', { isOnlyIfRunning });
      return deployments;
    } catch {
      // The panel says why; here it is not known how things stand.
      return null;
    }
  }

  private _take(deployments: readonly Deployment[]): void {
    this._live.clear();
    deployments
      .filter(isElsewhere)
      .filter(isRunning)
      .forEach(each => this._live.set(each.id, runningAt(each)));
    this._keep();
  }

  private _sayWhatRuns(isFromMemory: boolean): void {
    const titles = [...this._live.values()]
      .map(({ title }) => title)
      .join(', ');
    if (this._hasSaid || titles === '' || this._isDisposed) {
      return;
    }
    this._hasSaid = true;
    const { trans } = this._options;
    Notification.info(
      isFromMemory
        ? trans.__('Ran elsewhere when Lab was last open: %1', titles)
        : trans.__('Still running elsewhere: %1', titles),
      { autoClose: false, actions: this._actions }
    );
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    switch (message.event) {
      case 'deployment':
        this._hear(message.data);
        return;
      case 'deployment-removed':
        this._forget(message.data.id);
        return;
      case 'reset':
        void this._lookAnew();
    }
  }

  /** The connection is open: to ask costs nothing more. */
  private async _lookAnew(): Promise<void> {
    const listed = await this._list(false);
    if (listed && !this._isDisposed) {
      this._take(listed);
      this._sayWhatRuns(false);
    }
  }

  private _hear(deployment: Deployment): void {
    if (!isElsewhere(deployment)) {
      return;
    }
    const { id, state } = deployment;
    if (isRunning(deployment)) {
      // Its user has seen it begin.
      this._hasSaid ||= !this._live.has(id);
      this._live.set(id, runningAt(deployment));
      this._keep();
    } else {
      this._forget(id);
    }
    const isComing = state === 'preparing' || state === 'starting';
    if (isComing) {
      this._coming.add(id);
    } else if (this._coming.delete(id)) {
      void this._sayHowItCame(deployment);
    }
  }

  private async _sayHowItCame(deployment: Deployment): Promise<void> {
    const { trans } = this._options;
    const { title, state, since, createdAt, error } = deployment;
    // Lab starts without the words. A page of before an update lacks them: then the state is told as it is called.
    const known = await import('./words').catch(() => undefined);
    const lastedMs = Date.parse(since) - Date.parse(createdAt);
    const words = trans.__(
      '%1 — %2',
      title,
      known?.stateWord(deployment, trans) ?? state
    );
    if (state === 'ready' && lastedMs >= LONG_MS) {
      Notification.success(words, { actions: this._actions });
    } else if (state === 'failed') {
      Notification.error([words, error].filter(Boolean).join(': '), {
        autoClose: false,
        actions: this._actions
      });
    }
  }

  private _forget(id: string): void {
    if (this._live.delete(id)) {
      this._keep();
    }
  }

  private _keep(): void {
    const kept = [...this._live].map(([id, { title }]) => ({ id, title }));
    // Without Lab's state nothing is said at the next start; the panel shows it.
    void this._options.state?.save(KEY, kept).catch(() => undefined);
    this._options.onRunning?.([...this._live.values()]);
  }

  private get _actions(): Notification.IAction[] {
    const { trans, show } = this._options;
    return [{ label: trans.__('Show'), callback: show }];
  }

  private readonly _live = new Map<string, IRunningAt>();
  /** On their way, since this Lab looks. */
  private readonly _coming = new Set<string>();
  private _hasSaid = false;
  private _isDisposed = false;
}

export namespace StillRunning {
  export interface IOptions {
    service: IDeepService;
    state: IStateDB | null;
    trans: TranslationBundle;
    /** Bring the panel to the front. */
    show: () => void;
    /** Told whenever it is known what runs elsewhere. */
    onRunning?: (running: readonly IRunningAt[]) => void;
  }
}

const runningAt = (deployment: Deployment): IRunningAt => ({
  title: deployment.title,
  place: targetOf(deployment)
});

const isElsewhere = ({ target }: Deployment): boolean =>
  target !== 'process' && target !== 'address';

const isRunning = ({ state }: Deployment): boolean =>
  state !== 'stopped' && state !== 'failed';
