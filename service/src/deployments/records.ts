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

/** A deployment as an earlier service left it. */
export interface ILeftover {
  deployment: Deployment;
  processStart?: string;
  connection?: IConnection;
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
    for (const { deployment, connection } of this.load()) {
      this._known.set(deployment.id, deployment);
      this._connect(deployment.id, connection);
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
      const { connection, ...deployment } = JSON.parse(document) as IDocument;
      const start = (processStart as string | null) ?? undefined;
      return { deployment, processStart: start, connection };
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

  /** @throws DeepError `no-space`: then there is no deployment. */
  add(deployment: Deployment, connection?: IConnection): void {
    this._store.write(
      'INSERT INTO deployments (id, createdAt, document) VALUES (?, ?, ?)',
      deployment.id,
      deployment.createdAt,
      JSON.stringify({ ...deployment, connection })
    );
    this._known.set(deployment.id, deployment);
    this._connect(deployment.id, connection);
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
    this._write(
      'UPDATE deployments SET document = ? WHERE id = ?',
      JSON.stringify({ ...deployment, connection: this.connection(id) }),
      id
    );
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

  /** Forget the oldest of the ended ones, with their logs. */
  async prune(): Promise<void> {
    const ended = this.list().filter(deployment => !isLive(deployment));
    for (const { id } of ended.slice(KEPT_ENDED)) {
      this._known.delete(id);
      this._connections.delete(id);
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

  private _connect(id: string, connection?: IConnection): void {
    if (connection) {
      this._connections.set(id, connection);
    }
  }

  private _publish(deployment: Deployment): void {
    this._events.publish({ event: 'deployment', data: deployment });
  }

  private readonly _known = new Map<string, Deployment>();
  private readonly _connections = new Map<string, IConnection>();
  private _listener: DeploymentListener = () => undefined;
}

/** A row's document: the routes show the deployment alone. */
type IDocument = Deployment & { connection?: IConnection };
