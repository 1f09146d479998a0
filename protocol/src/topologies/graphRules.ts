import { TopologyDocument, TopologyNode } from './document';
import { expressionsOf, stepsIn } from './expressions';
import { error, ILook, nameOfNode, warning } from './look';
import { TopologyProblem } from './requests';
import {
  ancestorsOf,
  isSinkNode,
  isSourceNode,
  nodesInOrder,
  reached,
  scopesOf,
  wholeEdges
} from './scopes';

export function emptiness({ document }: ILook): TopologyProblem[] {
  const nodes = Object.values(document.nodes);
  const none = (rule: string, reason: string, remedy: string) => [
    error({ rule, reason, remedy })
  ];
  if (nodes.length === 0) {
    return none('empty', 'Nothing is in it.', 'Begin with a source.');
  }
  return [
    ...(nodes.some(isSourceNode)
      ? []
      : none(
          'no-source',
          'It has no source.',
          'Add files, a dataset, a column of a CSV file, or a request.'
        )),
    ...(nodes.some(isSinkNode)
      ? []
      : none(
          'no-sink',
          'Nothing is done with what it finds.',
          'Add a folder, a CSV file, JSON Lines or a reply.'
        ))
  ];
}

export function cycles({ document }: ILook): TopologyProblem[] {
  const next = nextNodes(document);
  const left = new Set(Object.keys(document.nodes));
  nodesInOrder(document).forEach(id => left.delete(id));
  const found: TopologyProblem[] = [];
  for (const node of left) {
    const after = reached(node, next);
    if (!after.has(node)) {
      continue;
    }
    const circle = [...after].filter(id => reached(id, next).has(node)).sort();
    circle.forEach(id => left.delete(id));
    const names = circle.map(id => nameOfNode(document, id)).join(', ');
    found.push(
      error({
        rule: 'cycle',
        node: circle[0],
        reason: `What comes out goes in again, in a circle: ${names}.`,
        remedy: 'Remove one of the edges between them.'
      })
    );
  }
  return found;
}

const nextNodes =
  (document: TopologyDocument) =>
  (id: string): string[] =>
    wholeEdges(document)
      .filter(({ from }) => from.node === id)
      .map(({ to }) => to.node);

export function reach({ document }: ILook): TopologyProblem[] {
  const nodes = Object.entries(document.nodes);
  const next = nextNodes(document);
  const fed = new Set(
    nodes
      .filter(([, node]) => isSourceNode(node))
      .flatMap(([id]) => [id, ...reached(id, next)])
  );
  return nodes.flatMap(([id, node]) => {
    const name = nameOfNode(document, id);
    if (!fed.has(id)) {
      return [
        error({
          rule: 'unreachable',
          node: id,
          reason: `Nothing comes to ${name}: no source leads to it.`,
          remedy: 'Connect it, or remove it.'
        })
      ];
    }
    const leads =
      isSinkNode(node) ||
      [...reached(id, next)].some(other => isSinkNode(document.nodes[other]));
    return leads
      ? []
      : [
          warning({
            rule: 'leads-nowhere',
            node: id,
            reason: `Nothing is done with what ${name} gives.`,
            remedy: 'Connect it to a folder, a file or a reply, or remove it.'
          })
        ];
  });
}

export function mixedScopes({ document }: ILook): TopologyProblem[] {
  return [...scopesOf(document).mixed].map(node =>
    error({
      rule: 'mixed-origins',
      node,
      reason: `What comes into ${nameOfNode(document, node)} does not belong together: it comes from different sources, or from different boxes.`,
      remedy:
        'Let all its inputs come from one source, or merge them by a key before.'
    })
  );
}

export function oncePerTopology({ document }: ILook): TopologyProblem[] {
  return (['request', 'reply'] as const).flatMap(kind => {
    const all = Object.entries(document.nodes).filter(
      ([, node]) => node.kind === kind
    );
    return all.slice(1).map(([node]) =>
      error({
        rule: `${kind}-twice`,
        node,
        reason: `A topology can have one ${kind}; this is another one.`,
        remedy: `Remove it, and use the other ${kind}.`
      })
    );
  });
}

/** Sinks by where they write. */
export function sharedSinks({ document }: ILook): TopologyProblem[] {
  const seen = new Map<string, string>();
  return Object.entries(document.nodes).flatMap(([node, sink]) => {
    const place = placeOfSink(sink);
    if (place === undefined) {
      return [];
    }
    const other = seen.get(place);
    seen.set(place, other ?? node);
    return other === undefined
      ? []
      : [
          error({
            rule: 'sink-shared',
            node,
            reason: `${nameOfNode(document, other)} and ${nameOfNode(document, node)} would write to the same place: ${place}.`,
            remedy: 'Give one of them another name.'
          })
        ];
  });
}

/** Where a sink writes, as it was written; the same text for the same place. */
export function placeOfSink(node: TopologyNode): string | undefined {
  const given =
    node.kind === 'folder'
      ? node.folder
      : node.kind === 'csv' || node.kind === 'json-lines'
        ? node.file
        : undefined;
  if (given === undefined) {
    return undefined;
  }
  const parts: string[] = [];
  for (const part of given.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') {
      parts.pop();
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return (given.startsWith('/') ? '/' : '') + parts.join('/');
}

export function stepsNamed({ document }: ILook): TopologyProblem[] {
  return Object.entries(document.nodes).flatMap(([node, about]) => {
    const before = ancestorsOf(document, node);
    return expressionsOf(about).flatMap(({ place, text }) =>
      (stepsIn(text) ?? [])
        .filter(step => !before.has(step))
        .map(step =>
          error({
            rule: 'expression',
            node,
            reason: Object.hasOwn(document.nodes, step)
              ? `\`${place}\` of ${nameOfNode(document, node)} looks at “${step}”, which does not come before it.`
              : `\`${place}\` of ${nameOfNode(document, node)} looks at “${step}”, which is not there.`,
            remedy: `Name one of: ${[...before].sort().join(', ') || 'none'}. A name with hyphens stands between backticks.`
          })
        )
    );
  });
}
