import type {
  DeepEvent,
  Problem,
  Run,
  TopologyNodeProgress
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { RunAction, RunsClient } from '../activity/runsClient';
import { isOpen } from '../activity/openRun';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import type { TopologiesClient } from './client';
import type { ModuleFacts } from './moduleFacts';

interface ITopologyRunModelOptions {
  service: IDeepService;
  client: TopologiesClient;
  facts: ModuleFacts;
  jupyterPath: () => string;
  trans: TranslationBundle;
}

/** The last run of a document: found again when it is opened, followed by events. */
export class TopologyRunModel implements IDisposable {
  constructor(private readonly _options: ITopologyRunModelOptions) {
    this._runs = new RunsClient(_options.service);
    _options.service.eventReceived.connect(this._onEvent, this);
    _options.service.connectionChanged.connect(this._onConnection, this);
  }

  get changed(): ISignal<TopologyRunModel, void> {
    return this._changed;
  }

  get run(): Run | null {
    return this._run;
  }

  /** Whether it goes on, or waits to. */
  get isGoing(): boolean {
    return this._run !== null && isOpen(this._run);
  }

  /** Whether it is being begun. */
  get isStarting(): boolean {
    return this._isStarting;
  }

  /** Why it could not be begun, or be steered. */
  get failure(): Problem | null {
    return this._failure;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether the service is away, so that what is shown is what it last said. */
  get isAway(): boolean {
    const { state } = this._options.service.connection;
    return state === 'starting' || state === 'unreachable';
  }

  /** Whether its nodes are at work just now. */
  get isMoving(): boolean {
    return this._run?.state === 'running' && !this.isAway;
  }

  /** So many items at least have not come to a node yet: one of each item of the sources. */
  left(node: string): number {
    const { done = 0, failed = 0 } = this.progress(node) ?? {};
    // What was filtered out on the way is known once all of it is done.
    const isWhole = this._run?.state === 'succeeded';
    const expected = isWhole ? 0 : (this._run?.progress?.total ?? 0);
    return Math.max(expected - done - failed, 0);
  }

  /** What was under way when a run was stopped has been given up: it waits again. */
  progress(node: string): TopologyNodeProgress | undefined {
    const known = this._run?.topology?.nodes[node];
    if (!known || this.isMoving) {
      return known;
    }
    const { phase: _phase, ...counts } = known;
    return { ...counts, active: 0, waiting: known.waiting + known.active };
  }

  /** Look for the last run of this document. */
  async find(): Promise<void> {
    try {
      const runs = await this._options.client.listRuns();
      const found = runs.find(run => this._isOurs(run));
      if (found && !this._isDisposed) {
        this._take(found);
      }
    } catch (reason) {
      // The connection's own banner says that the service is away; events bring the run.
      console.warn('The runs of a topology could not be listed.', reason);
    }
  }

  /** Begin a run of the file as it is saved. */
  async start(): Promise<void> {
    if (this._isStarting) {
      return;
    }
    this._isStarting = true;
    this._failure = null;
    this._changed.emit();
    // The same for every try, so that an answer that was lost begins nothing twice.
    const requestId = UUID.uuid4();
    try {
      for (;;) {
        const refused = await this._tryToStart(requestId);
        if (!refused || !(await this._agree(refused))) {
          break;
        }
      }
    } catch (reason) {
      this._failure = asRequestError(reason, this._options.trans).problem;
    }
    this._isStarting = false;
    this._changed.emit();
  }

  async act(action: RunAction): Promise<void> {
    if (!this._run) {
      return;
    }
    try {
      this._failure = null;
      this._take(await this._runs.act(this._run.id, action));
    } catch (reason) {
      this._failure = asRequestError(reason, this._options.trans).problem;
      this._changed.emit();
    }
  }

  dismissFailure(): void {
    this._failure = null;
    this._changed.emit();
  }

  /** It needs the word of its user, who did not give it. */
  tellRefused(module: string): void {
    const { facts, trans } = this._options;
    this._failure = {
      type: 'urn:jupyterlab-deep:consent-needed',
      title: trans.__('It was not run'),
      status: 403,
      detail: trans.__(
        '“%1” is code of others that would run as you: it runs only once you have agreed to it.',
        facts.title(module)
      ),
      hint: trans.__(
        'Nothing was started. Choose another module, or decide again.'
      )
    };
    this._changed.emit();
  }

  dispose(): void {
    this._isDisposed = true;
    const { service } = this._options;
    service.eventReceived.disconnect(this._onEvent, this);
    service.connectionChanged.disconnect(this._onConnection, this);
    Signal.clearData(this);
  }

  /** @returns the refusal that asks for consent. */
  private async _tryToStart(requestId: string): Promise<Problem | null> {
    const { client, facts, jupyterPath } = this._options;
    try {
      const run = await client.run({
        jupyterPath: jupyterPath(),
        requestId,
        consents: facts.consents
      });
      this._take(run);
      return null;
    } catch (reason) {
      if (
        reason instanceof DeepRequestError &&
        reason.key === 'consent-needed'
      ) {
        return reason.problem;
      }
      throw reason;
    }
  }

  private async _agree(refused: Problem): Promise<boolean> {
    const [module] = Object.keys(refused.fields ?? {});
    if (module === undefined) {
      throw new DeepRequestError(refused);
    }
    const isAgreed = await this._options.facts.agree(module, refused);
    if (!isAgreed) {
      this.tellRefused(module);
    }
    return isAgreed;
  }

  private _isOurs({ topology }: Run): boolean {
    return topology?.jupyterPath === this._options.jupyterPath();
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'reset') {
      void this.find();
    } else if (message.event === 'run' && this._isOurs(message.data)) {
      this._take(message.data);
    }
  }

  private _onConnection(): void {
    this._changed.emit();
  }

  private _take(run: Run): void {
    const known = this._run;
    if (known && known.id !== run.id && known.createdAt > run.createdAt) {
      return;
    }
    this._run = run;
    this._changed.emit();
  }

  private readonly _runs: RunsClient;
  private readonly _changed = new Signal<TopologyRunModel, void>(this);
  private _run: Run | null = null;
  private _isStarting = false;
  private _failure: Problem | null = null;
  private _isDisposed = false;
}
