import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { RJSFSchema, UiSchema } from '@rjsf/utils';
import { ArgumentKind, ArgumentSchema, kindOf } from './argumentKind';

type FormUiSchema = UiSchema<ReadonlyJSONObject>;

/** The form that a module's predict arguments ask for. */
export interface IFormPlan {
  schema: RJSFSchema;
  uiSchema: FormUiSchema;

  /** Arguments that take a file. */
  files: string[];

  /** Passwords: neither remembered nor written into cells. */
  secrets: string[];

  /** What is shown at once: what is required and what takes files, and beside optional files what has no value yet; everything when that is nothing. */
  first: string[];

  /** Behind *More options*. */
  more: string[];
}

/** Formats that the validator knows; others only describe. */
const CHECKED_FORMATS = ['date', 'date-time', 'time', 'email', 'uri', 'url'];

/** The form's name of the argument that chooses the answer's media type. */
export const ACCEPT = 'accept';

/** More than these at once nobody reads: the rest of a form without anything required is folded. */
const MOST_AT_ONCE = 12;

const FIELDS: Partial<Record<ArgumentKind, FormUiSchema>> = {
  file: { 'ui:field': 'DeepFile' },
  json: { 'ui:field': 'DeepJson' },
  literal: { 'ui:widget': 'textarea', 'ui:options': { rows: 2 } },
  password: { 'ui:widget': 'password', 'ui:autocomplete': 'new-password' }
};

/** Turn the schema of a live API into a form. */
export function planForm(
  predict: unknown,
  accepts: string[],
  answerAs = titleOf(ACCEPT)
): IFormPlan {
  const source = predict as RJSFSchema;
  const given = { ...(source.properties ?? {}) } as Record<
    string,
    ArgumentSchema
  >;
  delete given[ACCEPT];
  const names = Object.keys(given);
  const ofKind = (kind: ArgumentKind) =>
    names.filter(name => kindOf(given[name]) === kind);
  const files = ofKind('file');
  const required = (source.required ?? []).filter(name => name in given);
  const properties = Object.fromEntries(
    names.map(name => [name, fieldSchema(name, given[name])])
  );
  const answers = accepts.filter(type => !type.includes('*'));
  if (answers.length > 1) {
    properties[ACCEPT] = acceptSchema(answers, answerAs);
  }
  const all = Object.keys(properties);
  // Where nothing has to be given, whatever has no value of its own may be what the file stands in for.
  const missing =
    required.length > 0 ? [] : names.filter(name => !hasDefault(given[name]));
  const first = firstOf(all, [
    ...required,
    ...files,
    ...(missing.length > MOST_AT_ONCE ? [] : missing)
  ]);
  const more = all.filter(name => !first.includes(name));
  return {
    schema: { type: 'object', required, properties },
    uiSchema: { ...uiSchemaOf(given), 'ui:order': [...first, ...more] },
    files,
    secrets: ofKind('password'),
    first,
    more
  };
}

const hasDefault = ({ default: value }: ArgumentSchema): boolean =>
  value !== undefined && value !== null;

function firstOf(all: string[], needed: string[]): string[] {
  const wanted = new Set(needed);
  return wanted.size > 0
    ? all.filter(name => wanted.has(name))
    : all.slice(0, MOST_AT_ONCE);
}

function fieldSchema(name: string, schema: ArgumentSchema): RJSFSchema {
  const { format, enum: choices, ...rest } = schema;
  const field: RJSFSchema = { ...rest, title: schema.title ?? titleOf(name) };
  const kind = kindOf(schema);
  // What only repeats the name explains nothing.
  if (typeof field.description !== 'string' || field.description === name) {
    delete field.description;
  }
  delete field.additionalProperties;
  if (field.default === null) {
    delete field.default;
  }
  if (format && CHECKED_FORMATS.includes(format)) {
    field.format = format;
  }
  const given = choices?.filter(choice => choice !== null);
  if (given && given.length > 0) {
    field.enum = given;
  }
  switch (kind) {
    case 'nested':
      field.properties = Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, each]) => [
          key,
          fieldSchema(key, each as ArgumentSchema)
        ])
      );
      break;
    case 'json':
      return jsonSchema(field);
    case 'text':
    case 'literal':
      // Also of types that nobody knows.
      field.type = 'string';
      break;
    default:
      // A nullable argument is one that may be left out.
      field.type = [field.type].flat().find(type => type !== 'null');
  }
  return field;
}

/** Its parts are checked by the service, which has all of its schema; here it only has to be of the right kind. */
function jsonSchema({
  title,
  description,
  default: fallback,
  type
}: RJSFSchema): RJSFSchema {
  const isKind = type === 'object' || type === 'array';
  return {
    title,
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    ...(isKind && { type: type as 'object' | 'array' })
  };
}

const acceptSchema = (accepts: string[], title: string): RJSFSchema => ({
  type: 'string',
  title,
  enum: accepts,
  default: accepts[0]
});

function uiSchemaOf(given: Record<string, ArgumentSchema>): FormUiSchema {
  const fields = Object.entries(given).map(([name, schema]) => {
    const kind = kindOf(schema);
    const own = FIELDS[kind] ?? {};
    return kind === 'nested'
      ? [name, uiSchemaOf(schema.properties as Record<string, ArgumentSchema>)]
      : [name, own];
  });
  return Object.fromEntries(fields);
}

/** `top_k` → `Top k` */
function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
