import { DeepError } from '../errors';
import { TopologyDocument } from './document';
import { portsOf } from './ports';
import { ancestorsOf } from './scopes';

/**
 * The part of a topology that a node needs, with the node: what it gives is replied where it is no sink itself.
 *
 * @throws DeepError `invalid-arguments` where there is no such node
 */
export function topologyUpTo(
  document: TopologyDocument,
  last: string
): TopologyDocument {
  if (!Object.hasOwn(document.nodes, last)) {
    throw new DeepError(
      'invalid-arguments',
      `The topology has no node “${last}”.`,
      { hint: `It has ${Object.keys(document.nodes).join(', ')}.` }
    );
  }
  const kept = ancestorsOf(document, last).add(last);
  const nodes = Object.fromEntries(
    Object.entries(document.nodes).filter(([id]) => kept.has(id))
  );
  const edges = document.edges.filter(
    ({ from, to }) => kept.has(from.node) && kept.has(to.node)
  );
  const given = [
    ...portsOf(document.nodes[last]).outputs.map(({ name }) => name),
    ...document.edges
      .filter(({ from }) => from.node === last)
      .map(({ from }) => from.port)
  ];
  const reply = freeId(nodes, 'reply');
  const replied = [...new Set(given)].map(port => ({
    from: { node: last, port },
    to: { node: reply, port: 'in' }
  }));
  return {
    ...document,
    nodes: {
      ...nodes,
      ...(replied.length > 0 && { [reply]: { kind: 'reply' as const } })
    },
    edges: [...edges, ...replied]
  };
}

function freeId(nodes: object, wanted: string): string {
  let id = wanted;
  for (let count = 2; Object.hasOwn(nodes, id); count += 1) {
    id = `${wanted}-${count}`;
  }
  return id;
}
