import { Deployment, DeploymentState, Module } from '@jupyterlab-deep/protocol';
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

/** What is remembered of a module that runs elsewhere. */
export interface IConnection {
  /** Its user has confirmed that the address is not public. */
  allowPrivate: boolean;
  /** What it is, where no catalogue knows it. */
  module?: Module;
}

/** What is remembered of a module that a target runs. */
export interface IPlacement {
  /** What it is called there, once it was begun. */
  handle?: string;
  /** Passwords among its options, sealed. */
  sealed?: string;
  /** What its user agreed to. */
  agreed?: string;
  /** What its target wrote down while it began. */
  facts?: string[];
  /** How far its log was read, and how long ours was then. */
  log?: { next: string; sizeBytes: number };
  /** Nothing of it shall be left at its target. */
  isRemoved?: boolean;
}

/** A deployment as an earlier service left it. */
export interface ILeftover {
  deployment: Deployment;
  processStart?: string;
  connection?: IConnection;
  placement?: IPlacement;
}

/** Called with a deployment and what it was before, when it is new or its state is. */
export type DeploymentListener = (
  deployment: Deployment,
  before?: Deployment
) => void;

/** The record of deployments, written before anything is done to them. */
export class DeploymentRecords {
  constructor(
    private readonly _store: Store,
    private readonly _events: EventStream
  ) {
    for (const { deployment, connection, placement } of this.load()) {
      this._known.set(deployment.id, deployment);
      this._connect(deployment.id, connection);
      this._place(deployment.id, placement);
    }
  }

  /** Be told of new deployments and new states. */
  follow(listener: DeploymentListener): void {
    this._listener = listener;
  }

  load(): ILeftover[] {
    const rows = this._store.read(
      'SELECT * FROM deployments ORDER BY createdAt'
    );
    return rows.map(({ document, processStart }) => {
      const { connection, placement, ...deployment } = JSON.parse(
        document
      ) as IDocument;
      const start = (processStart as string | null) ?? undefined;
      return { deployment, processStart: start, connection, placement };
    });
  }

  get(id: string): Deployment | undefined {
    return this._known.get(id);
  }

  list(): Deployment[] {
    return [...this._known.values()].reverse();
  }

  /** Of a module that runs elsewhere. */
  connection(id: string): IConnection | undefined {
    return this._connections.get(id);
  }

  /** Of a module that a target runs. */
  placement(id: string): IPlacement | undefined {
    return this._placements.get(id);
  }

  /** Write down what is known of it at its target. Nobody is told: people do not see it. */
  place(id: string, change: Partial<IPlacement>): void {
    this._placements.set(id, { ...this._placements.get(id), ...change });
    this._save(this._known.get(id) as Deployment);
  }

  /** @throws DeepError `no-space`: then there is no deployment. */
  add(
    deployment: Deployment,
    connection?: IConnection,
    placement?: IPlacement
  ): void {
    this._store.write(
      'INSERT INTO deployments (id, createdAt, document) VALUES (?, ?, ?)',
      deployment.id,
      deployment.createdAt,
      JSON.stringify({ ...deployment, connection, placement })
    );
    this._known.set(deployment.id, deployment);
    this._connect(deployment.id, connection);
    this._place(deployment.id, placement);
    this._publish(deployment);
    this._listener(deployment);
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
    this._save(deployment);
    this._publish(deployment);
    if (isNewState) {
      this._listener(deployment, before);
    }
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

  /** Forget the oldest of the ended ones, with their logs; not those of which something is left elsewhere. */
  async prune(): Promise<void> {
    const ended = this.list().filter(
      each => !isLive(each) && !this.placement(each.id)?.handle
    );
    for (const { id } of ended.slice(KEPT_ENDED)) {
      await this.forget(id);
    }
  }

  /** Forget one, with its log. */
  async forget(id: string): Promise<void> {
    await this._store.removeFolder('deployments', id);
    this._store.write('DELETE FROM deployments WHERE id = ?', id);
    this._known.delete(id);
    this._connections.delete(id);
    this._placements.delete(id);
    this._events.publish({ event: 'deployment-removed', data: { id } });
  }

  private _save(deployment: Deployment): void {
    const { id } = deployment;
    this._write(
      'UPDATE deployments SET document = ? WHERE id = ?',
      JSON.stringify({
        ...deployment,
        connection: this.connection(id),
        placement: this.placement(id)
      }),
      id
    );
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

  private _connect(id: string, connection?: IConnection): void {
    if (connection) {
      this._connections.set(id, connection);
    }
  }

  private _place(id: string, placement?: IPlacement): void {
    if (placement) {
      this._placements.set(id, placement);
    }
  }

  private _publish(deployment: Deployment): void {
    this._events.publish({ event: 'deployment', data: deployment });
  }

  private readonly _known = new Map<string, Deployment>();
  private readonly _connections = new Map<string, IConnection>();
  private readonly _placements = new Map<string, IPlacement>();
  private _listener: DeploymentListener = () => undefined;
}

/** A row's document: the routes show the deployment alone. */
type IDocument = Deployment & {
  connection?: IConnection;
  placement?: IPlacement;
};
