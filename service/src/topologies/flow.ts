import { TopologyEdge } from '@jupyterlab-deep/protocol';
import { IPlanNode, Plan } from './plan';
import { depthOf, IFiring, IOrigin, IToken, keyAt, seenOf } from './token';

/**
 * The way of one item of a source through the topology: it knows what has come where, which work can begin, and when
 * nothing more will come.
 */
export class Flow {
  /** @param start The source, or the merge that made it. */
  constructor(
    private readonly _plan: Plan,
    readonly origin: IOrigin,
    private readonly _start: string,
    private readonly _hooks: Flow.IHooks
  ) {
    const within = _plan.within(_start);
    this._nodes = _plan.order
      .filter(id => within.has(id))
      .map(id => _plan.node(id));
  }

  /** Nothing goes on, and nothing more will come. */
  get isDone(): boolean {
    return this._settled.size === this._nodes.length;
  }

  /** What the source gave. */
  begin(tokens: ReadonlyMap<string, readonly IToken[]>): void {
    this._pass(this._start, tokens);
    this._settle();
  }

  /** A work has ended; without tokens where it failed or nothing came of it. */
  ended(
    { node }: IFiring,
    tokens: ReadonlyMap<string, readonly IToken[]> = new Map()
  ): void {
    this._pass(node, tokens);
    this._open.set(node, (this._open.get(node) ?? 1) - 1);
    this._settle();
  }

  /** What earlier nodes gave for the same item, for expressions. */
  stepsFor({ node, key }: IFiring): Record<string, unknown> {
    const steps: Record<string, unknown> = {};
    for (const id of this._plan.node(node).steps) {
      const found = this._given.get(id);
      const values = [...(found ?? [])].flatMap(([port, tokens]) => {
        const token = tokens.get(keyAt(key, this._plan.node(id).depth));
        return token ? [[port, seenOf(token)] as const] : [];
      });
      if (values.length > 0) {
        const isOne = found!.size === 1;
        steps[id] = isOne ? values[0][1] : Object.fromEntries(values);
      }
    }
    return steps;
  }

  private _pass(
    node: string,
    tokens: ReadonlyMap<string, readonly IToken[]>
  ): void {
    for (const [port, some] of tokens) {
      this._remember(node, port, some);
      for (const edge of this._plan.edgesFrom(node, port)) {
        some.forEach(token => this._arrive(edge, token));
      }
    }
  }

  private _remember(
    node: string,
    port: string,
    tokens: readonly IToken[]
  ): void {
    const ports = this._given.get(node) ?? new Map<string, TokensByKey>();
    const known = ports.get(port) ?? new Map<string, IToken>();
    tokens.forEach(token => known.set(token.key, token));
    ports.set(port, known);
    this._given.set(node, ports);
  }

  private _arrive(edge: TopologyEdge, token: IToken): void {
    const to = this._plan.node(edge.to.node);
    if (to.takesEach) {
      const name = `${token.key}|${String(this._plan.placeOf(edge)).padStart(4, '0')}`;
      const inputs = new Map([[edge.to.port, [token]]]);
      this._fire({ node: to.id, key: token.key, name, inputs });
    } else if (to.node.kind !== 'merge') {
      this._keysReached(to, token).forEach(key => this._join(to, key));
    }
  }

  /** Keys of works that may have become complete by a token. */
  private _keysReached(to: IPlanNode, { key }: IToken): readonly string[] {
    if (depthOf(key) === to.inputDepth) {
      return [key];
    }
    const deepest = [...to.inputs.values()]
      .map(([edge]) => this._tokensOf(edge))
      .filter(tokens => {
        const [first] = tokens?.keys() ?? [];
        return first !== undefined && depthOf(first) === to.inputDepth;
      });
    const depth = depthOf(key);
    return [...(deepest[0]?.keys() ?? [])].filter(
      each => keyAt(each, depth) === key
    );
  }

  private _join(to: IPlanNode, key: string): void {
    const inputs = new Map<string, readonly IToken[]>();
    for (const [port, [edge]] of to.inputs) {
      const { depth } = this._plan.node(edge.from.node);
      const token = this._tokensOf(edge)?.get(keyAt(key, depth));
      if (!token) {
        return;
      }
      inputs.set(port, [token]);
    }
    this._fire({ node: to.id, key, name: key, inputs });
  }

  private _tokensOf({ from }: TopologyEdge): TokensByKey | undefined {
    return this._given.get(from.node)?.get(from.port);
  }

  private _fire(firing: Omit<IFiring, 'origin'>): void {
    const id = `${firing.node} ${firing.name}`;
    if (this._fired.has(id)) {
      return;
    }
    this._fired.add(id);
    this._open.set(firing.node, (this._open.get(firing.node) ?? 0) + 1);
    this._hooks.fire({ ...firing, origin: this.origin });
  }

  /** Nodes in order: each is settled when those before it are and nothing of its own goes on. */
  private _settle(): void {
    for (const { id, before, node, takesEach } of this._nodes) {
      const isOver =
        !this._settled.has(id) &&
        before.every(each => this._isSettled(each)) &&
        !this._open.get(id);
      if (!isOver) {
        continue;
      }
      if (node.kind === 'merge' && !takesEach && this._merge(id)) {
        continue;
      }
      this._settled.add(id);
    }
    if (this.isDone && !this._isTold) {
      this._isTold = true;
      this._hooks.done();
    }
  }

  private _isSettled(id: string): boolean {
    return this._settled.has(id) || !this._nodes.some(each => each.id === id);
  }

  /** All that will come has come. @returns whether there is something to merge that was not. */
  private _merge(id: string): boolean {
    const edges = this._plan.node(id).inputs.get('in') ?? [];
    const tokens = edges.flatMap(edge =>
      [...(this._tokensOf(edge)?.values() ?? [])].sort((a, b) =>
        a.key < b.key ? -1 : 1
      )
    );
    const isNew = tokens.length > 0 && !this._fired.has(`${id} `);
    if (isNew) {
      const inputs = new Map([['in', tokens]]);
      this._fire({ node: id, key: '', name: '', inputs });
    }
    return isNew;
  }

  private readonly _nodes: readonly IPlanNode[];
  private readonly _given = new Map<string, Map<string, TokensByKey>>();
  private readonly _open = new Map<string, number>();
  private readonly _fired = new Set<string>();
  private readonly _settled = new Set<string>();
  private _isTold = false;
}

export namespace Flow {
  export interface IHooks {
    /** Something can be done; its end comes later than this call. */
    fire(firing: IFiring): void;
    /** Nothing more will come. Called once. */
    done(): void;
  }
}

type TokensByKey = Map<string, IToken>;
