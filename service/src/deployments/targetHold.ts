import { DeepError } from '@jupyterlab-deep/protocol';
import { Pace } from './pace';
import { DeploymentRecords, IPlacement } from './records';
import { TargetLog } from './targetLog';
import { IDeployable, ITarget } from './targets/target';

/** How long a target may take for an answer about something that it runs. */
const ASK_MS = 30_000;

/** What a target holds of one deployment: found, begun, started again or removed, over every absence of the target. */
export class TargetHold {
  constructor(private readonly _options: TargetHold.IOptions) {}

  /** It was found without being written down: it may have been made and not started. */
  mayStart = false;

  /**
   * The handle of what runs, found or begun; undefined when it is wanted no longer.
   *
   * @param isAgain What was begun before has ended, and shall run again.
   * @throws DeepError of its beginning
   */
  async obtain(isAgain: boolean): Promise<string | undefined> {
    const known = this.placement.handle;
    const isThere =
      known !== undefined && (!isAgain || (await this._startAgain(known)));
    if (isThere) {
      return known;
    }
    while (!this._isUnwanted) {
      try {
        const found = await this._find();
        const handle = found ?? (await this._begin());
        this.place({ handle });
        this.mayStart = found !== undefined;
        return handle;
      } catch (error) {
        await this._missed(error as DeepError);
      }
    }
    return undefined;
  }

  /**
   * Leave nothing of it there, once the target can be reached.
   *
   * @returns whether nothing is left; a service that ends leaves it to the next.
   * @throws DeepError of the target's refusal
   */
  async leaveNothing(): Promise<boolean> {
    const { target, id, closed, pace, onAway } = this._options;
    while (!closed.aborted) {
      try {
        const handle = this.placement.handle ?? (await this._find());
        await (handle === undefined
          ? target.clear?.(id, this.signal())
          : target.remove(handle, this.signal()));
        return true;
      } catch (error) {
        if ((error as DeepError).key !== 'target-unreachable') {
          throw error;
        }
        onAway(error as DeepError);
        pace.endTurn();
        await pace.rest('away');
      }
    }
    return false;
  }

  /** For one question. */
  signal(): AbortSignal {
    const { closed } = this._options;
    return AbortSignal.any([closed, AbortSignal.timeout(ASK_MS)]);
  }

  get placement(): IPlacement {
    return this._options.records.placement(this._options.id) ?? {};
  }

  place(change: Partial<IPlacement>): void {
    this._options.records.place(this._options.id, change);
  }

  private _find(): Promise<string | undefined> {
    const { target, id } = this._options;
    return target.find(id, this.signal());
  }

  private async _begin(): Promise<string> {
    const { target, id, what, choices, onCommit, ...rest } = this._options;
    const { records, unwanted, log } = rest;
    records.update(id, {
      state: 'preparing',
      phase: 'Preparing',
      error: undefined
    });
    return target.begin(id, await what(), choices(), {
      signal: unwanted,
      onPhase: phase => this._isUnwanted || records.update(id, { phase }),
      onLog: text => void log.write(text),
      agreed: this.placement.agreed,
      remembered: this.placement.facts,
      remember: fact =>
        this.place({ facts: [...(this.placement.facts ?? []), fact] }),
      onCommit
    });
  }

  private async _missed(error: DeepError): Promise<void> {
    const { target, id, pace, onAway } = this._options;
    if (this._isUnwanted) {
      return;
    }
    if (error.key !== 'target-unreachable') {
      // What failed is told, not that its leavings could not be cleared away: its removal does that later.
      await target.clear?.(id, this.signal()).catch(() => undefined);
      throw error;
    }
    // What was sent may have come there: it is looked for before anything is begun again.
    onAway(error);
    await pace.rest('away');
  }

  /** Whether what has ended runs again; else nothing of it is left. */
  private async _startAgain(handle: string): Promise<boolean> {
    const { target, log } = this._options;
    const { state } = await target.observe(handle, this.signal());
    const canStart = state === 'stopped' || state === 'ended';
    if (canStart && target.start) {
      await target.start(handle, this.signal());
      return true;
    }
    if (state === 'running' || state === 'waiting') {
      return true;
    }
    await target.remove(handle, this.signal());
    this.place({ handle: undefined });
    log.restart();
    return false;
  }

  private get _isUnwanted(): boolean {
    return this._options.unwanted.aborted;
  }
}

export namespace TargetHold {
  export interface IOptions {
    id: string;
    target: ITarget;
    records: DeploymentRecords;
    log: TargetLog;
    pace: Pace;
    /** The service ends. */
    closed: AbortSignal;
    /** Its user wants it no longer, or the service ends. */
    unwanted: AbortSignal;
    what(): Promise<IDeployable>;
    /** As its user chose them, with passwords. */
    choices(): Record<string, unknown>;
    /** Foreign code turned out to be exactly this. */
    onCommit(origin: string, commit: string): Promise<void>;
    onAway(failure: DeepError): void;
  }
}
