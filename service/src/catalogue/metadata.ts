import { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { Static, Type } from '@sinclair/typebox';
import { MetadataProblem } from '@jupyterlab-deep/protocol';

const Texts = Type.Array(Type.String());
const Resources = Type.Partial(
  Type.Object({
    cpu: Type.Number(),
    gpu: Type.Number(),
    memory_MB: Type.Number(),
    storage_MB: Type.Number()
  })
);

/** What is read of `ai4-metadata.yml`, version 2; other keys are let through. */
const Metadata = Type.Object({
  title: Type.String({ minLength: 1 }),
  summary: Type.String(),
  description: Type.String(),
  links: Type.Record(Type.String(), Type.String()),
  libraries: Texts,
  tasks: Texts,
  categories: Texts,
  tags: Texts,
  'data-type': Type.Optional(Texts),
  resources: Type.Optional(Type.Object({ inference: Type.Optional(Resources) }))
});
export type Metadata = Static<typeof Metadata>;

/** What could be read, and what is wrong with the rest. */
export interface IMetadataReading {
  metadata: Partial<Metadata>;
  problems: MetadataProblem[];
  /** It is no YAML object: nothing could be read. */
  isUnreadable: boolean;
}

/** Aliases of aliases grow without end: what a person writes needs few. */
const MAX_ALIASES = 50;

type YamlDocument = import('yaml').Document.Parsed;
type LineCounter = import('yaml').LineCounter;

let validate: ValidateFunction | undefined;

/** Read metadata as people write it: what is wrong is listed with its line, the rest is used. */
export async function readMetadata(text: string): Promise<IMetadataReading> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  let document: YamlDocument;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines });
    const [error] = document.errors;
    if (error) {
      const message = error.message.split('\n')[0].replace(/ at line .*$/, '');
      return unreadable(message, error.linePos?.[0].line);
    }
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // An alias of nothing or too many of them, or more levels than the stack holds.
    return unreadable((error as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return unreadable('It is not a list of keys with values.', 1);
  }
  validate ??= new Ajv({ allErrors: true, strict: false }).compile(Metadata);
  validate(value);
  const errors = validate.errors ?? [];
  return {
    metadata: withoutWrong(value as Partial<Metadata>, errors),
    problems: errors.map(wrong => inWords(wrong, document, lines)),
    isUnreadable: false
  };
}

const unreadable = (message: string, line?: number): IMetadataReading => ({
  metadata: {},
  problems: [{ message: `ai4-metadata.yml: ${message}`, line }],
  isUnreadable: true
});

/** A value with a wrong part is left out whole: half a list says something else than its author did. */
function withoutWrong(
  value: Partial<Metadata>,
  errors: ErrorObject[]
): Partial<Metadata> {
  const wrong = new Set(
    errors.map(({ instancePath }) => instancePath.split('/')[1])
  );
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !wrong.has(key))
  );
}

function inWords(
  { keyword, params, instancePath, message }: ErrorObject,
  document: YamlDocument,
  lines: LineCounter
): MetadataProblem {
  const path = instancePath.split('/').slice(1);
  if (keyword === 'required') {
    const key = [...path, params.missingProperty].join('.');
    return { key, message: 'It is missing.' };
  }
  const node = document.getIn(
    path.map(part => (/^\d+$/.test(part) ? Number(part) : part)),
    true
  ) as { range?: number[] } | undefined;
  const line = node?.range && lines.linePos(node.range[0]).line;
  return { key: path.join('.'), message: `It ${message}.`, line };
}
