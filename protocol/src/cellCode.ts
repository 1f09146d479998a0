import type { CellFile, CellForm } from './cells';
import { jsonString, jsonText } from './jsonText';

/** The name in a cell's `values` of the media type to answer with, as DEEPaaS calls it. */
const ACCEPT = 'accept';

/** What a cell cannot hold, and what it says of it. */
export interface ILeftOut {
  /** Arguments that are passwords: a cell reads them from its environment. */
  secrets?: readonly string[];
  /** Arguments whose file a notebook cannot read, by the file's name. */
  unreachable?: Readonly<Record<string, string>>;
}

/**
 * A cell that does what the form did. Values enter it as JSON text, never as code.
 *
 * @throws RangeError for numbers that JSON cannot say.
 */
export const cellCode = (form: CellForm, leftOut: ILeftOut = {}): string =>
  paragraphs(
    standardImports(form, leftOut),
    ...opening(form),
    body(form, leftOut)
  );

/** The cell that opens the module, where a notebook gives it one of its own. */
export const openingCode = (form: CellForm): string =>
  paragraphs(...opening(form));

/** The cell that predicts with the module that `openingCode` opened. */
export const predictingCode = (
  form: CellForm,
  leftOut: ILeftOut = {}
): string => paragraphs(standardImports(form, leftOut), body(form, leftOut));

const paragraphs = (...texts: string[]): string =>
  texts.filter(text => text !== '').join('\n\n');

/** The environment variable that a cell reads a password from. */
export const secretVariable = (argument: string): string =>
  `DEEP_${argument.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;

/** Paths and addresses, arguments and the wanted media type: what a cell calls `values`. */
function valuesOf({ files, accept, ...form }: CellForm): object {
  const named = Object.entries(files).flatMap(([argument, file]) =>
    file.from === 'example' ? [] : [[argument, nameOf(file)]]
  );
  return {
    ...Object.fromEntries(named),
    ...form.arguments,
    ...(accept === undefined ? {} : { [ACCEPT]: accept })
  };
}

const nameOf = (file: Exclude<CellFile, { from: 'example' }>): string =>
  file.from === 'url' ? file.url : file.path;

function opening({ module, language }: CellForm): [string, string] {
  const id = jsonString(module);
  return language === 'python'
    ? ['from jupyterlab_deep import client', `m = client.open(${id})`]
    : [
        "import { display, modules } from '@jupyterlab-deep/kernel-helpers';",
        `const m = await modules.open(${id});`
      ];
}

function standardImports(form: CellForm, { secrets = [] }: ILeftOut): string {
  const names = [
    ...(hasAddress(form) ? ['io'] : []),
    'json',
    ...(secrets.length > 0 ? ['os'] : []),
    ...(hasAddress(form) ? ['urllib.request'] : [])
  ];
  return form.language === 'python'
    ? names.map(name => `import ${name}`).join('\n')
    : '';
}

const hasAddress = ({ files }: CellForm): boolean =>
  Object.values(files).some(({ from }) => from === 'url');

const body = (form: CellForm, leftOut: ILeftOut): string =>
  form.language === 'python'
    ? pythonBody(form, leftOut)
    : typescriptBody(form, leftOut);

function typescriptBody(form: CellForm, leftOut: ILeftOut): string {
  const { accept } = form;
  const input = accept === undefined ? 'values' : 'input';
  const more = additions(form, leftOut, {
    key: argument => (argument === '"__proto__"' ? `[${argument}]` : argument),
    example: name => `(await m.example(${name}))`,
    address: argument => `await fetched(values[${argument}])`,
    secret: variable => `process.env[${variable}]`
  });
  const args =
    more.length === 0
      ? input
      : `{\n${[`...${input}`, ...more].map(line => `  ${line}`).join(',\n')}\n}`;
  return [
    ...notes('//', leftOut),
    `const values = ${typescriptValues(valuesOf(form))};`,
    ...(hasAddress(form) ? [TYPESCRIPT_FETCHED] : []),
    ...(accept === undefined ? [] : ['const { accept, ...input } = values;']),
    accept === undefined
      ? `const answer = await m.predict(${args});`
      : `const answer = await m.predict(${args}, { accept });`,
    'display(answer);'
  ].join('\n');
}

/** In an object literal the name `__proto__` means something else than in JSON. */
function typescriptValues(values: object): string {
  const text = jsonText(values);
  return text.includes('"__proto__"')
    ? `JSON.parse(${jsonString(text)})`
    : text;
}

const TYPESCRIPT_FETCHED = `const fetched = async (url: string) => {
  const reply = await fetch(url);
  if (!reply.ok) {
    throw new Error(\`\${url} answered \${reply.status}.\`);
  }
  const filename = new URL(url).pathname.split('/').pop() || 'file';
  return { data: new Uint8Array(await reply.arrayBuffer()), filename };
};`;

function pythonBody(form: CellForm, leftOut: ILeftOut): string {
  const more = additions(form, leftOut, {
    key: argument => argument,
    example: name => `m.example(${name})`,
    address: argument => `fetched(values[${argument}])`,
    secret: variable => `os.environ.get(${variable})`
  });
  const args =
    more.length === 0
      ? '**values'
      : `**{\n${['**values', ...more].map(line => `    ${line},`).join('\n')}\n}`;
  return [
    ...(hasAddress(form) ? [PYTHON_FETCHED] : []),
    ...notes('#', leftOut),
    `values = json.loads(r'''${pythonText(valuesOf(form))}''')`,
    `answer = m.predict(${args})`,
    'answer'
  ].join('\n');
}

/** Nothing in it ends a raw string with three quotes. */
const pythonText = (values: object): string =>
  jsonText(values).replaceAll("'''", '\\u0027\\u0027\\u0027');

const PYTHON_FETCHED = `def fetched(url):
    file = io.BytesIO(urllib.request.urlopen(url).read())
    file.name = url.split("?")[0].rsplit("/", 1)[-1] or "file"
    return file

`;

interface ISpelling {
  key(argument: string): string;
  example(name: string): string;
  address(argument: string): string;
  secret(variable: string): string;
}

/** What is no plain value: `"image": …`, with names as JSON strings, which both languages read. */
function additions(
  { files }: CellForm,
  { secrets = [] }: ILeftOut,
  spelling: ISpelling
): string[] {
  const given = Object.entries(files).flatMap(([argument, file]) => {
    const name = jsonString(argument);
    switch (file.from) {
      case 'path':
        return [];
      case 'url':
        return [`${spelling.key(name)}: ${spelling.address(name)}`];
      case 'example':
        return [
          `${spelling.key(name)}: ${spelling.example(jsonString(file.example))}[${name}]`
        ];
    }
  });
  return [
    ...given,
    ...secrets.map(
      argument =>
        `${spelling.key(jsonString(argument))}: ${spelling.secret(jsonString(secretVariable(argument)))}`
    )
  ];
}

function notes(
  mark: string,
  { secrets = [], unreachable = {} }: ILeftOut
): string[] {
  return [
    ...Object.entries(unreachable).map(
      ([argument, name]) =>
        `${mark} ${jsonString(argument)} was the file ${jsonString(name)}, which is not among Jupyter's: write the path of one in the values.`
    ),
    ...secrets.map(
      argument =>
        `${mark} ${jsonString(argument)} is a password: set the environment variable ${secretVariable(argument)}.`
    )
  ];
}
