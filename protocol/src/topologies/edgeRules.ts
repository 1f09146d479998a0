import { PortType, TopologyEdge } from './document';
import { portFit } from './fit';
import { error, ILook, nameOfNode, warning } from './look';
import { TopologyPort, TopologyProblem } from './requests';
import { wholeEdges } from './scopes';
import { edgeText } from './write';

/** Edges that lead nowhere, do not fit, or are there twice. */
export function edgesAlone(look: ILook): TopologyProblem[] {
  const seen = new Set<string>();
  return look.document.edges.flatMap((each, edge) => {
    const isTwice = seen.has(edgeText(each));
    seen.add(edgeText(each));
    if (isTwice) {
      return [
        error({
          rule: 'edge-twice',
          edge,
          reason: `The edge ${edgeText(each)} is there twice.`,
          remedy: 'Remove one of them.'
        })
      ];
    }
    return [...dangling(look, each, edge), ...mistyped(look, each, edge)];
  });
}

function dangling(
  { document, ports, unknown }: ILook,
  { from, to }: TopologyEdge,
  edge: number
): TopologyProblem[] {
  const loose = (
    { node, port }: TopologyEdge['from'],
    side: 'inputs' | 'outputs'
  ): TopologyProblem[] => {
    const isThere = Object.hasOwn(document.nodes, node);
    const isKnown =
      isThere &&
      ((unknown.has(node) && side === 'inputs') ||
        ports[node]?.[side].some(({ name }) => name === port));
    if (isKnown) {
      return [];
    }
    const what = side === 'inputs' ? 'input' : 'output';
    return [
      error({
        rule: 'edge-dangling',
        edge,
        ...(isThere && { node, port }),
        reason: isThere
          ? `${nameOfNode(document, node)} has no ${what} “${port}”.`
          : `There is no node “${node}”.`,
        remedy: 'Remove the edge, or connect it anew.'
      })
    ];
  };
  return [...loose(from, 'outputs'), ...loose(to, 'inputs')];
}

function mistyped(
  look: ILook,
  { from, to }: TopologyEdge,
  edge: number
): TopologyProblem[] {
  const input = look.ports[to.node]?.inputs.find(
    ({ name }) => name === to.port
  );
  const output = outputType(look, from);
  const why = input && output && portFit(output, input.type);
  return why
    ? [
        error({
          rule: 'type',
          edge,
          node: to.node,
          port: to.port,
          reason: `${edgeText({ from, to })} does not fit: ${why}`,
          remedy: remedyOf(output, input.type)
        })
      ]
    : [];
}

const remedyOf = (output: PortType, input: PortType): string =>
  output.kind === 'json' && input.kind === 'json'
    ? 'Put a transform between that makes the right value of it.'
    : 'Connect another output, or put a module between that makes one of the other.';

/** What really comes out of a port: nodes that give on what they get have no type of their own. */
export function outputType(
  { document, ports }: Pick<ILook, 'document' | 'ports'>,
  { node, port }: TopologyEdge['from'],
  seen: readonly string[] = []
): PortType | undefined {
  const found = ports[node]?.outputs.find(({ name }) => name === port)?.type;
  const passesOn = ['filter', 'branch'].includes(document.nodes[node]?.kind);
  if (found?.kind !== 'any' || !passesOn || seen.includes(node)) {
    return found;
  }
  const before = document.edges.find(({ to }) => to.node === node);
  return before
    ? outputType({ document, ports }, before.from, [...seen, node])
    : found;
}

/** Inputs that lack something, or have too much. */
export function inputsOf(look: ILook): TopologyProblem[] {
  const { document, ports, unknown } = look;
  return Object.keys(document.nodes).flatMap(node => {
    const inputs = ports[node]?.inputs ?? [];
    return [
      ...inputs.flatMap(input => [
        ...missing(look, node, input),
        ...twice(look, node, input)
      ]),
      ...(unknown.has(node) ? [] : wrongArguments(look, node, inputs))
    ];
  });
}

const edgesInto = (
  { document }: ILook,
  node: string,
  port: string
): TopologyEdge[] =>
  wholeEdges(document).filter(({ to }) => to.node === node && to.port === port);

function missing(
  look: ILook,
  node: string,
  { name: port, required }: TopologyPort
): TopologyProblem[] {
  if (!required || edgesInto(look, node, port).length > 0) {
    return [];
  }
  const name = nameOfNode(look.document, node);
  const isModule = look.document.nodes[node].kind === 'module';
  return [
    error({
      rule: isModule ? 'missing-argument' : 'missing-input',
      node,
      port,
      reason: isModule
        ? `${name} needs its argument “${port}”.`
        : `Nothing is connected to “${port}” of ${name}.`,
      remedy: isModule
        ? 'Connect something to it, or give it a value.'
        : 'Connect something to it.'
    })
  ];
}

function twice(
  look: ILook,
  node: string,
  { name: port, takesMany }: TopologyPort
): TopologyProblem[] {
  if (takesMany || edgesInto(look, node, port).length < 2) {
    return [];
  }
  return [
    error({
      rule: 'input-twice',
      node,
      port,
      reason: `Several edges lead into “${port}” of ${nameOfNode(look.document, node)}, which takes one.`,
      remedy: 'Let a merge take them, and connect what it gives.'
    })
  ];
}

function wrongArguments(
  look: ILook,
  id: string,
  inputs: readonly TopologyPort[]
): TopologyProblem[] {
  const node = look.document.nodes[id];
  if (node.kind !== 'module') {
    return [];
  }
  const name = nameOfNode(look.document, id);
  return Object.keys(node.arguments).flatMap(port => {
    if (!inputs.some(input => input.name === port)) {
      return [
        error({
          rule: 'unknown-argument',
          node: id,
          port,
          reason: `${name} has no argument “${port}”.`,
          remedy: 'Remove it; the module may have been changed.'
        })
      ];
    }
    return edgesInto(look, id, port).length > 0
      ? [
          warning({
            rule: 'argument-twice',
            node: id,
            port,
            reason: `“${port}” of ${name} has a value, and something is connected to it.`,
            remedy: 'What is connected counts. Remove the value or the edge.'
          })
        ]
      : [];
  });
}
