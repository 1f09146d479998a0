import type { Deployment } from '@jupyterlab-deep/protocol';

/**
 * What is known of deployments. Replies and events may overtake each other: what an event told is newer than a reply to
 * a question that was asked before it.
 */
export class KnownDeployments {
  /** The newest first. */
  get list(): readonly Deployment[] {
    return [...this._known.values()].sort((a, b) =>
      b.createdAt.localeCompare(a.createdAt)
    );
  }

  get(id: string): Deployment | undefined {
    return this._known.get(id);
  }

  /** When there was last news of it, in ms; of one that was only listed, when it was first seen. */
  heardAt(id: string): number {
    return this._heardAt.get(id) ?? Date.now();
  }

  /** An event. @returns what was known before; null for one that comes too late. */
  hear(deployment: Deployment): Deployment | undefined | null {
    const { id, since } = deployment;
    const known = this._known.get(id);
    if (known && known.since > since) {
      return null;
    }
    this._heard.add(id);
    this._gone.delete(id);
    this._heardAt.set(id, Date.now());
    this._known.set(id, withMemory(deployment, known));
    return known;
  }

  /** It was removed, here or by somebody else. */
  forget(id: string): void {
    this._known.delete(id);
    this._heardAt.delete(id);
    this._heard.delete(id);
    this._gone.add(id);
  }

  /** A reply about one: of the same state, events have told as much or more. @returns what was known before; null as above. */
  take(deployment: Deployment): Deployment | undefined | null {
    const known = this._known.get(deployment.id);
    return known && known.since >= deployment.since
      ? null
      : this.hear(deployment);
  }

  /** All are asked for now. */
  ask(): void {
    this._heard.clear();
    this._gone.clear();
  }

  /** The answer to that. */
  replaceAll(deployments: readonly Deployment[]): void {
    const listed = new Map(deployments.map(each => [each.id, each]));
    for (const id of [...this._known.keys()]) {
      if (!listed.has(id) && !this._heard.has(id)) {
        this._known.delete(id);
        this._heardAt.delete(id);
      }
    }
    for (const [id, each] of listed) {
      const known = this._known.get(id);
      const isNewer = this._heard.has(id) && known!.since >= each.since;
      if (!this._gone.has(id)) {
        this._known.set(id, isNewer ? withMemory(known!, each) : each);
        this._heardAt.set(id, this._heardAt.get(id) ?? Date.now());
      }
    }
  }

  private readonly _known = new Map<string, Deployment>();
  private readonly _heardAt = new Map<string, number>();
  /** Ids that events told of since all were asked for. */
  private readonly _heard = new Set<string>();
  private readonly _gone = new Set<string>();
}

/** Events do not carry how much memory it has: what was known of the same process stays. */
const withMemory = (now: Deployment, other?: Deployment): Deployment =>
  now.memoryBytes === undefined &&
  other?.memoryBytes !== undefined &&
  now.state === other.state &&
  now.pid === other.pid
    ? { ...now, memoryBytes: other.memoryBytes }
    : now;
