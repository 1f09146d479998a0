import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile
} from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  cellCode,
  CellForm,
  formOfCode,
  type Module,
  type NotebookRequest
} from '@jupyterlab-deep/protocol';
import { Value } from '@sinclair/typebox/value';
import { makeNotebook } from '../notebook';

jest.setTimeout(60_000);

const root = path.resolve(__dirname, '..', '..', '..', '..');
const python = path.join(root, '.venv', 'bin', 'python');
const classifier = path.join(
  root,
  'jupyterlab_deep',
  'modules',
  'image-classifier'
);

interface ICell {
  id: string;
  cell_type: string;
  source: string;
  metadata: object;
  outputs?: { data?: Record<string, string>; text?: string }[];
}

interface INotebook {
  nbformat: number;
  nbformat_minor: number;
  metadata: { kernelspec: { name: string } };
  cells: ICell[];
}

const entry: Module = {
  id: 'builtin/image-classifier',
  source: 'builtin',
  name: 'image-classifier',
  title: 'Image classifier',
  summary: 'Says what is on a picture',
  description: '',
  version: '1.0.0',
  licence: 'Apache-2.0',
  capabilities: ['inference'],
  tasks: [],
  libraries: [],
  dataTypes: [],
  tags: [],
  input: 'image',
  output: 'labels',
  links: {},
  runtime: 'onnx',
  examples: [
    {
      name: 'cat',
      title: 'A cat',
      arguments: { top_k: 5 },
      files: {
        image: { filename: 'cat.jpg', contentType: 'image/jpeg', sizeBytes: 1 }
      }
    }
  ],
  problems: [],
  broken: false,
  origins: [
    {
      source: 'builtin',
      id: 'builtin/image-classifier',
      title: 'On this machine'
    }
  ]
};

const notebookOf = (
  request: Partial<NotebookRequest>,
  of: Module = entry
): INotebook =>
  makeNotebook({ module: of.id, language: 'typescript', ...request }, of)
    .notebook as INotebook;

const sourceOf = (notebook: INotebook, id: string): string =>
  notebook.cells.find(cell => cell.id === id)!.source;

/** What the metadata of a cell says, once it is known to be one of ours. */
const cellFormOf = (metadata: object): CellForm =>
  Value.Parse(CellForm, (metadata as { deep?: unknown }).deep);

