import type {
  Module,
  NotebookReply,
  NotebookRequest
} from '@jupyterlab-deep/protocol';

interface ICell {
  id: string;
  cell_type: 'markdown' | 'code';
  source: string;
  metadata: object;
  outputs?: [];
  execution_count?: null;
}

/** How a language says it. Values come in as JSON values and are written by `literal`, never pasted into code. */
interface IDialect {
  kernelspec: { name: string; display_name: string; language: string };
  languageInfo: object;
  suffix: string;
  literal(value: unknown): string;
  /** A name and its value, inside the braces of the arguments. */
  entry(name: string, value: unknown): string;
  open(id: string): string;
  describe: string;
  /** The arguments themselves. */
  input(args: string): string;
  /** Arguments of the module's own example, with some replaced by `entries`. */
  exampleInput(name: string, entries: string[]): string;
  predict: string;
  use: string;
}

const TYPESCRIPT: IDialect = {
  kernelspec: {
    name: 'deep-typescript',
    display_name: 'TypeScript (DEEP)',
    language: 'typescript'
  },
  languageInfo: {
    name: 'typescript',
    file_extension: '.ts',
    mimetype: 'text/typescript'
  },
  suffix: '',
  literal: value => JSON.stringify(value, null, 2),
  open: id =>
    [
      "import { display, modules } from '@jupyterlab-deep/kernel-helpers';",
      '',
      `const m = await modules.open(${id});`
    ].join('\n'),
  describe: 'display(await m.describe());',
  input: args => `const input = ${args};`,
  entry: (name, value) =>
    `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${JSON.stringify(value)}`,
  exampleInput: (name, entries) =>
    entries.length > 0
      ? `const input = { ...(await m.example(${name})), ${entries.join(', ')} };`
      : `const input = await m.example(${name});`,
  predict: ['const answer = await m.predict(input);', 'display(answer);'].join(
    '\n'
  ),
  use: 'console.log(answer.top ?? answer.value);'
};

const PYTHON: IDialect = {
  kernelspec: {
    name: 'python3',
    display_name: 'Python 3 (ipykernel)',
    language: 'python'
  },
  languageInfo: {
    name: 'python',
    file_extension: '.py',
    mimetype: 'text/x-python'
  },
  suffix: '-python',
  literal: pythonLiteral,
  open: id =>
    ['from jupyterlab_deep import client', '', `m = client.open(${id})`].join(
      '\n'
    ),
  describe: 'm.describe()',
  input: args => `inputs = ${args}`,
  entry: (name, value) => `${JSON.stringify(name)}: ${pythonLiteral(value)}`,
  exampleInput: (name, entries) =>
    entries.length > 0
      ? `inputs = {**m.example(${name}), ${entries.join(', ')}}`
      : `inputs = m.example(${name})`,
  predict: ['answer = m.predict(**inputs)', 'answer'].join('\n'),
  use: 'answer.labels[:1] or answer.data'
};

/** JSON text in Python's spelling of its three words. */
function pythonLiteral(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  const block = (lines: string[], [open, close]: string): string =>
    lines.length === 0
      ? open + close
      : `${open}\n${lines.map(line => inner + line).join(',\n')}\n${indent}${close}`;
  if (Array.isArray(value)) {
    return block(
      value.map(item => pythonLiteral(item, inner)),
      '[]'
    );
  }
  if (typeof value === 'object' && value !== null) {
    const lines = Object.entries(value).map(
      ([key, item]) => `${JSON.stringify(key)}: ${pythonLiteral(item, inner)}`
    );
    return block(lines, '{}');
  }
  const words = new Map<unknown, string>([
    [true, 'True'],
    [false, 'False'],
    [null, 'None'],
    [undefined, 'None']
  ]);
  return words.get(value) ?? JSON.stringify(value);
}

/**
 * A notebook that does in cells what the form did: open the module, look at what it takes, predict, show.
 * Without files of the request it takes the module's own example, so that it runs from any folder.
 * No address and no token is in it.
 */
export function makeNotebook(
  request: NotebookRequest,
  module: Module
): NotebookReply {
  const dialect = request.language === 'python' ? PYTHON : TYPESCRIPT;
  return {
    filename: `${module.name}${dialect.suffix}.ipynb`,
    notebook: {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        kernelspec: dialect.kernelspec,
        language_info: dialect.languageInfo
      },
      cells: cellsOf(request, module, dialect)
    }
  };
}

const cellsOf = (
  request: NotebookRequest,
  module: Module,
  dialect: IDialect
): ICell[] => [
  markdown('intro', introduction(module, dialect)),
  code('open', dialect.open(dialect.literal(module.id))),
  markdown('about-arguments', '## What it takes'),
  code('describe', dialect.describe),
  markdown('about-input', `## Predict\n\n${aboutInput(request, module)}`),
  code('input', inputOf(request, module, dialect)),
  code('predict', dialect.predict),
  markdown('about-use', '## Use the answer as data'),
  code('use', dialect.use)
];

function introduction(module: Module, { kernelspec }: IDialect): string {
  const facts = [
    `Module \`${module.id}\``,
    module.version && `version ${plain(module.version)}`,
    module.licence && `licence ${plain(module.licence)}`
  ].filter(Boolean);
  return [
    `# ${plain(module.title)}`,
    plain(module.summary),
    `${facts.join(', ')}.`,
    `Run all cells from top to bottom in the kernel *${kernelspec.display_name}*. ${whereItRuns(module)}`
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Only the service knows addresses: a notebook may be given to others. */
const whereItRuns = ({ runtime }: Module): string =>
  runtime === 'container'
    ? 'The module runs elsewhere, where its own people run it: connect to it first by *Connect to a running module…* in the DEEP panel, if you are not connected yet.'
    : 'The module is started on this machine when it does not run yet.';

function aboutInput(request: NotebookRequest, module: Module): string {
  if (hasFiles(request)) {
    return 'Paths are relative to this notebook.';
  }
  const [example] = module.examples;
  return example
    ? `With the module's own example *${plain(example.title)}*. For a file of your own, write its path, relative to this notebook, in place of the example.`
    : 'Add the arguments that the table above calls required.';
}

function inputOf(
  { arguments: args = {}, files = {} }: NotebookRequest,
  { examples }: Module,
  dialect: IDialect
): string {
  const [example] = examples;
  if (Object.keys(files).length > 0 || !example) {
    return dialect.input(dialect.literal({ ...files, ...args }));
  }
  return dialect.exampleInput(
    dialect.literal(example.name),
    Object.entries(args).map(([name, value]) => dialect.entry(name, value))
  );
}

const hasFiles = ({ files = {} }: NotebookRequest): boolean =>
  Object.keys(files).length > 0;

/** Catalogue text as plain words: neither markup, links, HTML nor formulas of its author. Bare addresses would become links. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~$>]/g, character => `\\${character}`)
    .replaceAll('://', '&#58;//')
    .replace(/(www)\./gi, '$1&#46;')
    .replaceAll('@', '&#64;');

const markdown = (id: string, source: string): ICell => ({
  id,
  cell_type: 'markdown',
  metadata: {},
  source
});

const code = (id: string, source: string): ICell => ({
  id,
  cell_type: 'code',
  metadata: {},
  execution_count: null,
  outputs: [],
  source
});
