import {
  findNodeAtLocation,
  Node,
  parse,
  ParseError,
  parseTree,
  printParseErrorCode
} from 'jsonc-parser';
import { MetadataProblem } from '@jupyterlab-deep/protocol';

/** What a file says, and where it says it. */
export interface IParsed {
  value: Record<string, unknown>;
  /** The line of a value, counted from 1, where it is known. */
  lineOf(path: string[]): number | undefined;
  /** What was read in spite of a mistake. */
  problems?: MetadataProblem[];
}

/** Aliases of aliases grow without end: what a person writes needs few. */
const MAX_ALIASES = 50;
/** Words and marks that YAML's reader sees, which takes its time for each: 250 kB of keys hold everything up for seconds. The largest known file has 284. */
const MAX_TOKENS = 5000;
/** Of a whole file, also after its aliases. */
const MAX_VALUES = 5000;
const MAX_LEVELS = 50;

type YamlError = import('yaml').YAMLParseError;
type Reading = IParsed | { problem: MetadataProblem };

/** YAML to an object; the reason with its line when it is none. */
export async function parseYaml(text: string): Promise<Reading> {
  const { LineCounter, parseDocument, Lexer } = await import('yaml');
  const lines = new LineCounter();
  try {
    const end = endAfter(new Lexer().lex(text), MAX_TOKENS);
    if (end !== undefined) {
      return { problem: { message: TOO_MUCH, line: lineAt(text, end) } };
    }
    const document = parseDocument(text, { lineCounter: lines });
    const errors = document.errors.filter(({ code }) => code !== DUPLICATE);
    if (errors.length > 0) {
      return { problem: yamlProblem(errors[0], text) };
    }
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const lineOf = (path: string[]): number | undefined => {
      const node = document.getIn(path.map(asKey), true) as
        { range?: number[] } | undefined;
      return node?.range && lines.linePos(node.range[0]).line;
    };
    // The platform's reader, too, lets the last of two equal keys count.
    const duplicates = document.errors.map(({ linePos }) => ({
      message: 'A key stands here a second time; the last one counts.',
      line: linePos?.[0].line
    }));
    return asObject(value, lineOf, duplicates);
  } catch (error) {
    // An alias of nothing or too many of them, or more levels than the stack holds.
    const { message } = error as Error;
    return {
      problem: {
        message: `It is not usable YAML: ${message}.`,
        line: lineAt(text, aliasIn(text, message))
      }
    };
  }
}

/** Where the alias is that a reason names, else the first one; the beginning where there is none. */
function aliasIn(text: string, reason: string): number {
  const [, name = ''] = /\balias\b.*: (\S+)$/.exec(reason) ?? [];
  const named = name ? text.indexOf(`*${name}`) : -1;
  return Math.max(0, named >= 0 ? named : text.search(/(^|[\s[{,:-])\*\w/m));
}

const TOO_MUCH = `It holds more than any description does: over ${MAX_VALUES} values, or ${MAX_LEVELS} levels.`;

/** Characters of so many tokens, where there are more; no more are looked at than needed. */
export function endAfter(
  tokens: Iterable<string>,
  limit: number
): number | undefined {
  let count = 0;
  let characters = 0;
  for (const token of tokens) {
    count += 1;
    if (count > limit) {
      return characters;
    }
    characters += token.length;
  }
  return undefined;
}

/** Why an object is refused, with the line of the first key that is too much by itself. */
export function excessIn({
  value,
  lineOf
}: IParsed): MetadataProblem | undefined {
  const message = excessOf(value);
  if (!message) {
    return undefined;
  }
  const key = Object.keys(value).find(each => excessOf(value[each]));
  return { message, line: (key !== undefined && lineOf([key])) || 1 };
}

/** Why a value is refused, whatever it was written in: checking it would take too long. */
export function excessOf(value: unknown): string | undefined {
  let level: unknown[] = [value];
  let values = 0;
  for (let levels = 0; level.length > 0; levels++) {
    values += level.length;
    if (values > MAX_VALUES || levels > MAX_LEVELS) {
      return TOO_MUCH;
    }
    level = level.flatMap(each =>
      typeof each === 'object' && each !== null ? Object.values(each) : []
    );
  }
  return undefined;
}

const DUPLICATE = 'DUPLICATE_KEY';
/** What YAML's grammar calls the commonest mistake: a text with a colon, without quotation marks. */
const STRAY_COLON = 'MULTILINE_IMPLICIT_KEY';

function yamlProblem(
  { code, message, pos, linePos }: YamlError,
  text: string
): MetadataProblem {
  if (code === STRAY_COLON) {
    const colon = pos[0] + text.slice(pos[0]).search(/:\s/);
    return {
      message:
        'It is not YAML: a text without quotation marks holds a colon, which makes it a key. Quote the text, or begin it with |- on the line before.',
      line: lineAt(text, colon)
    };
  }
  const words = message.split('\n')[0].replace(/ at line .*$/, '');
  return { message: `It is not YAML: ${words}.`, line: linePos?.[0].line };
}

const asKey = (part: string): string | number =>
  /^\d+$/.test(part) ? Number(part) : part;

/** JSON to an object; the reason with its line when it is none. */
export function parseJson(text: string): Reading {
  try {
    const value: unknown = JSON.parse(text);
    let tree: Node | undefined;
    return asObject(value, path => {
      tree ??= parseTree(text);
      const node = path.reduce<Node | undefined>(findIn, tree);
      return node && lineAt(text, node.offset);
    });
  } catch {
    // Node's message has no position.
    const errors: ParseError[] = [];
    parse(text, errors, { disallowComments: true });
    const { error, offset } = errors[0] ?? { error: 1, offset: 0 };
    const words = printParseErrorCode(error)
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase();
    const line = lineAt(text, offset);
    return { problem: { message: `It is not JSON: ${words}.`, line } };
  }
}

/** A number is a place in a list; in an object it is a key as others are. */
const findIn = (node: Node | undefined, key: string): Node | undefined =>
  node && findNodeAtLocation(node, [node.type === 'array' ? Number(key) : key]);

const lineAt = (text: string, position: number): number =>
  text.slice(0, position).split('\n').length;

function asObject(
  value: unknown,
  lineOf: IParsed['lineOf'],
  problems: MetadataProblem[] = []
): Reading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'It is not a list of keys with values.';
    return { problem: { message, line: 1 } };
  }
  return { value: value as Record<string, unknown>, lineOf, problems };
}
