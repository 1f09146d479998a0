import { Document, isScalar, Node, Scalar, visit } from 'yaml';

/** Long lines stay whole; texts of several lines stand as they are read. */
export const writeOptions = {
  lineWidth: 0,
  blockQuote: 'literal'
} as const;

/** Days and versions are quoted: other readers would take them for dates and numbers. */
const QUOTED = /^\d{4}-\d{2}-\d{2}$|^\d+(\.\d+)+$/;

/** A value as YAML, so that every reader sees the same in it. */
export function writtenNode(document: Document, value: unknown): Node {
  const node = document.createNode(value) as Node;
  visit(node, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && QUOTED.test(scalar.value)) {
        scalar.type = Scalar.QUOTE_SINGLE;
      }
    }
  });
  return node;
}

/** `key: value` over its lines, without a break at the end. */
export function writtenPair(
  key: string,
  value: unknown,
  options: { indent: number; isOneLine: boolean }
): string {
  const document = new Document(null);
  document.contents = writtenNode(document, { [key]: value }) as never;
  if (options.isOneLine) {
    quoteTexts(document);
  }
  const lines = document.toString(writeOptions).trimEnd().split('\n');
  const space = ' '.repeat(options.indent);
  return lines
    .map((line, index) => (index === 0 || line === '' ? line : space + line))
    .join('\n');
}

/** A comment after a text of several lines would become part of it. */
function quoteTexts(document: Document): void {
  visit(document, {
    Pair: (_, { value }) => {
      if (isScalar(value) && String(value.value).includes('\n')) {
        value.type = Scalar.QUOTE_DOUBLE;
      }
    }
  });
}
