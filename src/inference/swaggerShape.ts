type Json = Record<string, unknown>;

/** Deeper, and a reader is lost; also where the cycles of a document end. */
const DEEPEST = 4;
const MOST_PARTS = 50;

/** What a schema of a Swagger document says, in the spelling of TypeScript: `{ labels: string[]; uuid?: string }`. */
export function shapeOf(
  schema: unknown,
  definitions: Json,
  depth = 0,
  indent = ''
): string {
  const found = resolved(asObject(schema), definitions);
  const { type, enum: choices, properties, items } = found;
  if (Array.isArray(choices)) {
    return choices.map(choice => JSON.stringify(choice)).join(' | ');
  }
  const isList = type === 'array' || items !== undefined;
  if (!isList && properties === undefined) {
    return typeof type === 'string' ? type : '';
  }
  if (depth > DEEPEST) {
    return '…';
  }
  if (!isList) {
    return parts(found, definitions, depth, indent);
  }
  const item = shapeOf(items, definitions, depth + 1, indent) || 'any';
  return /^[^{]* \| /.test(item) ? `(${item})[]` : `${item}[]`;
}

function parts(
  { properties, required }: Json,
  definitions: Json,
  depth: number,
  indent: string
): string {
  const needed = Array.isArray(required) ? required : [];
  const inner = `${indent}  `;
  const all = Object.entries(asObject(properties));
  const lines = all.slice(0, MOST_PARTS).map(([name, each]) => {
    const shape = shapeOf(each, definitions, depth + 1, inner) || 'any';
    const mark = needed.includes(name) ? '' : '?';
    return `${inner}${name}${mark}: ${shape};`;
  });
  const more = all.length > MOST_PARTS ? [`${inner}…`] : [];
  return ['{', ...lines, ...more, `${indent}}`].join('\n');
}

function resolved(schema: Json, definitions: Json): Json {
  const { $ref } = schema;
  return typeof $ref === 'string'
    ? asObject(definitions[$ref.replace('#/definitions/', '')])
    : schema;
}

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
