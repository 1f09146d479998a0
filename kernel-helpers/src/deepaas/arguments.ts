import { isDeepStrictEqual } from 'node:util';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { notationOf, writeLiteral } from './literal';
import type { IJsonSchema } from './types';

/**
 * Check arguments before they are sent: modules ignore unknown ones without a word.
 *
 * @param schema Arguments of predict or train.
 * @param args Values of the arguments that are not files.
 * @param files Names of the file arguments that are given.
 * @throws DeepError `invalid-arguments` with what is wrong, by argument.
 */
export async function checkArguments(
  schema: IJsonSchema,
  args: Record<string, unknown>,
  files: readonly string[]
): Promise<void> {
  const validate = await validatorOf(schema);
  const given = {
    ...asTexts(schema, withoutNull(args)),
    ...Object.fromEntries(files.map(name => [name, stand(schema, name)]))
  };
  const fields = misplaced(schema, args, files);
  if (!validate(given)) {
    for (const error of validate.errors ?? []) {
      const [name, says] = inWords(error, schema);
      fields[name] = [...new Set([...(fields[name] ?? []), says])];
    }
  }
  refuse(fields);
}

/**
 * Arguments as they are sent: those are left out that are `null` or as the module has them anyway, and dictionaries that it takes
 * as texts are written out.
 */
export function argumentsToSend(
  schema: IJsonSchema,
  args: Record<string, unknown>
): Record<string, unknown> {
  const isSent = ([name, value]: [string, unknown]): boolean =>
    schema.required?.includes(name) === true ||
    !isDeepStrictEqual(value, schema.properties?.[name]?.default);
  return Object.fromEntries(
    Object.entries(asTexts(schema, withoutNull(args))).filter(isSent)
  );
}

/** Making one takes milliseconds, and a batch checks thousands of times against the same schema. */
const validators = new WeakMap<IJsonSchema, Promise<ValidateFunction>>();

function validatorOf(schema: IJsonSchema): Promise<ValidateFunction> {
  const known = validators.get(schema) ?? makeValidator(schema);
  validators.set(schema, known);
  return known;
}

async function makeValidator(schema: IJsonSchema): Promise<ValidateFunction> {
  const { default: Ajv } = await import('ajv');
  const { default: addFormats } = await import('ajv-formats');
  const ajv = new Ajv({ allErrors: true, strict: false, logger: false });
  addFormats(ajv, ['date', 'email', 'uuid']);
  for (const [name, isGood] of Object.entries(FORMATS)) {
    ajv.addFormat(name, isGood);
  }
  return ajv.compile(schema);
}

/** As lenient as DEEPaaS is: it takes times without a zone and addresses with letters beyond ASCII. */
const FORMATS: Record<string, true | ((text: string) => boolean)> = {
  file: true,
  password: true,
  path: true,
  dataset: true,
  uri: text => URL.canParse(text),
  'date-time': text =>
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text) && !isNaN(Date.parse(text))
};

function refuse(fields: Record<string, string[]>): void {
  const wrong = Object.entries(fields);
  if (wrong.length === 0) {
    return;
  }
  const list = wrong.map(([name, says]) => `${name}: ${says.join(' ')}`);
  throw new DeepError(
    'invalid-arguments',
    `Some arguments are not valid. ${list.join(' ')}`,
    { fields }
  );
}

/** `null` stands for “as the module likes it”: such arguments are not sent. */
export const withoutNull = (
  args: Record<string, unknown>
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(args).filter(
      ([, value]) => value !== null && value !== undefined
    )
  );

/** Dictionaries and lists for arguments that are texts by type and dictionaries by their default. */
function asTexts(
  schema: IJsonSchema,
  args: Record<string, unknown>
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const { type, default: usual } = schema.properties?.[name] ?? {};
      const notation =
        type === 'string' && typeof value === 'object' && notationOf(usual);
      return [name, notation ? writeLiteral(value, notation) : value];
    })
  );
}

const takesFiles = (schema: IJsonSchema, name: string): boolean => {
  const { format, items } = schema.properties?.[name] ?? {};
  return (format ?? (items as IJsonSchema | undefined)?.format) === 'file';
};

/** What stands for a file while the other arguments are checked. */
const stand = (schema: IJsonSchema, name: string): unknown =>
  schema.properties?.[name]?.type === 'array' ? ['file'] : 'file';

function misplaced(
  schema: IJsonSchema,
  args: Record<string, unknown>,
  files: readonly string[]
): Record<string, string[]> {
  const given = withoutNull(args);
  const fields: Record<string, string[]> = {};
  for (const name of Object.keys(schema.properties ?? {})) {
    if (takesFiles(schema, name) && Object.hasOwn(given, name)) {
      fields[name] = ['This is a file: give it as one.'];
    }
    if (!takesFiles(schema, name) && files.includes(name)) {
      fields[name] = ['This is not a file.'];
    }
  }
  return fields;
}

function inWords(error: ErrorObject, schema: IJsonSchema): [string, string] {
  const { keyword, params, instancePath, message } = error;
  if (keyword === 'required' && instancePath === '') {
    return [String(params.missingProperty), 'It is required.'];
  }
  if (keyword === 'additionalProperties' && instancePath === '') {
    const known = Object.keys(schema.properties ?? {}).join(', ') || 'none';
    return [
      String(params.additionalProperty),
      `The module has no such argument; it has: ${known}.`
    ];
  }
  const [name, ...rest] = instancePath
    .split('/')
    .slice(1)
    .map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
  const place = rest.length > 0 ? `Item ${rest.join('/')}: it` : 'It';
  const choices = Array.isArray(params.allowedValues)
    ? `: ${params.allowedValues.join(', ')}`
    : '';
  return [name ?? '', `${place} ${message}${choices}.`];
}
