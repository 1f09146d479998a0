import { type CellFile, type CellForm } from './cells';

type Values = Record<string, unknown>;

/** What stands before the values. Nothing inside of JSON text can begin a line like this. */
const BEGINNING = {
  typescript:
    /^(?:(?:const|let|var)[ \t]+)?values\b(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*/gm,
  python: /^values[ \t]*=[ \t]*/gm
};

/** What may stand behind them. */
const END = {
  typescript: /^[ \t]*(?:as[^;\n]*)?;?[ \t]*(?:\/\/[^\n]*)?(?:\r?\n|$)/,
  python: /^[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/
};

/** Values that are changed after they were written down say something else than the code that makes them. */
const CHANGED =
  /\bvalues[ \t]*(?:\.[ \t]*\w+|\[[^\]\n]*\])[ \t]*=[^=]|\bvalues\.(?:update|pop|clear|setdefault)\(/;

/** A string literal that is also one of JSON. */
const STRING = '"(?:[^"\\\\\\n]|\\\\.)*"';

/**
 * The form that a cell's code says: its values, and the module it opens.
 * What the code does not tell (examples, the language) is of the form that the cell was made of.
 *
 * @returns null when the values cannot be read as JSON.
 */
export function formOfCode(source: string, made: CellForm): CellForm | null {
  const values = valuesIn(source, made.language);
  if (!values) {
    return null;
  }
  const { accept, ...rest } = values;
  const { files, ...args } = sorted(rest, made);
  return {
    version: made.version,
    module: moduleIn(source) ?? made.module,
    language: made.language,
    ...args,
    files: { ...examplesOf(made), ...files },
    ...(typeof accept === 'string' ? { accept } : {})
  };
}

/** The values of a cell's code; null when they are not there exactly once as JSON. */
export function valuesIn(
  source: string,
  language: CellForm['language']
): Values | null {
  const starts = [...source.matchAll(BEGINNING[language])];
  if (starts.length !== 1) {
    return null;
  }
  const rest = source.slice(starts[0].index + starts[0][0].length);
  const found = language === 'python' ? pythonText(rest) : objectText(rest);
  if (!found || !END[language].test(rest.slice(found.length))) {
    return null;
  }
  return CHANGED.test(rest.slice(found.length)) ? null : parsed(found.json);
}

interface IFound {
  json: string;

  /** Of the code that it stands in. */
  length: number;
}

function pythonText(rest: string): IFound | null {
  const [whole, json] = /^json\.loads\(\s*r'''([^]*?)'''\s*\)/.exec(rest) ?? [];
  return whole === undefined
    ? objectText(rest)
    : { json, length: whole.length };
}

function objectText(rest: string): IFound | null {
  const text = new RegExp(`^JSON\\.parse\\(\\s*(${STRING})\\s*\\)`).exec(rest);
  if (text) {
    const json = parsedString(text[1]);
    return json === null ? null : { json, length: text[0].length };
  }
  const length = lengthOfObject(rest);
  return length === 0 ? null : { json: rest.slice(0, length), length };
}

/** Of the object that the text begins with; 0 when there is none. */
function lengthOfObject(text: string): number {
  let depth = 0;
  // One token at a time: strings, in which brackets mean nothing, and brackets.
  for (const { 0: token, index } of text.matchAll(
    new RegExp(`${STRING}|[{}\\[\\]]|[^"{}\\[\\]]+|"`, 'g')
  )) {
    if (index === 0 && token !== '{') {
      return 0;
    }
    depth += '{['.includes(token) ? 1 : '}]'.includes(token) ? -1 : 0;
    if (depth === 0) {
      return index + token.length;
    }
  }
  return 0;
}

function parsed(json: string): Values | null {
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === 'object' && !Array.isArray(value);
    return isObject ? (value as Values | null) : null;
  } catch {
    // Edited into something that is code: the caller says that it cannot be read.
    return null;
  }
}

function parsedString(literal: string): string | null {
  try {
    return JSON.parse(literal);
  } catch {
    return null;
  }
}

function moduleIn(source: string): string | null {
  const opened = new RegExp(
    `^(?:const[ \\t]+)?m[ \\t]*=[ \\t]*(?:await[ \\t]+modules|client)\\.open\\((${STRING})\\)`,
    'm'
  ).exec(source);
  return opened && parsedString(opened[1]);
}

function sorted(
  values: Values,
  { files: known }: CellForm
): Pick<CellForm, 'arguments' | 'files'> {
  const isFile = ([name, value]: [string, unknown]): boolean =>
    Object.hasOwn(known, name) && typeof value === 'string';
  const entries = Object.entries(values);
  return {
    arguments: Object.fromEntries(entries.filter(entry => !isFile(entry))),
    files: Object.fromEntries(
      entries
        .filter(isFile)
        .map(([name, value]) => [name, fileOf(value as string)])
    )
  };
}

const fileOf = (text: string): CellFile =>
  /^https?:\/\//i.test(text)
    ? { from: 'url', url: text }
    : { from: 'path', path: text };

const examplesOf = ({ files }: CellForm): CellForm['files'] =>
  Object.fromEntries(
    Object.entries(files).filter(([, { from }]) => from === 'example')
  );
