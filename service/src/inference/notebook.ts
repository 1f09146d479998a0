import {
  CELL_VERSION,
  type CellForm,
  type Module,
  type NotebookReply,
  type NotebookRequest,
  openingCode,
  predictingCode
} from '@jupyterlab-deep/protocol';

export interface ICell {
  id: string;
  cell_type: 'markdown' | 'code';
  source: string;
  metadata: object;
  outputs?: [];
  execution_count?: null;
}

/** What a language adds to the code that protocol's `cellCode` writes. */
export interface IDialect {
  kernelspec: { name: string; display_name: string; language: string };
  languageInfo: object;
  suffix: string;
  describe: string;
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
  describe: 'display(await m.describe());',
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
  describe: 'm.describe()',
  use: 'answer.labels[:1] or answer.data'
};

/**
 * A notebook that does in cells what the form did: open the module, look at what it takes, predict, show.
 * Without files of the request it takes the module's own example, so that it runs from any folder.
 * No address and no token is in it.
 */
export function makeNotebook(
  request: NotebookRequest,
  module: Module
): NotebookReply {
  const dialect = dialectOf(request.language);
  const cells = cellsOf(request, module, dialect);
  return notebookOf(module.name, dialect, cells);
}

export const dialectOf = (language: NotebookRequest['language']): IDialect =>
  language === 'python' ? PYTHON : TYPESCRIPT;

/** @param name Of its file, without what tells the language. */
export const notebookOf = (
  name: string,
  dialect: IDialect,
  cells: ICell[]
): NotebookReply => ({
  filename: `${name}${dialect.suffix}.ipynb`,
  notebook: {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: dialect.kernelspec,
      language_info: dialect.languageInfo
    },
    cells
  }
});

function cellsOf(
  request: NotebookRequest,
  module: Module,
  dialect: IDialect
): ICell[] {
  const form = formOf(request, module);
  const isMissing = ([argument]: [string, string]): boolean =>
    !Object.hasOwn(form.files, argument);
  const unreachable = Object.fromEntries(
    Object.entries(request.unreachable ?? {}).filter(isMissing)
  );
  const leftOut = { secrets: request.secrets, unreachable };
  return [
    markdown('intro', introduction(module, dialect)),
    code('open', openingCode(form)),
    markdown('about-arguments', '## What it takes'),
    code('describe', dialect.describe),
    markdown('about-input', `## Predict\n\n${aboutInput(request, module)}`),
    {
      ...code('predict', predictingCode(form, leftOut)),
      metadata: { deep: form }
    },
    markdown('about-use', '## Use the answer as data'),
    code('use', dialect.use)
  ];
}

/** Without files of the request, those of the module's own example, with its arguments where the form has none. */
function formOf(
  { arguments: args = {}, files = {}, language, accept }: NotebookRequest,
  { id: module, examples: [example] }: Module
): CellForm {
  const isExample = Object.keys(files).length === 0 && example !== undefined;
  const given = Object.entries(files).map(([argument, file]) => [
    argument,
    typeof file === 'string' ? { from: 'path', path: file } : file
  ]);
  const own = Object.keys(example?.files ?? {}).map(argument => [
    argument,
    { from: 'example', example: example?.name }
  ]);
  return {
    version: CELL_VERSION,
    module,
    language,
    arguments: isExample ? { ...example.arguments, ...args } : args,
    files: Object.fromEntries(isExample ? own : given),
    ...(accept === undefined ? {} : { accept })
  };
}

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
  if (hasOwnFiles(request)) {
    return 'Paths are relative to this notebook.';
  }
  const [example] = module.examples;
  return example
    ? `With the module's own example *${plain(example.title)}*. For a file of your own, write its path, relative to this notebook, in place of the example.`
    : 'Add the arguments that the table above calls required.';
}

const hasOwnFiles = ({ files = {} }: NotebookRequest): boolean =>
  Object.values(files).some(
    file => typeof file === 'string' || file.from !== 'example'
  );

/** Catalogue text as plain words: neither markup, links, HTML nor formulas of its author. Bare addresses would become links. */
export const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~$>]/g, character => `\\${character}`)
    .replaceAll('://', '&#58;//')
    .replace(/(www)\./gi, '$1&#46;')
    .replaceAll('@', '&#64;');

export const markdown = (id: string, source: string): ICell => ({
  id,
  cell_type: 'markdown',
  metadata: {},
  source
});

export const code = (id: string, source: string): ICell => ({
  id,
  cell_type: 'code',
  metadata: {},
  execution_count: null,
  outputs: [],
  source
});
