import { TopologyNode } from './document';

/** Where a node has JSONata. */
export interface INodeExpression {
  /** For people: `condition`, `columns.label`. */
  place: string;
  text: string;
}

/** All JSONata of a node. */
export function expressionsOf(node: TopologyNode): INodeExpression[] {
  const given = (place: string, text?: string): INodeExpression[] =>
    text === undefined || text.trim() === '' ? [] : [{ place, text }];
  switch (node.kind) {
    case 'transform':
      return given('expression', node.expression);
    case 'filter':
    case 'branch':
      return given('condition', node.condition);
    case 'crop':
      return given('boxes', node.boxes);
    case 'merge':
      return [...given('of', node.of), ...given('by', node.by)];
    case 'folder':
      return given('name', node.name);
    case 'csv':
      return Object.entries(node.columns ?? {}).flatMap(([name, text]) =>
        given(`columns.${name}`, text)
      );
    default:
      return [];
  }
}

const STEP = /\$steps\s*\.\s*(?:`([^`]*)`|([A-Za-z_][A-Za-z0-9_]*))/g;
const ANY_STEP = /\$steps\b/g;
/** Texts and comments say nothing of steps. */
const WORDS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[\s\S]*?\*\//g;

/**
 * Which earlier nodes an expression looks at by `$steps.name`.
 *
 * @returns undefined where that cannot be told, as of `$lookup($steps, …)`.
 */
export function stepsIn(text: string): string[] | undefined {
  const plain = text.replace(WORDS, '""');
  const named = [...plain.matchAll(STEP)].map(([, quoted, bare]) =>
    String(quoted ?? bare)
  );
  const all = [...plain.matchAll(ANY_STEP)].length;
  return all > named.length ? undefined : [...new Set(named)];
}
