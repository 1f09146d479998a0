import { randomUUID } from 'node:crypto';

export type Kind = 'module' | 'tool' | 'try' | 'batch';
export type Status =
  | 'queued'
  | 'starting'
  | 'running'
  | 'down'
  | 'complete'
  | 'failed'
  | 'error'
  | 'dead';

/** In these a job is purged by the first DELETE; others only end, and stay until a second one. */
const PURGED_AT_ONCE = new Set<Status>([
  'queued',
  'complete',
  'failed',
  'error',
  'down',
  'dead'
]);

export interface IJob {
  id: string;
  kind: Kind;
  vo: string;
  owner: string;
  status: Status;
  /** Of its endpoints those that answer. */
  active: string[];
  configuration: Record<string, Record<string, unknown>>;
  script?: string;
  errorMessage?: string;
  /** How often it was ordered to end. */
  deletes: number;
}

/** The jobs of all users; a test moves them on, as the scheduler would. */
export class Jobs {
  add(
    job: Pick<IJob, 'kind' | 'vo' | 'owner' | 'configuration' | 'script'>
  ): IJob {
    const made: IJob = {
      ...job,
      id: randomUUID(),
      status: 'queued',
      active: [],
      deletes: 0
    };
    this._jobs.set(made.id, made);
    return made;
  }

  get(id: string): IJob | undefined {
    return this._jobs.get(id);
  }

  /** Dead ones leave the list; batch jobs stay in it. */
  listed(owner: string, vo: string, kind: Kind): IJob[] {
    return this.all.filter(
      job =>
        job.owner === owner &&
        job.vo === vo &&
        job.kind === kind &&
        (kind === 'batch' || job.status !== 'dead')
    );
  }

  /** Of those that were not purged. */
  get all(): IJob[] {
    return [...this._jobs.values()];
  }

  delete(job: IJob): void {
    job.deletes++;
    if (PURGED_AT_ONCE.has(job.status)) {
      this._jobs.delete(job.id);
    } else {
      job.status = 'dead';
      job.active = [];
    }
  }

  clear(): void {
    this._jobs.clear();
  }

  private readonly _jobs = new Map<string, IJob>();
}
