import { DeepError, TargetPlan } from '@jupyterlab-deep/protocol';
import {
  IBeginning,
  IDeployable,
  IForeignCode,
  IObserved,
  ITarget,
  ITargetCheck
} from '../targets/target';

/** What the stand-in holds of one deployment. */
export interface IHeld {
  deployment: string;
  what: IDeployable;
  options: Record<string, unknown>;
  observed: IObserved;
  memoryBytes?: number;
  log: string;
}

/**
 * A stand-in for an engine that keeps to the rules of targets: it knows deployments by their id, refuses a second one of the same id,
 * and outlives the service. Tests say what happens there.
 */
export class StandInTarget implements ITarget {
  readonly id = 'container:stand-in';
  readonly kind = 'container';
  readonly title = 'The stand-in';

  /** By handle. */
  readonly held = new Map<string, IHeld>();
  readonly asked: string[] = [];
  isAway = false;
  /** What it is by the words of its target; a digest may show only at its beginning. */
  code?: IForeignCode;
  digest?: string;
  /** Awaited after it was made, before its handle is told. */
  beforeHandle: () => Promise<void> = async () => undefined;
  /** How new ones stand. */
  first: IObserved = { state: 'waiting', phase: 'Pulling' };

  async check(): Promise<ITargetCheck> {
    this.asked.push('check');
    return this.isAway
      ? { state: 'unreachable', said: 'Nothing listens there.' }
      : { state: 'reachable', said: 'It answered.' };
  }

  async plan({ module }: IDeployable): Promise<TargetPlan> {
    this._refuseAway();
    return {
      target: this.id,
      module: module.id,
      isPossible: module.name !== 'impossible',
      reason: 'It has no image.',
      options: {
        type: 'object',
        additionalProperties: false,
        properties: {
          memoryMb: { type: 'integer', minimum: 64, default: 500 },
          idleMinutes: { type: 'number', minimum: 0, default: 0 },
          password: { type: 'string', format: 'password' }
        }
      },
      says: [],
      warnings: []
    };
  }

  async foreign(): Promise<IForeignCode | undefined> {
    return this.code;
  }

  async find(deployment: string): Promise<string | undefined> {
    this.asked.push(`find ${deployment}`);
    this._refuseAway();
    const handle = `handle-${deployment}`;
    return this.held.has(handle) ? handle : undefined;
  }

  async begin(
    deployment: string,
    what: IDeployable,
    options: Record<string, unknown>,
    { signal, agreed, onCommit, onPhase, onLog }: IBeginning
  ): Promise<string> {
    this.asked.push(`begin ${deployment}`);
    this._refuseAway();
    onPhase('Making it');
    onLog('making it');
    const handle = `handle-${deployment}`;
    if (this.held.has(handle)) {
      throw new DeepError('target-refused', 'It is there already.');
    }
    if (this.digest && agreed !== this.digest && agreed !== this.code?.origin) {
      throw new DeepError('consent-needed', `It is ${this.digest} now.`);
    }
    if (this.digest && this.code) {
      await onCommit?.(this.code.origin, this.digest);
    }
    signal.throwIfAborted();
    const observed = this.first;
    this.held.set(handle, { deployment, what, options, observed, log: '' });
    await this.beforeHandle();
    this._refuseAway();
    return handle;
  }

  async observe(handle: string): Promise<IObserved> {
    this.asked.push('observe');
    this._refuseAway();
    return this.held.get(handle)?.observed ?? { state: 'gone', phase: '' };
  }

  async memoryOf(handle: string): Promise<number | undefined> {
    this._refuseAway();
    return this.held.get(handle)?.memoryBytes;
  }

  async readLog(
    handle: string,
    after: string | undefined
  ): Promise<{ text: string; next: string }> {
    this._refuseAway();
    const { log = '' } = this.held.get(handle) ?? {};
    return { text: log.slice(Number(after ?? 0)), next: String(log.length) };
  }

  async stop(handle: string): Promise<void> {
    this.asked.push('stop');
    this._refuseAway();
    this.now(handle, { state: 'stopped', phase: '' });
  }

  async start(handle: string): Promise<void> {
    this.asked.push('start');
    this._refuseAway();
    this.now(handle, this.first);
  }

  async remove(handle: string): Promise<void> {
    this.asked.push('remove');
    this._refuseAway();
    this.held.delete(handle);
  }

  /** Say how one stands from now on. */
  now(handle: string, observed: IObserved, log = ''): void {
    const held = this.held.get(handle);
    if (held) {
      held.observed = observed;
      held.log += log;
    }
  }

  get only(): string {
    const [handle, ...others] = this.held.keys();
    if (handle === undefined || others.length > 0) {
      throw new Error(`It holds ${this.held.size} deployments.`);
    }
    return handle;
  }

  private _refuseAway(): void {
    if (this.isAway) {
      throw new DeepError('target-unreachable', 'The stand-in is away.');
    }
  }
}
