import type { DeepEvent, Run, RunListing } from '@jupyterlab-deep/protocol';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { IDeepService } from '../service/tokens';

const LIVE = ['queued', 'running'];

/** What runs, over all modules; it listens and never makes the service start. */
export class ActivityModel implements IDisposable {
  constructor(private readonly _service: IDeepService) {
    _service.eventReceived.connect(this._onEvent, this);
    _service.connectionChanged.connect(this._onConnection, this);
  }

  get changed(): ISignal<ActivityModel, void> {
    return this._changed;
  }

  /** How many runs go on. */
  get runningCount(): number {
    return this._running.size;
  }

  /** The module of the run that began last. */
  get latestModule(): string | null {
    const runs = [...this._running.values()];
    runs.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    return runs[0]?.module ?? null;
  }

  get isUnreachable(): boolean {
    return this._service.connection.state === 'unreachable';
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run') {
      this._take(message.data);
      this._changed.emit();
    }
    if (message.event === 'reset') {
      void this._fetch();
    }
  }

  private _take(run: Run): void {
    if (LIVE.includes(run.state)) {
      this._running.set(run.id, run);
    } else {
      this._running.delete(run.id);
    }
  }

  private async _fetch(): Promise<void> {
    const asks = LIVE.map(state =>
      this._service.requestJson<RunListing>(`runs?state=${state}`)
    );
    try {
      const listings = await Promise.all(asks);
      this._running.clear();
      listings.forEach(({ runs }) => runs.forEach(run => this._take(run)));
      this._changed.emit();
    } catch (reason) {
      // The connection shows its own trouble; the count follows at the next reset.
      console.warn('The runs could not be counted.', reason);
    }
  }

  private _onConnection(): void {
    this._changed.emit();
  }

  private readonly _running = new Map<string, Run>();
  private readonly _changed = new Signal<ActivityModel, void>(this);
  private _isDisposed = false;
}
