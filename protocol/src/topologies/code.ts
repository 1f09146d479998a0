import { DeepError } from '../errors';
import { jsonString, jsonText } from '../jsonText';
import { TopologyDocument, TopologyNode } from './document';
import { nodesInOrder } from './scopes';
import { edgesInOrder } from './write';

export type TopologyLanguage = 'typescript' | 'python';

/** The code of a notebook that composes a topology, cell by cell. */
export interface ITopologyCells {
  build: string;
  check: string;
  run: string;
}

/**
 * The same topology in the words of the builder. Values enter the code as literals, never as code.
 *
 * @throws DeepError `topology-invalid` of nodes that wait for each other: what is written line by line has no circles.
 */
export function topologyCells(
  document: TopologyDocument,
  language: TopologyLanguage
): ITopologyCells {
  const words = language === 'python' ? PYTHON : TYPESCRIPT;
  const order = nodesInLine(document);
  const names = variablesOf(order, words);
  const lines = order.map(id => lineOf(id, document, names, words));
  const { title, description } = document;
  const about = [title, ...(description ? [description] : [])].map(jsonString);
  return {
    build: [...words.begin(about.join(', ')), ...lines].join('\n'),
    check: words.check,
    run: words.run
  };
}

/**
 * Each node behind all that it takes from.
 *
 * @throws DeepError `topology-invalid` of nodes that wait for each other.
 */
export function nodesInLine(document: TopologyDocument): string[] {
  const order = nodesInOrder(document);
  const waiting = Object.keys(document.nodes).filter(id => !order.includes(id));
  if (waiting.length > 0) {
    throw new DeepError(
      'topology-invalid',
      `These nodes wait for each other: ${waiting.join(', ')}.`,
      { hint: 'Remove an edge of the circle.' }
    );
  }
  return order;
}

/** What differs between the languages. */
interface IWords {
  begin(about: string): string[];
  line(name: string, call: string): string;
  method(name: string): string;
  literal(value: unknown): string;
  /** A table of values that are code already. */
  table(entries: [string, string][]): string;
  /** The last, named arguments of a call. */
  options(entries: [string, string][]): string;
  variable(id: string): string;
  reserved: ReadonlySet<string>;
  check: string;
  run: string;
}

const camel = (id: string): string =>
  id.replace(/[-_]+(.)/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string =>
  name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

const TYPESCRIPT: IWords = {
  begin: about => [
    "import { topologies } from '@jupyterlab-deep/kernel-helpers';",
    '',
    `const t = topologies.build(${about});`
  ],
  line: (name, call) => `const ${name} = ${call};`,
  method: name => name,
  literal: typescriptLiteral,
  table: entries =>
    `{ ${entries.map(([name, code]) => `${key(name)}: ${code}`).join(', ')} }`,
  options: entries =>
    `{ ${entries.map(([name, code]) => `${name}: ${code}`).join(', ')} }`,
  variable: camel,
  reserved: new Set(
    `arguments await break case catch class const continue debugger default delete display do else enum eval export extends false
    finally for function if implements import in instanceof interface let new null package private protected public return
    static super switch t this throw topologies true try typeof var void while with yield`.split(
      /\s+/
    )
  ),
  check: 'await t.validate();',
  run: [
    'for await (const { origin, value, file, error } of t.run()) {',
    '  console.log(origin.name, error?.detail ?? file?.name ?? value);',
    '}'
  ].join('\n')
};

const PYTHON: IWords = {
  begin: about => [
    'from jupyterlab_deep import topologies',
    '',
    `t = topologies.build(${about})`
  ],
  line: (name, call) => `${name} = ${call}`,
  method: snake,
  literal: pythonLiteral,
  table: entries =>
    `{${entries.map(([name, code]) => `${jsonString(name)}: ${code}`).join(', ')}}`,
  options: entries =>
    entries.map(([name, code]) => `${snake(name)}=${code}`).join(', '),
  variable: id => id.replaceAll('-', '_'),
  reserved: new Set(
    `and as assert async await break class continue def del elif else except finally for from global id if import in is lambda
    list nonlocal not open or pass print raise return t topologies try while with yield`.split(
      /\s+/
    )
  ),
  check: 't.validate()',
  run: [
    'for out in t.run():',
    '    print(out.origin["name"], out.error or out.file or out.value)'
  ].join('\n')
};

/** In an object literal the name `__proto__` means something else than in JSON. */
const key = (name: string): string =>
  name === '__proto__' ? `[${jsonString(name)}]` : jsonString(name);

function typescriptLiteral(value: unknown): string {
  const text = jsonText(value);
  return text.includes('"__proto__"')
    ? `JSON.parse(${jsonString(text)})`
    : text;
}

function pythonLiteral(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(pythonLiteral).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(
      ([, each]) => each !== undefined
    );
    return `{${entries.map(([name, each]) => `${jsonString(name)}: ${pythonLiteral(each)}`).join(', ')}}`;
  }
  const words: Record<string, string> = {
    true: 'True',
    false: 'False',
    null: 'None'
  };
  const text = jsonText(value);
  return typeof value === 'string' ? text : (words[text] ?? text);
}

