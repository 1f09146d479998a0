import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { RJSFSchema, UiSchema } from '@rjsf/utils';

/** An argument's schema as the service tells it. */
type ArgumentSchema = RJSFSchema & { format?: string };

type FormUiSchema = UiSchema<ReadonlyJSONObject>;

/** The form that a module's predict arguments ask for. */
export interface IFormPlan {
  schema: RJSFSchema;
  uiSchema: FormUiSchema;

  /** Arguments that take a file. */
  files: string[];

  /** What is shown at once: what is required and what takes files; everything when that is nothing. */
  first: string[];

  /** Behind *More options*. */
  more: string[];
}

/** Formats that the validator knows; others only describe. */
const CHECKED_FORMATS = ['date', 'date-time', 'time', 'email', 'uri', 'url'];

/** The form's name of the argument that chooses the answer's media type. */
export const ACCEPT = 'accept';

/** Turn the schema of a live API into a form. */
export function planForm(predict: unknown, accepts: string[]): IFormPlan {
  const source = predict as RJSFSchema;
  const given = { ...(source.properties ?? {}) } as Record<
    string,
    ArgumentSchema
  >;
  delete given[ACCEPT];
  const names = Object.keys(given);
  const files = names.filter(name => given[name].format === 'file');
  const required = (source.required ?? []).filter(name => name in given);
  const properties = Object.fromEntries(
    names.map(name => [name, fieldSchema(name, given[name])])
  );
  const answers = accepts.filter(type => !type.includes('*'));
  if (answers.length > 1) {
    properties[ACCEPT] = acceptSchema(answers);
  }
  const isFirst = (name: string) =>
    required.includes(name) || files.includes(name);
  const all = Object.keys(properties);
  const first = all.some(isFirst) ? all.filter(isFirst) : all;
  const more = all.filter(name => !first.includes(name));
  return {
    schema: { type: 'object', required, properties },
    uiSchema: uiSchemaOf(given, files, [...first, ...more]),
    files,
    first,
    more
  };
}

function fieldSchema(name: string, schema: ArgumentSchema): RJSFSchema {
  const { format, ...rest } = schema;
  const field: RJSFSchema = { ...rest, title: schema.title ?? titleOf(name) };
  if (Array.isArray(field.type)) {
    // A nullable argument is one that may be left out.
    field.type = field.type.find(type => type !== 'null');
  }
  if (field.default === null) {
    delete field.default;
  }
  if (format && CHECKED_FORMATS.includes(format)) {
    field.format = format;
  }
  return field;
}

function acceptSchema(accepts: string[]): RJSFSchema {
  return {
    type: 'string',
    title: titleOf(ACCEPT),
    enum: accepts,
    default: accepts[0]
  };
}

function uiSchemaOf(
  given: Record<string, ArgumentSchema>,
  files: string[],
  order: string[]
): FormUiSchema {
  const uiSchema: FormUiSchema = { 'ui:order': order };
  for (const name of files) {
    uiSchema[name] = { 'ui:field': 'DeepFile' };
  }
  for (const [name, { format }] of Object.entries(given)) {
    if (format === 'password') {
      uiSchema[name] = { 'ui:widget': 'password' };
    }
  }
  return uiSchema;
}

/** `top_k` → `Top k` */
function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
