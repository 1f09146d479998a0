import { Deployment, DeploymentState } from '@jupyterlab-deep/protocol';
import { EventStream } from '../http/events';
import { isNoSpace } from '../store/diskErrors';
import { Store } from '../store/store';

const LIVE: DeploymentState[] = [
  'preparing',
  'starting',
  'ready',
  'unreachable',
  'stopping'
];
export const isLive = ({ state }: Deployment): boolean => LIVE.includes(state);

/** Ended deployments are kept for their logs, the newest so many. */
const KEPT_ENDED = 20;

/** A deployment as an earlier service left it. */
export interface ILeftover {
  deployment: Deployment;
  processStart?: string;
}

/** The record of deployments, written before anything is done to them. */
export class DeploymentRecords {
  constructor(
    private readonly _store: Store,
    private readonly _events: EventStream
  ) {
    for (const { deployment } of this.load()) {
      this._known.set(deployment.id, deployment);
    }
  }

  load(): ILeftover[] {
    const rows = this._store.read(
      'SELECT * FROM deployments ORDER BY createdAt'
    );
    return rows.map(({ document, processStart }) => ({
      deployment: JSON.parse(document) as Deployment,
      processStart: (processStart as string | null) ?? undefined
    }));
  }

  get(id: string): Deployment | undefined {
    return this._known.get(id);
  }

  list(): Deployment[] {
    return [...this._known.values()].reverse();
  }

  /** @throws DeepError `no-space`: then there is no deployment. */
  add(deployment: Deployment): void {
    this._store.write(
      'INSERT INTO deployments (id, createdAt, document) VALUES (?, ?, ?)',
      deployment.id,
      deployment.createdAt,
      JSON.stringify(deployment)
    );
    this._known.set(deployment.id, deployment);
    this._publish(deployment);
  }

  /** Change a deployment; a new state begins now. */
  update(id: string, change: Partial<Deployment>): Deployment {
    const before = this._known.get(id) as Deployment;
    const isNewState = change.state && change.state !== before.state;
    const deployment = {
      ...before,
      ...change,
      ...(isNewState && { since: new Date().toISOString() })
    };
    this._known.set(id, deployment);
    this._write(
      'UPDATE deployments SET document = ? WHERE id = ?',
      JSON.stringify(deployment),
      id
    );
    this._publish(deployment);
    return deployment;
  }

  /** Write down which process it is: with it, a later service can find it again. */
  setProcess(id: string, pid: number, start: string): void {
    this._write(
      'UPDATE deployments SET processStart = ? WHERE id = ?',
      start,
      id
    );
    this.update(id, { pid });
  }

  /** Forget the oldest of the ended ones, with their logs. */
  async prune(): Promise<void> {
    const ended = this.list().filter(deployment => !isLive(deployment));
    for (const { id } of ended.slice(KEPT_ENDED)) {
      this._known.delete(id);
      this._store.write('DELETE FROM deployments WHERE id = ?', id);
      await this._store.removeFolder('deployments', id);
    }
  }

  /** The state is in memory, and adoption looks at the processes themselves: a full disk may not stop the work. */
  private _write(sql: string, ...values: string[]): void {
    try {
      this._store.write(sql, ...values);
    } catch (error) {
      if (!isNoSpace(error)) {
        throw error;
      }
    }
  }

  private _publish(deployment: Deployment): void {
    this._events.publish({ event: 'deployment', data: deployment });
  }

  private readonly _known = new Map<string, Deployment>();
}
