import { DeepError } from '@jupyterlab-deep/protocol';

/** An argument of predict, as forms and the Swagger document show it. */
export interface IArgument {
  name: string;
  type: 'boolean' | 'file' | 'integer' | 'number' | 'string';
  required: boolean;
  description: string;
  default?: boolean | number | string;
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
  return [integer, rangeProblem(argument, integer)];
}

/** How marshmallow says that a number is too small or too large. */
function rangeProblem(
  { minimum, maximum }: IArgument,
  value: number
): string | undefined {
  const isWithin =
    value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
  const limits = [
    minimum === undefined ? [] : [`greater than or equal to ${minimum}`],
    maximum === undefined ? [] : [`less than or equal to ${maximum}`]
  ].flat();
  return isWithin ? undefined : `Must be ${limits.join(' and ')}.`;
}

const NUMERAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const SPECIAL = /^\s*[+-]?(nan|inf|infinity)\s*$/i;

function readNumber(argument: IArgument, raw: unknown): [number, string?] {
  if (typeof raw === 'string' && SPECIAL.test(raw)) {
    return [0, 'Special numeric values (nan or infinity) are not permitted.'];
  }
  const value =
    typeof raw === 'string' && NUMERAL.test(raw) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value)
    ? [value, rangeProblem(argument, value)]
    : [0, 'Not a valid number.'];
}

const TRUE = ['t', 'T', 'true', 'True', 'TRUE', 'on', 'On', 'ON', '1'].concat([
  'y',
  'Y',
  'yes',
  'Yes',
  'YES'
]);
const FALSE = ['f', 'F', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].concat(
  ['0', 'n', 'N', 'no', 'No', 'NO']
);

function readBoolean(raw: unknown): [boolean, string?] {
  const text = String(raw);
  const isPlain = ['boolean', 'number', 'string'].includes(typeof raw);
  if (isPlain && (TRUE.includes(text) || FALSE.includes(text))) {
    return [TRUE.includes(text)];
  }
  return [false, 'Not a valid boolean.'];
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
    case 'boolean':
      return readBoolean(raw);
    case 'integer':
      return readInteger(argument, raw);
    case 'number':
      return readNumber(argument, raw);
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
