import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  isMap,
  isScalar,
  isSeq,
  Node,
  Pair,
  parseDocument,
  YAMLMap,
  YAMLSeq
} from 'yaml';
import { writeOptions, writtenNode, writtenPair } from './write';

/** The order of the keys in files that people write from the template. */
const ORDER = [
  'metadata_version',
  'title',
  'summary',
  'description',
  'doi',
  'dates',
  'links',
  'tags',
  'tasks',
  'categories',
  'libraries',
  'data-type',
  'resources'
];

/**
 * Metadata with another value at a place. Only the lines of that value change: comments, order and the way in which the rest is written
 * stay. Where the text is written too unusually for that, its comments stay.
 *
 * @param value null takes the key away.
 */
export function editText(
  text: string,
  path: readonly string[],
  value: unknown
): string {
  const document = parseDocument(text, { uniqueKeys: false });
  const wanted = wantedOf(document, path, value);
  const spliced = splice(text, document, path, value);
  if (spliced !== undefined && says(spliced, wanted)) {
    return spliced;
  }
  return rewritten(text, path, value) ?? writtenAnew(document, wanted);
}

/** The whole text, written anew from what its reader kept of it; undefined where an alias would point nowhere. */
function rewritten(
  text: string,
  path: readonly string[],
  value: unknown
): string | undefined {
  const document = parseDocument(text, { uniqueKeys: false });
  if (value === null) {
    document.deleteIn(path);
  } else {
    document.contents ??= new YAMLMap() as never;
    document.setIn(path, writtenNode(document, value));
  }
  try {
    return document.toString(writeOptions);
  } catch {
    return undefined;
  }
}

function writtenAnew({ commentBefore }: Document, wanted: unknown): string {
  const document = new Document(null);
  document.contents = writtenNode(document, wanted) as never;
  document.commentBefore = commentBefore;
  return document.toString(writeOptions);
}

/** What the text is to say. */
function wantedOf(
  document: Document,
  path: readonly string[],
  value: unknown
): unknown {
  const whole: unknown = document.toJS() ?? {};
  let inner = whole as Record<string, unknown>;
  for (const key of path.slice(0, -1)) {
    const next = inner[key];
    if (typeof next !== 'object' || next === null) {
      if (value === null) {
        return whole;
      }
      inner[key] = {};
    }
    inner = inner[key] as Record<string, unknown>;
  }
  if (value === null) {
    delete inner[path.at(-1)!];
  } else {
    inner[path.at(-1)!] = value;
  }
  return whole;
}

function says(text: string, wanted: unknown): boolean {
  const document = parseDocument(text, { uniqueKeys: false });
  try {
    return (
      document.errors.length === 0 &&
      isDeepStrictEqual(document.toJS() ?? {}, wanted)
    );
  } catch {
    // An alias of what was there before.
    return false;
  }
}

/** Undefined where it is not written as a block of keys. */
function splice(
  text: string,
  document: Document,
  path: readonly string[],
  value: unknown
): string | undefined {
  let map: unknown = document.contents;
  let depth = 0;
  while (isBlock(map) && depth < path.length - 1) {
    const inner = pairOf(map, path[depth])?.value;
    if (!isBlock(inner)) {
      break;
    }
    map = inner;
    depth++;
  }
  const key = path[depth];
  // What is missing on the way down is written with the value.
  const nested = path
    .slice(depth + 1)
    .reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  if (map === null) {
    const pair = writtenPair(key, nested, { indent: 0, isOneLine: false });
    return value === null ? text : `${endedByBreak(text)}${pair}\n`;
  }
  if (!isBlock(map)) {
    return undefined;
  }
  const pair = pairOf(map, key);
  if (value === null) {
    return pair && depth === path.length - 1 ? without(text, pair) : undefined;
  }
  return pair
    ? replaced(text, pair, key, nested)
    : inserted(text, map, key, nested);
}

const isBlock = (node: unknown): node is YAMLMap<Node, Node | null> =>
  isMap(node) && !node.flow && node.items.length > 0 && !node.anchor;

type NodePair = Pair<Node, Node | null>;

