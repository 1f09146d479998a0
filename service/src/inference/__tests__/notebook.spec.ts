import { execFile, spawn } from 'node:child_process';
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
import { promisify } from 'node:util';
import type { Module, NotebookRequest } from '@jupyterlab-deep/protocol';
import { makeNotebook } from '../notebook';

jest.setTimeout(60_000);

const run = promisify(execFile);
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

  it('writes the arguments of the form as values that cannot end their place', () => {
    const evil = '"); process.exit(1); ("\n\u2028`${x}`';
    const request = {
      arguments: { note: evil, flag: true, nothing: null, list: [1, [false]] },
      files: { image: 'photos/my "cat".jpg' }
    };
    const typescript = sourceOf(notebookOf(request), 'input');
    const text = typescript.replace(/^const input = /, '').replace(/;$/, '');
    expect(JSON.parse(text)).toEqual({
      image: 'photos/my "cat".jpg',
      ...request.arguments
    });
    const source = sourceOf(
      notebookOf({ ...request, language: 'python' }),
      'input'
    );
    expect(source).toContain('"flag": True');
    expect(source).toContain('"nothing": None');
    expect(source).toContain(`"note": ${JSON.stringify(evil)}`);
  });

  it('gives Python exactly the values of the form', async () => {
    const args = {
      note: '\u2028"\\\n\'\u0000😀',
      n: 1.5e-9,
      list: [],
      o: { a: [null, true] }
    };
    const source = sourceOf(
      notebookOf({
        arguments: args,
        files: { image: 'a' },
        language: 'python'
      }),
      'input'
    );
    const { stdout } = await run('python3', [
      '-c',
      `${source}\nimport json; print(json.dumps(inputs))`
    ]);
    expect(JSON.parse(stdout)).toEqual({ image: 'a', ...args });
  });

  it('takes the example of the module where the form had no file, with the arguments of the form', () => {
    expect(sourceOf(notebookOf({}), 'input')).toBe(
      'const input = await m.example("cat");'
    );
    expect(sourceOf(notebookOf({ arguments: { top_k: 2 } }), 'input')).toBe(
      'const input = { ...(await m.example("cat")), top_k: 2 };'
    );
    expect(sourceOf(notebookOf({ language: 'python' }), 'input')).toBe(
      'inputs = m.example("cat")'
    );
    const foreign = { 'a" b': [true, null] };
    expect(
      sourceOf(notebookOf({ language: 'python', arguments: foreign }), 'input')
    ).toBe('inputs = {**m.example("cat"), "a\\" b": [\n  True,\n  None\n]}');
    expect(sourceOf(notebookOf({ arguments: foreign }), 'input')).toBe(
      'const input = { ...(await m.example("cat")), "a\\" b": [true,null] };'
    );
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
