import type {
  PortType,
  TopologyDocument,
  TopologyEdge,
  TopologyPort,
  TopologyPorts
} from '@jupyterlab-deep/protocol';
import { portFit } from '@jupyterlab-deep/protocol/lib/topologies/fit';
import { edgeText } from '@jupyterlab-deep/protocol/lib/topologies/write';
import type { TranslationBundle } from '@jupyterlab/translation';

/** The ports of a node of the document. */
export type PortsOf = (node: string) => TopologyPorts;

/** Whether an edge may be drawn. */
export interface IFit {
  /** Empty where it fits. */
  reason: string;

  /** The input takes one edge, and has one. */
  replaces: boolean;
}

interface IFitOptions {
  document: TopologyDocument;
  portsOf: PortsOf;
  trans: TranslationBundle;
}

/** Whether what comes out of one node may go into another, and why not. */
export function fitOf(edge: TopologyEdge, options: IFitOptions): IFit {
  const { document, portsOf, trans } = options;
  const { from, to } = edge;
  const no = (reason: string): IFit => ({ reason, replaces: false });
  const input = named(portsOf(to.node).inputs, to.port);
  const output = named(portsOf(from.node).outputs, from.port);
  if (!output || !input) {
    return no(trans.__('An edge goes from an output to an input.'));
  }
  if (from.node === to.node) {
    return no(trans.__('A node cannot feed itself.'));
  }
  if (document.edges.some(each => edgeText(each) === edgeText(edge))) {
    return no(trans.__('They are connected already.'));
  }
  if (leadsTo(document, to.node, from.node)) {
    return no(
      trans.__(
        'That would be a circle: “%1” is fed by “%2”.',
        from.node,
        to.node
      )
    );
  }
  const type = typeOfOutput(from, options);
  const reason = portFit(type, input.type);
  if (reason) {
    return no(reason);
  }
  const isTaken = document.edges.some(
    each => each.to.node === to.node && each.to.port === to.port
  );
  return { reason: '', replaces: isTaken && input.takesMany !== true };
}

/** All edges that could be drawn from a node, or to it. */
export function possibleEdges(
  node: string,
  options: IFitOptions
): TopologyEdge[] {
  const { document, portsOf } = options;
  const others = Object.keys(document.nodes).filter(id => id !== node);
  const pairs = (from: string, to: string): TopologyEdge[] =>
    portsOf(from).outputs.flatMap(output =>
      portsOf(to).inputs.map(input => ({
        from: { node: from, port: output.name },
        to: { node: to, port: input.name }
      }))
    );
  return others
    .flatMap(other => [...pairs(node, other), ...pairs(other, node)])
    .filter(edge => fitOf(edge, options).reason === '');
}

/** What really comes out: a filter gives on what it gets. */
function typeOfOutput(
  { node, port }: TopologyEdge['from'],
  options: IFitOptions,
  seen: ReadonlySet<string> = new Set()
): PortType {
  const { document, portsOf } = options;
  const type = named(portsOf(node).outputs, port)?.type ?? { kind: 'any' };
  const feeding = document.edges.find(({ to }) => to.node === node);
  if (type.kind !== 'any' || !feeding || seen.has(node)) {
    return type;
  }
  return typeOfOutput(feeding.from, options, new Set([...seen, node]));
}

function leadsTo(
  { edges }: TopologyDocument,
  start: string,
  target: string
): boolean {
  const seen = new Set<string>();
  const waiting = [start];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === target) {
      return true;
    }
    if (!seen.has(node)) {
      seen.add(node);
      const here = node;
      waiting.push(
        ...edges
          .filter(({ from }) => from.node === here)
          .map(({ to }) => to.node)
      );
    }
  }
  return false;
}

const named = (
  ports: readonly TopologyPort[],
  name: string
): TopologyPort | undefined => ports.find(port => port.name === name);