const pairOf = (
  map: YAMLMap<Node, Node | null>,
  name: string
): NodePair | undefined =>
  map.items.findLast(({ key }) => isScalar(key) && key.value === name);

const startOf = ({ key }: NodePair): number => key.range![0];

/** Behind the last character of the value, before its comment and line break. */
function endOf(text: string, { key, value }: NodePair): number {
  const colon = text.indexOf(':', key.range![1]) + 1;
  const end = Math.max(colon, value?.range?.[1] ?? 0);
  return text.slice(0, end).trimEnd().length;
}

const lineEnd = (text: string, position: number): number => {
  const found = text.indexOf('\n', position);
  return found < 0 ? text.length : found;
};

const lineStart = (text: string, position: number): number =>
  text.lastIndexOf('\n', position - 1) + 1;

const columnOf = (text: string, pair: NodePair): number =>
  startOf(pair) - lineStart(text, startOf(pair));

function replaced(
  text: string,
  pair: NodePair,
  key: string,
  value: unknown
): string {
  if (Array.isArray(value) && isBlockList(pair.value) && value.length > 0) {
    const list = editedList(text, pair.value, value);
    if (list !== undefined) {
      return list;
    }
  }
  const end = endOf(text, pair);
  const isOneLine = text.slice(end, lineEnd(text, end)).trim() !== '';
  const indent = columnOf(text, pair);
  return (
    text.slice(0, startOf(pair)) +
    writtenPair(key, value, { indent, isOneLine }) +
    text.slice(end)
  );
}

const isBlockList = (node: unknown): node is YAMLSeq<Node> =>
  isSeq(node) && !node.flow && node.items.every(isScalar);

/** Items that stay keep their lines, with what is said beside them. */
function editedList(
  text: string,
  list: YAMLSeq<Node>,
  value: readonly unknown[]
): string | undefined {
  const items = list.items.map(item => ({
    item,
    said: isScalar(item) ? item.value : undefined
  }));
  const stay = items.filter(({ said }) => value.includes(said));
  const added = value.filter(each => !items.some(({ said }) => said === each));
  const first = list.items[0].range![0];
  const dash = text.lastIndexOf('-', first);
  const indent = dash - lineStart(text, dash);
  const last = list.items.at(-1)!.range![1];
  const end = lineEnd(text, text.slice(0, last).trimEnd().length);
  const lines = added.map(
    each =>
      `\n${' '.repeat(indent)}- ${isPlain(each) ? each : JSON.stringify(each)}`
  );
  let edited = text.slice(0, end) + lines.join('') + text.slice(end);
  for (const { item } of items.filter(each => !stay.includes(each)).reverse()) {
    const from = lineStart(edited, item.range![0]);
    const to = lineEnd(
      edited,
      edited.slice(0, item.range![1]).trimEnd().length
    );
    edited = edited.slice(0, from) + edited.slice(to + 1);
  }
  return edited;
}

/** Words need no quotation marks. */
const isPlain = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^[A-Za-z][\w .-]*\w$/.test(value) &&
  !/^(true|false|null|yes|no|on|off)$/i.test(value);

function inserted(
  text: string,
  map: YAMLMap<Node, Node | null>,
  key: string,
  value: unknown
): string {
  const place = ORDER.indexOf(key);
  const before = map.items.findLast(
    ({ key: each }) =>
      isScalar(each) &&
      (place < 0 || ORDER.indexOf(String(each.value)) <= place)
  );
  const indent = columnOf(text, map.items[0]);
  const pair = writtenPair(key, value, { indent, isOneLine: false });
  if (!before) {
    const start = startOf(map.items[0]);
    return `${text.slice(0, start)}${pair}\n${' '.repeat(indent)}${text.slice(start)}`;
  }
  const end = lineEnd(text, endOf(text, before));
  return `${text.slice(0, end)}\n${' '.repeat(indent)}${pair}${text.slice(end) || '\n'}`;
}

function without(text: string, pair: NodePair): string {
  const from = lineStart(text, startOf(pair));
  const to = lineEnd(text, endOf(text, pair));
  return text.slice(0, from) + text.slice(to + 1);
}

const endedByBreak = (text: string): string =>
  text === '' || text.endsWith('\n') ? text : `${text}\n`;
