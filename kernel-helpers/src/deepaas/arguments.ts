import { DeepError } from '@jupyterlab-deep/protocol';
import type { ErrorObject, ValidateFunction } from 'ajv';
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
    ...withoutNull(args),
    ...Object.fromEntries(files.map(name => [name, 'file']))
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

const validators = new WeakMap<IJsonSchema, Promise<ValidateFunction>>();

/** Made once for each description of a module: a batch checks the same arguments thousands of times. */
function validatorOf(schema: IJsonSchema): Promise<ValidateFunction> {
  const known = validators.get(schema) ?? makeValidator(schema);
  validators.set(schema, known);
  return known;
}

async function makeValidator(schema: IJsonSchema): Promise<ValidateFunction> {
  const { default: Ajv } = await import('ajv');
  const { default: addFormats } = await import('ajv-formats');
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats(ajv);
  ajv.addFormat('file', true);
  return ajv.compile(schema);
}

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

function misplaced(
  schema: IJsonSchema,
  args: Record<string, unknown>,
  files: readonly string[]
): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const [name, { format }] of Object.entries(schema.properties ?? {})) {
    if (format === 'file' && withoutNull(args)[name] !== undefined) {
      fields[name] = ['This is a file: give it as one.'];
    }
    if (format !== 'file' && files.includes(name)) {
      fields[name] = ['This is not a file.'];
    }
  }
  return fields;
}

function inWords(error: ErrorObject, schema: IJsonSchema): [string, string] {
  const { keyword, params, instancePath, message } = error;
  if (keyword === 'required') {
    return [String(params.missingProperty), 'It is required.'];
  }
  if (keyword === 'additionalProperties' && instancePath === '') {
    const known = Object.keys(schema.properties ?? {}).join(', ') || 'none';
    return [
      String(params.additionalProperty),
      `The module has no such argument; it has: ${known}.`
    ];
  }
  const [name, ...rest] = instancePath.split('/').slice(1);
  const place = rest.length > 0 ? `Item ${rest.join('/')}: it` : 'It';
  const choices = Array.isArray(params.allowedValues)
    ? `: ${params.allowedValues.join(', ')}`
    : '';
  return [name ?? '', `${place} ${message}${choices}.`];
}