/** A variable for each node, of which no two are the same. */
function variablesOf(
  order: readonly string[],
  { variable, reserved }: IWords
): Map<string, string> {
  const taken = new Set<string>(reserved);
  const names = new Map<string, string>();
  for (const id of order) {
    const wanted = variable(id);
    let name = wanted;
    for (let count = 2; taken.has(name); count += 1) {
      name = `${wanted}${count}`;
    }
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

/** The settings that are arguments by their place, for each kind. */
const BY_PLACE: Record<TopologyNode['kind'], string[]> = {
  files: ['pattern'],
  dataset: ['dataset'],
  'csv-column': ['file', 'column'],
  request: ['inputs'],
  module: ['module', 'arguments'],
  transform: ['expression'],
  filter: ['condition'],
  crop: [],
  resize: [],
  branch: ['condition'],
  merge: ['manner'],
  folder: ['folder'],
  csv: ['file'],
  'json-lines': ['file'],
  reply: []
};

/** Ports that come first among the arguments, for each kind but modules. */
const PORTS: Partial<Record<TopologyNode['kind'], string[]>> = {
  transform: ['value'],
  filter: ['in'],
  crop: ['picture', 'boxes'],
  resize: ['picture'],
  branch: ['in'],
  merge: ['in'],
  folder: ['in'],
  csv: ['in'],
  'json-lines': ['in'],
  reply: ['in']
};

function lineOf(
  id: string,
  document: TopologyDocument,
  names: ReadonlyMap<string, string>,
  words: IWords
): string {
  const { kind, title, ...settings } = document.nodes[id] as {
    kind: TopologyNode['kind'];
    title?: string;
  } & Record<string, unknown>;
  const incoming = edgesInOrder(document.edges).filter(
    ({ to }) => to.node === id
  );
  const outputs = (port: string): string[] =>
    incoming
      .filter(({ to }) => to.port === port)
      .map(({ from }) => {
        const name = names.get(from.node)!;
        const isFirst = from.port === firstPort(document.nodes[from.node]);
        return isFirst ? name : `${name}.out(${jsonString(from.port)})`;
      });
  const from = (port: string): string => {
    const all = outputs(port);
    return all.length === 1 ? all[0] : `[${all.join(', ')}]`;
  };
  const given = (PORTS[kind] ?? []).map(from);
  const placed = BY_PLACE[kind].map(name =>
    kind === 'module' && name === 'arguments'
      ? argumentsOf(settings.arguments as object, incoming, outputs, words)
      : words.literal(settings[name])
  );
  const options = Object.entries(settings)
    .filter(([name]) => !BY_PLACE[kind].includes(name))
    .map(([name, value]): [string, string] => [name, words.literal(value)]);
  options.push(['id', jsonString(id)]);
  if (title !== undefined) {
    options.push(['title', jsonString(title)]);
  }
  const all = [...given, ...placed, words.options(options)];
  const method = words.method(camel(kind));
  return words.line(names.get(id)!, `t.${method}(${all.join(', ')})`);
}

function argumentsOf(
  values: object,
  incoming: TopologyDocument['edges'],
  outputs: (port: string) => string[],
  words: IWords
): string {
  const connected = [...new Set(incoming.map(({ to }) => to.port))];
  return words.table([
    ...connected.map((port): [string, string] => [port, outputs(port)[0]]),
    ...Object.entries(values)
      .filter(([name]) => !connected.includes(name))
      .map(([name, value]): [string, string] => [name, words.literal(value)])
  ]);
}

/** The output that a node stands for where none is named. */
export function firstPort(node: TopologyNode): string {
  switch (node.kind) {
    case 'files':
    case 'dataset':
      return 'file';
    case 'csv-column':
      return node.isFile ? 'file' : 'value';
    case 'module':
      return 'answer';
    case 'transform':
    case 'merge':
      return 'value';
    case 'filter':
      return 'out';
    case 'crop':
    case 'resize':
      return 'picture';
    case 'branch':
      return 'yes';
    default:
      return '';
  }
}
