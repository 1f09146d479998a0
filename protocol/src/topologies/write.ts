import { jsonString, jsonText } from '../jsonText';
import {
  TOPOLOGY_FORMAT,
  TOPOLOGY_VERSION,
  TopologyDocument,
  TopologyEdge,
  TopologyNode
} from './document';

/**
 * The text of a `*.topology` file: the same for the same topology, in whatever order it was drawn, and such that a
 * difference between two shows what was changed.
 */
export function writeTopology(document: TopologyDocument): string {
  const { title, description, nodes, edges, layout } = document;
  const nodeLines = sortedEntries(nodes).map(
    ([id, node]) => `${jsonString(id)}: ${jsonText(inOrder(node), '    ')}`
  );
  const placeLines = sortedEntries(layout)
    .filter(([id]) => Object.hasOwn(nodes, id))
    .map(
      ([id, { x, y }]) =>
        `${jsonString(id)}: { "x": ${rounded(x)}, "y": ${rounded(y)} }`
    );
  return [
    '{',
    `  "format": ${jsonString(TOPOLOGY_FORMAT)},`,
    `  "version": ${TOPOLOGY_VERSION},`,
    `  "title": ${jsonString(title)},`,
    `  "description": ${jsonString(description)},`,
    `  "nodes": ${block('{', nodeLines, '}')},`,
    `  "edges": ${block('[', edgesInOrder(edges).map(edgeLine), ']')},`,
    `  "layout": ${block('{', placeLines, '}')}`,
    '}',
    ''
  ].join('\n');
}

/** Edges in the order in which they are written, and in which merges take them. */
export const edgesInOrder = (edges: readonly TopologyEdge[]): TopologyEdge[] =>
  [...edges].sort((a, b) => {
    const [left, right] = [edgeText(a), edgeText(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });

/** Names an edge: `photos.file -> classify.image`. */
export const edgeText = ({ from, to }: TopologyEdge): string =>
  `${from.node}.${from.port} -> ${to.node}.${to.port}`;

const endText = ({ node, port }: TopologyEdge['from']): string =>
  `{ "node": ${jsonString(node)}, "port": ${jsonString(port)} }`;

const edgeLine = ({ from, to }: TopologyEdge): string =>
  `{ "from": ${endText(from)}, "to": ${endText(to)} }`;

const FIRST = ['kind', 'title'];
/** Tables have columns, and forms have fields, in the order that somebody gave them. */
const AS_GIVEN = ['columns', 'inputs'];

/** Kind and title first; all else by name, also within. */
function inOrder(node: TopologyNode): Record<string, unknown> {
  const known = node as unknown as Record<string, unknown>;
  const names = Object.keys(known)
    .filter(name => !FIRST.includes(name))
    .sort();
  return Object.fromEntries(
    [...FIRST, ...names]
      .filter(name => known[name] !== undefined)
      .map(name => [
        name,
        AS_GIVEN.includes(name) ? known[name] : sorted(known[name])
      ])
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        sortedEntries(value).map(([name, each]) => [name, sorted(each)])
      )
    : value;
}

const sortedEntries = <T>(record: Record<string, T> | object): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** Half a pixel more or less is no change. */
const rounded = (place: number): number => Math.round(place) || 0;

function block(open: string, lines: string[], close: string): string {
  const body = lines.map(line => `    ${line}`).join(',\n');
  return lines.length === 0 ? open + close : `${open}\n${body}\n  ${close}`;
}