describe('A notebook made from a form', () => {
  it('is the same for the same form, with cells that have names of their own', () => {
    const notebook = notebookOf({});
    expect(notebook).toEqual(notebookOf({}));
    expect(notebook).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
    const ids = notebook.cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    }
    expect(notebook.metadata.kernelspec).toEqual({
      name: 'deep-typescript',
      display_name: 'TypeScript (DEEP)',
      language: 'typescript'
    });
  });

  it('has a name by its module and its language', () => {
    const name = (language: NotebookRequest['language']): string =>
      makeNotebook({ module: entry.id, language }, entry).filename;
    expect(name('typescript')).toBe('image-classifier.ipynb');
    expect(name('python')).toBe('image-classifier-python.ipynb');
  });

  it('says how to reach a module that runs elsewhere', () => {
    const elsewhere: Module = {
      ...entry,
      id: 'connected/tiny',
      runtime: 'container',
      examples: []
    };
    const intro = sourceOf(notebookOf({}, elsewhere), 'intro');
    expect(intro).toContain('*Connect to a running module…*');
    expect(sourceOf(notebookOf({}, entry), 'intro')).toContain(
      'started on this machine'
    );
    const open = sourceOf(notebookOf({}, elsewhere), 'open');
    expect(open).toContain('modules.open("connected/tiny")');
  });

  it.each(['typescript', 'python'] as const)(
    'holds the form in the metadata of its cell and as values in its code, in %s',
    language => {
      const evil = "\"); process.exit(1); (\"\n\u2028`${x}`'''";
      const args = {
        note: evil,
        flag: true,
        nothing: null,
        list: [1, [false]]
      };
      const notebook = notebookOf({
        language,
        arguments: args,
        files: {
          image: 'photos/my "cat".jpg',
          mask: { from: 'example', example: 'cat' }
        },
        accept: 'image/png'
      });
      const { metadata, source } = notebook.cells.find(
        ({ id }) => id === 'predict'
      )!;
      const form = cellFormOf(metadata);
      expect(form).toEqual({
        version: 1,
        module: entry.id,
        language,
        arguments: args,
        files: {
          image: { from: 'path', path: 'photos/my "cat".jpg' },
          mask: { from: 'example', example: 'cat' }
        },
        accept: 'image/png'
      });
      expect(formOfCode(source, { ...form, arguments: {} })).toEqual(form);
    }
  );

  it('takes the example of the module where the form had no file, with the arguments of the form', () => {
    const formIn = (request: Partial<NotebookRequest>): CellForm =>
      cellFormOf(
        notebookOf(request).cells.find(({ id }) => id === 'predict')!.metadata
      );
    const files = { image: { from: 'example', example: 'cat' } };
    expect(formIn({})).toMatchObject({ arguments: { top_k: 5 }, files });
    expect(formIn({ arguments: { top_k: 2 } })).toMatchObject({
      arguments: { top_k: 2 },
      files
    });
    expect(sourceOf(notebookOf({}), 'predict')).toContain(
      '"image": (await m.example("cat"))["image"]'
    );
    expect(sourceOf(notebookOf({ language: 'python' }), 'predict')).toContain(
      '"image": m.example("cat")["image"]'
    );
  });

  it('writes no password, and says which file is not there', () => {
    const request = {
      secrets: ['api key'],
      unreachable: { image: 'mine.png', other: 'bird.png' }
    };
    const source = sourceOf(notebookOf(request), 'predict');
    expect(source).toContain('"api key": process.env["DEEP_API_KEY"]');
    expect(source).toContain('"bird.png"');
    // The example stands in for it.
    expect(source).not.toContain('mine.png');
  });

  it('shows foreign text as text: no HTML, links, pictures or formulas', () => {
    const text =
      '<script>alert(1)</script> [x](javascript:alert(1)) ![y](http://t.example/p.png) $a$ &lt;\n# Not a heading';
    const intro = sourceOf(
      notebookOf({}, { ...entry, title: text, summary: text }),
      'intro'
    );
    expect(intro).not.toMatch(/<script|[^\\]\[x|[^\\]!\[|[^\\]\$|\n# Not/);
    expect(intro).toContain('&lt;script\\>');
  });

  it('makes no links of bare addresses', () => {
    const text = 'See http://t.example/a, WWW.t.example and me@t.example.';
    const intro = sourceOf(
      notebookOf({}, { ...entry, summary: text }),
      'intro'
    );
    expect(intro).toContain(
      'See http&#58;//t.example/a, WWW&#46;t.example and me&#64;t.example.'
    );
  });

  it('has no address and no token in it', () => {
    for (const language of ['typescript', 'python'] as const) {
      const text = JSON.stringify(notebookOf({ language }));
      expect(text).not.toMatch(/https?:|127\.0|localhost|token|\.sock/i);
    }
  });
});

const needed = [
  existsSync(python) ? '' : 'Jupyter in .venv',
  existsSync(path.join(root, 'jupyterlab_deep', 'node', 'service.mjs'))
    ? ''
    : '`node scripts/build-node.mjs`',
  existsSync(path.join(classifier, 'onnx', 'model.onnx'))
    ? ''
    : 'the built image classifier'
].filter(Boolean);
const withKernels = needed.length === 0 ? describe : describe.skip;
const suffix = needed.length ? ` (skipped: needs ${needed.join(', ')})` : '';

withKernels(`A notebook made from a form, run by nbclient${suffix}`, () => {
  let folder: string;
  let notes: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'dn-'));
    notes = path.join(folder, 'notes of ü');
    await mkdir(path.join(notes, 'photos'), { recursive: true });
    await cp(
      path.join(classifier, 'examples', 'coffee.jpg'),
      path.join(notes, 'photos', 'my cup.jpg')
    );
    await cp(
      path.join(root, 'jupyterlab_deep', 'kernelspec'),
      path.join(folder, 'jupyter', 'kernels', 'deep-typescript'),
      { recursive: true }
    );
    env = {
      ...process.env,
      DEEP_DATA_DIR: path.join(folder, 'data'),
      DEEP_RUNTIME_DIR: path.join(folder, 'run'),
      JUPYTER_PATH: path.join(folder, 'jupyter'),
      JUPYTER_RUNTIME_DIR: path.join(folder, 'run'),
      PYTHONPATH: root,
      XDG_RUNTIME_DIR: folder
    };
  });

  afterAll(async () => {
    await endService(path.join(folder, 'run', 'deep', 'service.json'));
    await rm(folder, { recursive: true, force: true });
  });

  const execute = async (notebook: INotebook): Promise<INotebook> => {
    const file = path.join(notes, 'made.ipynb');
    await writeFile(file, JSON.stringify(notebook));
    const script = [
      'import sys, nbformat, nbclient',
      'notebook = nbformat.read(sys.argv[1], as_version=4)',
      'nbformat.validate(notebook)',
      "nbclient.NotebookClient(notebook, timeout=50, resources={'metadata': {'path': sys.argv[2]}}).execute()",
      'nbformat.write(notebook, sys.argv[1])'
    ].join('\n');
    await checked(python, ['-c', script, file, notes], env);
    const executed = JSON.parse(await readFile(file, 'utf8'));
    await rm(file);
    return executed;
  };

  const shown = (notebook: INotebook, id: string): string =>
    (notebook.cells.find(cell => cell.id === id)?.outputs ?? [])
      .map(({ data, text }) => [data?.['text/plain'], text].flat().join(''))
      .join('\n');

  it('starts the service and says what is on the picture, in TypeScript', async () => {
    const executed = await execute(
      notebookOf({
        files: { image: 'photos/my cup.jpg' },
        arguments: { top_k: 3 }
      })
    );
    expect(shown(executed, 'describe')).toContain('top_k');
    expect(shown(executed, 'predict')).toMatch(/espresso/);
    expect(shown(executed, 'use')).toContain("label: 'espresso'");
    expect(await readdir(notes)).toEqual(['photos']);
  });

  it('runs two cells of one form each after the other, in both languages', async () => {
    for (const language of ['typescript', 'python'] as const) {
      const form: CellForm = {
        version: 1,
        module: entry.id,
        language,
        arguments: { top_k: 1 },
        files: { image: { from: 'path', path: 'photos/my cup.jpg' } }
      };
      const cats: CellForm = {
        ...form,
        files: { image: { from: 'example', example: 'cat' } },
        accept: 'application/json'
      };
      const notebook = notebookOf({ language });
      const [, , , , , cell] = notebook.cells;
      notebook.cells = [form, cats].map((each, index) => ({
        ...cell,
        id: `c${index}`,
        source: cellCode(each)
      }));
      const executed = await execute(notebook);
      expect(shown(executed, 'c0')).toMatch(/espresso/);
      expect(shown(executed, 'c1')).toMatch(/Egyptian/);
    }
  });

  it("runs with the module's own example from any folder, in TypeScript", async () => {
    const executed = await execute(notebookOf({ arguments: { top_k: 2 } }));
    expect(shown(executed, 'predict')).toMatch(/cat\.jpg\n.*Egyptian/);
    expect(shown(executed, 'predict').split('\n')).toHaveLength(3);
  });

  it.each([
    ['a file', { files: { image: 'photos/my cup.jpg' } }, /espresso/],
    ["the module's own example", {}, /Egyptian/]
  ])('says what is on %s, in Python', async (_, request, expected) => {
    const executed = await execute(
      notebookOf({ ...request, language: 'python' })
    );
    expect(shown(executed, 'predict')).toMatch(expected);
    expect(shown(executed, 'use')).toMatch(expected);
  });

  it.each([
    ['first-steps.ipynb', /Egyptian/],
    ['first-steps-python.ipynb', /Egyptian/]
  ])(
    'is kept as the example %s, which runs as it is',
    async (name, expected) => {
      const file = path.join(root, 'examples', 'notebooks', name);
      const notebook = JSON.parse(await readFile(file, 'utf8'));
      for (const cell of notebook.cells) {
        expect(cell.outputs ?? []).toEqual([]);
      }
      expect(shown(await execute(notebook), 'predict')).toMatch(expected);
    }
  );
});

async function checked(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv
): Promise<void> {
  const child = spawn(command, args, {
    env,
    stdio: ['ignore', 'ignore', 'pipe']
  });
  let said = '';
  child.stderr.on('data', chunk => (said += chunk));
  const code = await new Promise(resolve => child.once('close', resolve));
  if (code !== 0) {
    throw new Error(said.slice(-4000));
  }
}

async function endService(discovery: string): Promise<void> {
  if (!existsSync(discovery)) {
    return;
  }
  const { pid } = JSON.parse(await readFile(discovery, 'utf8'));
  process.kill(pid, 'SIGTERM');
  while (existsSync(`/proc/${pid}`)) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
