import { Deployment } from '@jupyterlab-deep/protocol';
import { DeploymentRecords } from './records';
import { IObserved } from './targets/target';

/** What people are told of one deployment at a target: written down where it is news. */
export class TargetRecord {
  constructor(
    private readonly _id: string,
    private readonly _records: Pick<DeploymentRecords, 'get' | 'update'>
  ) {}

  get now(): Deployment {
    return this._records.get(this._id) as Deployment;
  }

  update(change: Partial<Deployment>): void {
    this._records.update(this._id, change);
  }

  /** Say so where it is news. */
  set(state: Deployment['state'], phase: string, error?: string): void {
    const known = this.now;
    if (
      known.state !== state ||
      known.phase !== phase ||
      known.error !== error
    ) {
      this.update({ state, phase, error });
    }
  }

  /** What people see beside its state, where it is news. */
  note({ resources, image, pages }: IObserved): void {
    const told = { resources, image, pages };
    const now = JSON.stringify(told);
    if (now !== this._noted) {
      this._noted = now;
      const known = Object.entries(told).filter(([, value]) => value);
      if (known.length > 0) {
        this.update(Object.fromEntries(known));
      }
    }
  }

  /** Since somebody last asked it, or it came up. */
  get unusedMs(): number {
    const { lastUsedAt, readyAt } = this.now;
    const times = [lastUsedAt, readyAt].flatMap(each =>
      readyAt === undefined || each === undefined ? [] : Date.parse(each)
    );
    return times.length === 0 ? 0 : Date.now() - Math.max(...times);
  }

  /** It is ended when it was not used for so long; 0: never. */
  get idleMinutes(): number {
    return Number(this.now.options?.idleMinutes ?? 0);
  }

  private _noted?: string;
}
