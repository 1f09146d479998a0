import type { FoundArgument } from '@jupyterlab-deep/protocol';

/** A value of JSON as Python writes it. */
export function pythonValue(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return String(value);
    case 'string':
      return JSON.stringify(value);
    default:
      return Array.isArray(value)
        ? `[${value.map(pythonValue).join(', ')}]`
        : value && typeof value === 'object'
          ? pythonObject(value)
          : 'None';
  }
}

const pythonObject = (value: object): string =>
  `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}: ${pythonValue(each)}`)
    .join(', ')}}`;

const FIELDS: Record<
  Exclude<FoundArgument['type'], 'file' | 'list'>,
  string
> = {
  text: 'Str',
  integer: 'Int',
  number: 'Float',
  boolean: 'Bool'
};

/** What a notebook says of an argument: no more than what kind of value it is. */
const WORDS: Record<Exclude<FoundArgument['type'], 'file'>, string> = {
  text: 'A text',
  integer: 'A whole number',
  number: 'A number',
  boolean: 'Yes or no',
  list: 'A list'
};

/** By the words of its description clients know which medium a file is. */
const MEDIA: [RegExp, string][] = [
  [/image|picture|photo|img/i, 'An image file, such as JPEG or PNG'],
  [/audio|sound|speech/i, 'An audio file, such as WAV'],
  [/video/i, 'A video file'],
  [/table|csv/i, 'A table: a CSV file']
];

/** The arguments of a function as webargs declares them, a line each. */
export function argumentFields(args: readonly FoundArgument[]): string {
  const lines = args.map(
    each => `        ${JSON.stringify(each.name)}: ${fieldOf(each)},\n`
  );
  return lines.length > 0 ? `{\n${lines.join('')}    }` : '{}';
}

function fieldOf(argument: FoundArgument): string {
  const { name, type, isRequired } = argument;
  const given = isRequired
    ? 'required=True'
    : `load_default=${pythonValue(argument.default ?? null)}`;
  const nullable =
    isRequired || argument.default !== undefined || type === 'file'
      ? ''
      : ', allow_none=True';
  if (type === 'file') {
    const [, words] = MEDIA.find(([shape]) => shape.test(name)) ?? [];
    const about = {
      type: 'file',
      location: 'form',
      description: words ?? 'A file'
    };
    return `fields.Field(${given}, metadata=${pythonValue(about)})`;
  }
  const about = pythonValue({ description: WORDS[type] });
  const kind =
    type === 'list' ? `List(${itemsOf(argument)}, ` : `${FIELDS[type]}(`;
  return `fields.${kind}${given}${nullable}, metadata=${about})`;
}

function itemsOf({ default: value }: FoundArgument): string {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [];
  const isNumber = typeof first === 'number';
  return isNumber ? 'fields.Float()' : 'fields.Str()';
}
