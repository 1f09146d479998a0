import { DeepError } from '@jupyterlab-deep/protocol';

/** An argument of predict, as forms and the Swagger document show it. */
export interface IArgument {
  name: string;
  type: 'file' | 'integer' | 'string';
  required: boolean;
  description: string;
  default?: number | string;
  minimum?: number;
  maximum?: number;
  choices?: string[];
}

export type ArgumentValues = Record<string, unknown>;

/** The texts are those of marshmallow, which real DEEPaaS modules answer with. */
const REQUIRED = 'Missing data for required field.';
const NULL = 'Field may not be null.';

function readInteger(argument: IArgument, raw: unknown): [number, string?] {
  const isNumeral = typeof raw === 'string' && /^\s*[+-]?\d+\s*$/.test(raw);
  const value = isNumeral ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return [0, 'Not a valid integer.'];
  }
  const integer = Math.trunc(value);
  const { minimum = -Infinity, maximum = Infinity } = argument;
  return integer < minimum || integer > maximum
    ? [
        0,
        `Must be greater than or equal to ${minimum} and less than or equal to ${maximum}.`
      ]
    : [integer];
}

function readString(argument: IArgument, raw: unknown): [string, string?] {
  if (typeof raw !== 'string') {
    return ['', 'Not a valid string.'];
  }
  const { choices } = argument;
  return choices && !choices.includes(raw)
    ? ['', `Must be one of: ${choices.join(', ')}.`]
    : [raw];
}

function readFile(raw: unknown): [unknown, string?] {
  const isFile = raw instanceof Uint8Array || typeof raw === 'string';
  return isFile ? [raw] : [raw, 'Not a valid file.'];
}

function readValue(argument: IArgument, raw: unknown): [unknown, string?] {
  if (raw === undefined) {
    return argument.required ? [raw, REQUIRED] : [argument.default];
  }
  if (raw === null) {
    return [raw, NULL];
  }
  switch (argument.type) {
    case 'integer':
      return readInteger(argument, raw);
    case 'string':
      return readString(argument, raw);
    case 'file':
      return readFile(raw);
  }
}

/**
 * The values of the declared arguments, numbers from numerals and defaults filled in.
 * @throws DeepError `invalid-arguments`, whose `fields` has the problems by argument.
 */
export function readArguments(
  declared: IArgument[],
  given: ArgumentValues
): ArgumentValues {
  const values: ArgumentValues = {};
  const fields: Record<string, string[]> = {};
  for (const argument of declared) {
    const [value, problem] = readValue(argument, given[argument.name]);
    if (problem) {
      fields[argument.name] = [problem];
    } else if (value !== undefined) {
      values[argument.name] = value;
    }
  }
  const wrong = Object.entries(fields);
  if (wrong.length > 0) {
    throw new DeepError(
      'invalid-arguments',
      wrong.map(([name, [problem]]) => `${name}: ${problem}`).join(' '),
      { fields }
    );
  }
  return values;
}
