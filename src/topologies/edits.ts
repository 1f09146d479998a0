import type {
  TopologyDocument,
  TopologyEdge,
  TopologyNode
} from '@jupyterlab-deep/protocol';
import { edgeText } from '@jupyterlab-deep/protocol/lib/topologies/write';

/** Where something is on the canvas. */
export interface IPoint {
  x: number;
  y: number;
}

/** Changes a document into another; the given one stays as it is. */
export type Edit = (document: TopologyDocument) => TopologyDocument;

/** Part of a document that is copied. */
export type Fragment = Pick<TopologyDocument, 'nodes' | 'edges' | 'layout'>;

/** The lines of the canvas's grid are so far apart. */
export const GRID = 20;

/** An id that no node has: what the node does, in the characters that ids have, and a number where needed. */
export function freeId(
  base: string,
  taken: Readonly<Record<string, unknown>>
): string {
  const plain =
    base
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 56) || 'node';
  let id = plain;
  for (let number = 2; id in taken; number++) {
    id = `${plain}-${number}`;
  }
  return id;
}

export const addNode =
  (id: string, node: TopologyNode, { x, y }: IPoint): Edit =>
  document => ({
    ...document,
    nodes: { ...document.nodes, [id]: node },
    layout: { ...document.layout, [id]: onGrid({ x, y }) }
  });

export const setNode =
  (id: string, node: TopologyNode): Edit =>
  document =>
    id in document.nodes
      ? { ...document, nodes: { ...document.nodes, [id]: node } }
      : document;

/** Nodes go with their edges. */
export const removeNodes =
  (ids: readonly string[]): Edit =>
  document => {
    const gone = new Set(ids);
    return {
      ...document,
      nodes: without(document.nodes, gone),
      layout: without(document.layout, gone),
      edges: document.edges.filter(
        ({ from, to }) => !gone.has(from.node) && !gone.has(to.node)
      )
    };
  };

/** @param replaces - the input takes one edge only: the one that is there goes. */
export const connect =
  (edge: TopologyEdge, replaces = false): Edit =>
  document => ({
    ...document,
    edges: [
      ...document.edges.filter(
        each =>
          edgeText(each) !== edgeText(edge) &&
          !(
            replaces &&
            each.to.node === edge.to.node &&
            each.to.port === edge.to.port
          )
      ),
      edge
    ]
  });

export const disconnect =
  (keys: readonly string[]): Edit =>
  document => ({
    ...document,
    edges: document.edges.filter(edge => !keys.includes(edgeText(edge)))
  });

export const moveNodes =
  (places: Readonly<Record<string, IPoint>>): Edit =>
  document => {
    const known = Object.entries(places).filter(([id]) => id in document.nodes);
    const moved = known.map(([id, place]) => [id, onGrid(place)]);
    return {
      ...document,
      layout: { ...document.layout, ...Object.fromEntries(moved) }
    };
  };

/** What is chosen, with the edges between. */
export function fragmentOf(
  document: TopologyDocument,
  ids: readonly string[]
): Fragment {
  const chosen = new Set(ids);
  const only = <T>(record: Record<string, T>) =>
    Object.fromEntries(
      Object.entries(record).filter(([id]) => chosen.has(id))
    ) as Record<string, T>;
  return {
    nodes: only(document.nodes),
    layout: only(document.layout),
    edges: document.edges.filter(
      ({ from, to }) => chosen.has(from.node) && chosen.has(to.node)
    )
  };
}

/** @returns the edit, and what the pasted nodes are called here. */
export function pasteOf(
  document: TopologyDocument,
  { nodes, edges, layout }: Fragment,
  shift: IPoint
): { edit: Edit; ids: string[] } {
  const taken: Record<string, unknown> = { ...document.nodes };
  const names = new Map<string, string>();
  for (const id of Object.keys(nodes)) {
    const name = freeId(id.replace(/-\d+$/, ''), taken);
    taken[name] = true;
    names.set(id, name);
  }
  const renamed = (end: TopologyEdge['from']) => ({
    ...end,
    node: names.get(end.node)!
  });
  const edit: Edit = before => {
    let after = before;
    for (const [id, node] of Object.entries(nodes)) {
      const { x, y } = layout[id] ?? { x: 0, y: 0 };
      const place = { x: x + shift.x, y: y + shift.y };
      after = addNode(names.get(id)!, node, place)(after);
    }
    return {
      ...after,
      edges: [
        ...after.edges,
        ...edges.map(({ from, to }) => ({
          from: renamed(from),
          to: renamed(to)
        }))
      ]
    };
  };
  return { edit, ids: [...names.values()] };
}

function onGrid({ x, y }: IPoint): IPoint {
  const near = (value: number) => Math.round(value / GRID) * GRID;
  return { x: near(x), y: near(y) };
}

function without<T>(
  record: Record<string, T>,
  gone: ReadonlySet<string>
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).filter(([id]) => !gone.has(id))
  );
}
