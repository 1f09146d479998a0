import type { DeepEvent, Run } from '@jupyterlab-deep/protocol';
import { Notification } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { asRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import { isOpen } from './openRun';

const KEY = 'jupyterlab-deep:activity:watched';
/** These may take long, so that people do something else meanwhile. */
const TOLD_OF: Run['kind'][] = [
  'batch',
  'training',
  'topology',
  'job',
  'environment'
];
/** Whoever began what ends sooner still looks at it. */
const LONG_MS = 10_000;

/**
 * Says once that something long has ended: now, or at the next start of Lab when it was closed meanwhile. What goes on is
 * kept in Lab's state; only where that holds something is the service asked at the start.
 */
export class EndNotices implements IDisposable {
  constructor(private readonly _options: EndNotices.IOptions) {
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

  /** What went on when Lab was last open. */
  private async _recall(): Promise<void> {
    const { restored, state, service } = this._options;
    const kept = await state?.fetch(KEY).catch(() => undefined);
    // What is said before Lab stands is not shown.
    await restored;
    if (!Array.isArray(kept) || kept.length === 0 || this._isDisposed) {
      return;
    }
    kept.forEach(id => this._watched.add(String(id)));
    kept.forEach(id => this._missed.add(String(id)));
    service.open();
    await this._look();
  }

  /** Ask for those that may have ended unseen. */
  private async _look(): Promise<void> {
    await Promise.all([...this._watched].map(id => this._ask(id)));
  }

  private async _ask(id: string): Promise<void> {
    const { service, trans } = this._options;
    try {
      this._take(
        await service.requestJson<Run>(`runs/${encodeURIComponent(id)}`)
      );
    } catch (reason) {
      // While the service is away the run is asked for at the next `reset`.
      if (asRequestError(reason, trans).key === 'not-found') {
        this._forget(id);
      }
    }
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run') {
      this._take(message.data);
    } else if (message.event === 'reset') {
      void this._look();
    }
  }

  private _take(run: Run): void {
    if (!TOLD_OF.includes(run.kind) || this._isDisposed) {
      return;
    }
    const isWatched = this._watched.has(run.id);
    if (isOpen(run) && !isWatched) {
      this._watched.add(run.id);
      this._keep();
    } else if (!isOpen(run) && isWatched) {
      const wasMissed = this._missed.has(run.id);
      this._forget(run.id);
      if (wasMissed || lasted(run) >= LONG_MS) {
        void this._tell(run, wasMissed);
      }
    }
  }

  private async _tell(run: Run, wasMissed: boolean): Promise<void> {
    const { trans, show } = this._options;
    if (run.state === 'cancelled') {
      return;
    }
    // Lab starts without the words. A page of before an update lacks them: then the state is told as it is called.
    const words = await import('./runWords').catch(() => undefined);
    const state = words?.runState(run, trans) ?? run.state;
    // *Image classifier: seeds — Done · val_accuracy 0.94*
    const sentence = (facts: string) =>
      trans.__(
        '%1 — %2',
        run.title,
        [state, facts].filter(Boolean).join(' · ')
      );
    const actions = [{ label: trans.__('Show'), callback: () => show(run) }];
    if (run.state === 'succeeded') {
      Notification.success(sentence(words?.progressOf(run, trans) ?? ''), {
        actions,
        ...(wasMissed ? { autoClose: false } : {})
      });
    } else {
      Notification.error(sentence(run.error?.detail ?? ''), {
        actions,
        autoClose: false
      });
    }
  }

  private _forget(id: string): void {
    this._missed.delete(id);
    if (this._watched.delete(id)) {
      this._keep();
    }
  }

  private _keep(): void {
    const { state } = this._options;
    // Without Lab's state nothing is told of what ends while Lab is closed; Activity shows it.
    void state?.save(KEY, [...this._watched]).catch(() => undefined);
  }

  private readonly _watched = new Set<string>();
  /** Of them, those that may have ended while Lab was closed. */
  private readonly _missed = new Set<string>();
  private _isDisposed = false;
}

export namespace EndNotices {
  export interface IOptions {
    service: IDeepService;
    state: IStateDB | null;
    trans: TranslationBundle;
    /** Lab stands as it was. */
    restored: Promise<unknown>;
    /** Bring a run to the front. */
    show(run: Run): void;
  }
}

const lasted = ({ createdAt, endedAt }: Run): number =>
  endedAt ? Date.parse(endedAt) - Date.parse(createdAt) : 0;
