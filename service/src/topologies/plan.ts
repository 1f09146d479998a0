import {
  ancestorsOf,
  edgesInOrder,
  edgeText,
  expressionsOf,
  isSinkNode,
  isSourceNode,
  mergesAll,
  nodesInOrder,
  reached,
  scopesOf,
  stepsIn,
  TopologyDocument,
  TopologyEdge,
  TopologyNode
} from '@jupyterlab-deep/protocol';

/** A node, and how it hangs together with the others. */
export interface IPlanNode {
  id: string;
  node: TopologyNode;
  /** Edges by the port that they lead into. */
  inputs: ReadonlyMap<string, readonly TopologyEdge[]>;
  /** Nodes that it takes from. */
  before: readonly string[];
  /** Every edge that comes is a work of its own. */
  takesEach: boolean;
  /** How many nodes that make several of one its inputs have come through at most. */
  inputDepth: number;
  /** The same of what it gives. */
  depth: number;
  /** Earlier nodes that its expressions look at. */
  steps: readonly string[];
}

/** A checked topology as the engine goes through it. */
export class Plan {
  constructor(readonly document: TopologyDocument) {
    const { nodes } = document;
    this.order = nodesInOrder(document);
    this._edges = edgesInOrder(document.edges);
    const { of } = scopesOf(document);
    const depth = (id: string): number => (of.get(id)?.length ?? 1) - 1;
    for (const id of this.order) {
      const into = this._edges.filter(({ to }) => to.node === id);
      const before = [...new Set(into.map(({ from }) => from.node))];
      this._nodes.set(id, {
        id,
        node: nodes[id],
        inputs: Map.groupBy(into, ({ to }) => to.port),
        before,
        takesEach: isSinkNode(nodes[id]) || mergesAll(nodes[id]),
        inputDepth: Math.max(0, ...before.map(depth)),
        depth: depth(id),
        steps: stepsOf(document, id)
      });
    }
  }

  readonly order: readonly string[];

  node(id: string): IPlanNode {
    return this._nodes.get(id)!;
  }

  /** Edges from a port, in order. */
  edgesFrom(node: string, port: string): readonly TopologyEdge[] {
    return this._edges.filter(
      ({ from }) => from.node === node && from.port === port
    );
  }

  /** The place of an edge among all, the same in every run. */
  placeOf(edge: TopologyEdge): number {
    const text = edgeText(edge);
    return this._edges.findIndex(each => edgeText(each) === text);
  }

  get sources(): readonly string[] {
    return this._those(isSourceNode);
  }

  get sinks(): readonly string[] {
    return this._those(isSinkNode);
  }

  /** Merges that wait for all items of everything. */
  get collectors(): readonly string[] {
    return this._those(mergesAll);
  }

  /** Module ids. */
  get modules(): readonly string[] {
    const ids = this.order.flatMap(id => {
      const { node } = this.node(id);
      return node.kind === 'module' ? [node.module] : [];
    });
    return [...new Set(ids)];
  }

  /** Nodes that an item of a source comes to: up to those that collect. */
  within(start: string): ReadonlySet<string> {
    return reached(start, id =>
      id !== start && mergesAll(this.node(id).node) ? [] : this._next(id)
    );
  }

  /** All that something of a node may lead to. */
  behind(node: string): ReadonlySet<string> {
    return reached(node, id => this._next(id));
  }

  /** Nodes behind one that may have gone on without what failed there: they take what there is. */
  madeWithout(node: string): readonly string[] {
    const merges = [...this.behind(node)].filter(id => {
      const { node: merge, takesEach } = this.node(id);
      return merge.kind === 'merge' && !takesEach;
    });
    const all = merges.flatMap(id => [id, ...this.behind(id)]);
    return [...new Set(all)];
  }

  private _next(node: string): readonly string[] {
    return this._edges
      .filter(({ from }) => from.node === node)
      .map(({ to }) => to.node);
  }

  private _those(isSo: (node: TopologyNode) => boolean): readonly string[] {
    return this.order.filter(id => isSo(this.node(id).node));
  }

  private readonly _edges: readonly TopologyEdge[];
  private readonly _nodes = new Map<string, IPlanNode>();
}

function stepsOf(document: TopologyDocument, id: string): string[] {
  const before = ancestorsOf(document, id);
  const named = expressionsOf(document.nodes[id]).flatMap(
    ({ text }) => stepsIn(text) ?? [...before]
  );
  return [...new Set(named)].filter(each => before.has(each));
}
