import type { DeepEvent, Run } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import type { InferenceClient } from './client';

const RANK: Record<Run['state'], number> = {
  queued: 0,
  running: 1,
  paused: 1,
  succeeded: 2,
  failed: 2,
  cancelled: 2,
  interrupted: 2
};

export const hasEnded = (run: Run): boolean => RANK[run.state] === 2;

/** The later of two accounts of one run: replies and events may overtake each other, states never go back. */
export function laterRun(known: Run, other: Run): Run {
  return RANK[other.state] >= RANK[known.state] ? other : known;
}

/** Follows one run by events, and asks for it again where events may have been missed. */
export class RunFollower implements IDisposable {
  constructor(options: RunFollower.IOptions) {
    this._options = options;
    options.service.eventReceived.connect(this._onEvent, this);
  }

  get changed(): ISignal<RunFollower, void> {
    return this._changed;
  }

  get run(): Run | null {
    return this._run;
  }

  /** Why nothing is known of the run any more. */
  get error(): DeepRequestError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Follow the run that the request begins; its events may arrive before its reply. */
  async begin(request: () => Promise<Run>): Promise<Run> {
    this._run = null;
    this._error = null;
    this._early = new Map();
    try {
      const run = await request();
      const early = this._early.get(run.id);
      this._run = early ? laterRun(run, early) : run;
    } finally {
      this._early = null;
    }
    this._changed.emit();
    return this._run;
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'run') {
      this._early?.set(message.data.id, message.data);
      this._take(message.data);
    }
    if (message.event === 'reset' && this._run && !hasEnded(this._run)) {
      void this._fetch(this._run.id);
    }
  }

  private async _fetch(id: string): Promise<void> {
    try {
      this._take(await this._options.client.getRun(id));
    } catch (reason) {
      if (this._run?.id === id && !this._isDisposed) {
        this._error = asRequestError(reason, this._options.trans);
        this._changed.emit();
      }
    }
  }

  private _take(run: Run): void {
    if (run.id === this._run?.id && !this._isDisposed) {
      this._run = laterRun(this._run, run);
      this._error = null;
      this._changed.emit();
    }
  }

  private readonly _options: RunFollower.IOptions;
  private readonly _changed = new Signal<RunFollower, void>(this);
  private _run: Run | null = null;
  private _early: Map<string, Run> | null = null;
  private _error: DeepRequestError | null = null;
  private _isDisposed = false;
}

export namespace RunFollower {
  export interface IOptions {
    service: IDeepService;
    client: InferenceClient;
    trans: TranslationBundle;
  }
}
