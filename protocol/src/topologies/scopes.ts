import { TopologyDocument, TopologyEdge, TopologyNode } from './document';

/**
 * What an item of a node is one of: the source, then every node on the way that makes several of one, such as
 * `['photos', 'crop']` for a box of a photo. Items of two nodes belong together where one scope begins with the other.
 */
export type Scope = readonly string[];

/** The scopes of a topology, and what does not go together. */
export interface IScopes {
  of: ReadonlyMap<string, Scope>;
  /** Nodes whose inputs do not belong together. */
  mixed: ReadonlySet<string>;
}

const SOURCES: ReadonlySet<TopologyNode['kind']> = new Set([
  'files',
  'dataset',
  'csv-column',
  'request'
]);
const SINKS: ReadonlySet<TopologyNode['kind']> = new Set([
  'folder',
  'csv',
  'json-lines',
  'reply'
]);

export const isSourceNode = ({ kind }: TopologyNode): boolean =>
  SOURCES.has(kind);
export const isSinkNode = ({ kind }: TopologyNode): boolean => SINKS.has(kind);

/** Whether a merge waits for all items of everything, since what belongs together is only known then. */
export const mergesAll = (node: TopologyNode): boolean =>
  node.kind === 'merge' && node.by !== undefined && node.by.trim() !== '';

/** Edges between nodes that are there. */
export const wholeEdges = ({
  nodes,
  edges
}: TopologyDocument): TopologyEdge[] =>
  edges.filter(
    ({ from, to }) =>
      Object.hasOwn(nodes, from.node) && Object.hasOwn(nodes, to.node)
  );

/**
 * Nodes so that each comes after all that it takes from; the same for the same topology.
 *
 * @returns without the nodes of a cycle and what comes after it.
 */
export function nodesInOrder(document: TopologyDocument): string[] {
  const before = new Map(
    Object.keys(document.nodes).map(id => [id, new Set<string>()])
  );
  for (const { from, to } of wholeEdges(document)) {
    before.get(to.node)!.add(from.node);
  }
  const order: string[] = [];
  const left = [...before.keys()].sort();
  for (;;) {
    const at = left.findIndex(id =>
      [...before.get(id)!].every(each => order.includes(each))
    );
    if (at < 0) {
      return order;
    }
    order.push(...left.splice(at, 1));
  }
}

/** All nodes that a node takes from, also over others. */
export function ancestorsOf(
  document: TopologyDocument,
  node: string
): Set<string> {
  return reached(node, id =>
    wholeEdges(document)
      .filter(({ to }) => to.node === id)
      .map(({ from }) => from.node)
  );
}

/** Everything that is reached from a node, by one step or more. */
export function reached(
  from: string,
  next: (node: string) => readonly string[]
): Set<string> {
  const found = new Set<string>();
  const open = [...next(from)];
  while (open.length > 0) {
    const node = open.pop()!;
    if (!found.has(node)) {
      found.add(node);
      open.push(...next(node));
    }
  }
  return found;
}

/** @returns of the nodes that are in no cycle. */
export function scopesOf(document: TopologyDocument): IScopes {
  const of = new Map<string, Scope>();
  const mixed = new Set<string>();
  const edges = wholeEdges(document);
  for (const id of nodesInOrder(document)) {
    const inputs = edges
      .filter(({ to }) => to.node === id)
      .map(({ from }) => of.get(from.node)!);
    of.set(id, scopeOf(id, document.nodes[id], inputs));
    if (isMixed(document.nodes[id], inputs)) {
      mixed.add(id);
    }
  }
  return { of, mixed };
}

function scopeOf(id: string, node: TopologyNode, inputs: Scope[]): Scope {
  const deepest = inputs.reduce<Scope>(
    (longest, each) => (each.length > longest.length ? each : longest),
    []
  );
  if (deepest.length === 0 || mergesAll(node)) {
    return [id];
  }
  switch (node.kind) {
    case 'merge':
      return deepest.slice(0, 1);
    case 'crop':
      return [...deepest, id];
    default:
      return deepest;
  }
}

function isMixed(node: TopologyNode, inputs: Scope[]): boolean {
  if (mergesAll(node) || isSinkNode(node)) {
    return false;
  }
  // A merge takes whatever came of one item of the source.
  const compared =
    node.kind === 'merge' ? inputs.map(each => each.slice(0, 1)) : inputs;
  return compared.some(one => compared.some(two => !belong(one, two)));
}

const belong = (one: Scope, two: Scope): boolean => {
  const common = Math.min(one.length, two.length);
  return one.slice(0, common).join() === two.slice(0, common).join();
};
