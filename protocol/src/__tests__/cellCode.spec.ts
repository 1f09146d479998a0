import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { cellCode, CellFile, CellForm, formOfCode, jsonText } from '..';

type Language = CellForm['language'];
const LANGUAGES: Language[] = ['typescript', 'python'];

/** Texts that end strings, comments and lines in one language or the other. */
const AWKWARD = [
  "'''",
  "''''''",
  "\\'''",
  '"""',
  '\\',
  '\\\\',
  '`${x}`',
  '*/ // #',
  '\n%%bash\n!ls',
  '\nvalues = {}\nconst values = {};',
  '\u2028\u2029\u0085\ufeff\u202e',
  '\ud800',
  '\udfff\ud83d',
  '😀',
  '\0\u0007\u007f',
  '{{}}[[',
  '"}',
  '__proto__',
  ''
];

const text = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  // Lone surrogates too.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }))
    .map(units => String.fromCharCode(...units))
);
// Node 24 reads a key of one escape as another one that it has met before ('\\' for '\ud800', and for '\n'): its own flaw.
const key = text.filter(each => each.length !== 1 || /\w/.test(each));
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.constantFrom(
    -0,
    5e-324,
    1.7976931348623157e308,
    1e21,
    123456789012345680000
  )
);
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    number,
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 })
  )
}));
const name = key.filter(each => each !== 'accept');
const file: fc.Arbitrary<CellFile> = fc.oneof(
  text
    .filter(path => !/^https?:/i.test(path))
    .map(path => ({ from: 'path' as const, path })),
  text.map(end => ({ from: 'url' as const, url: `https://x.example/${end}` })),
  text.map(example => ({ from: 'example' as const, example }))
);

const formOf = (language: Language): fc.Arbitrary<CellForm> =>
  fc
    .record({
      module: text,
      arguments: fc.dictionary(name, value, { maxKeys: 5 }),
      files: fc.dictionary(name, file, { maxKeys: 3 }),
      accept: fc.option(text, { nil: undefined })
    })
    .map(({ arguments: args, files, accept, module }) => ({
      version: 1 as const,
      language,
      module,
      arguments: Object.fromEntries(
        Object.entries(args).filter(([each]) => !Object.hasOwn(files, each))
      ),
      files,
      ...(accept === undefined ? {} : { accept })
    }));

/** The same form with other values: what is read must come from the code. */
const emptied = (form: CellForm): CellForm => ({
  ...form,
  module: 'builtin/other',
  arguments: { old: 1 },
  accept: 'old/old'
});

describe.each(LANGUAGES)('A cell in %s', language => {
  it('gives back every value of the form it was made of', () => {
    fc.assert(
      fc.property(formOf(language), form => {
        const source = cellCode(form, {
          secrets: ['a "pass"\nword'],
          unreachable: { "b'''": 'c\u2028values = {}' }
        });
        expect(formOfCode(source, emptied(form))).toEqual(form);
      }),
      { numRuns: 1000 }
    );
  });

  it('is refused with a number that JSON cannot say', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const form: CellForm = {
        version: 1,
        language,
        module: 'a/b',
        arguments: { n: [bad] },
        files: {}
      };
      expect(() => cellCode(form)).toThrow(RangeError);
    }
  });

  it('runs as it is, and evaluates to the same values', () => {
    const forms = fc.sample(formOf(language), { numRuns: 150, seed: 20 });
    const cells = forms.map(form =>
      cellCode(form, { secrets: ['pass "word"'], unreachable: { x: 'y\n' } })
    );
    const seen = language === 'python' ? runPython(cells) : runNode(cells);
    expect(seen).toHaveLength(forms.length);
    forms.forEach((form, index) => {
      const { module, input } = seen[index];
      expect(module).toBe(form.module);
      expect(input).toEqual(expectedInput(form));
    });
  });
});

/** What `predict` must be given; what a cell fetches is told as `[what, name]`. */
function expectedInput(form: CellForm): Record<string, unknown> {
  const files = Object.entries(form.files).map(([argument, from]) => [
    argument,
    from.from === 'path'
      ? from.path
      : from.from === 'url'
        ? ['url', from.url]
        : ['example', from.example, argument]
  ]);
  return {
    ...Object.fromEntries(files),
    ...form.arguments,
    'pass "word"': 'open sesame',
    ...(form.accept === undefined ? {} : { accept: form.accept })
  };
}

interface ISeen {
  module: string;
  input: Record<string, unknown>;
}

/** Stands in for the helpers, and says what they were called with. */
const NODE = `
process.env['DEEP_PASS_WORD_'] = 'open sesame';
const AsyncFunction = (async () => {}).constructor;
let said;
const modules = { open: async module => ({
  example: async name => new Proxy({}, { get: (_, argument) => ['example', name, argument] }),
  predict: async (input, options) => { said = { module, input: { ...input, ...options } }; }
}) };
const fetched = async url => ['url', url];
(async () => {
  const { stripTypeScriptTypes } = require('node:module');
  const cells = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  const out = [];
  for (const cell of cells) {
    const code = stripTypeScriptTypes(cell.replace(/^import .*\\n/, '').replace(/^const fetched = [^]*?\\n};\\n/m, ''));
    await new AsyncFunction('modules', 'display', 'fetched', code)(modules, () => {}, fetched);
    out.push(said);
  }
  process.stdout.write(JSON.stringify(out, (key, v) => Object.is(v, -0) ? { negativeZero: true } : v));
})();
`;

function runNode(cells: string[]): ISeen[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--no-warnings', '-e', NODE],
    { input: JSON.stringify(cells), encoding: 'utf8', maxBuffer: 1e8 }
  );
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout, revived);
}

const PYTHON = `
import io, json, os, sys, types, urllib.request
os.environ["DEEP_PASS_WORD_"] = "open sesame"
class Example(dict):
    def __init__(self, name): self.name = name
    def __getitem__(self, argument): return ["example", self.name, argument]
class M:
    def __init__(self, module): self.module = module
    def example(self, name): return Example(name)
    def predict(*args, **values): said.append({"module": args[0].module, "input": values})
client = types.ModuleType("client")
client.open = M
package = types.ModuleType("jupyterlab_deep")
package.client = client
sys.modules["jupyterlab_deep"] = package
class Reply:
    def __init__(self, url): self.url = url
    def read(self): return self.url.encode("utf-8", "surrogatepass")
urllib.request.urlopen = Reply
said = []
for cell in json.loads(sys.stdin.buffer.read()):
    exec(compile(cell, "cell", "exec"), {})
def shown(value):
    return ["url", value.getvalue().decode("utf-8", "surrogatepass")] if isinstance(value, io.BytesIO) else value
def zero(value):
    if isinstance(value, float) and str(value) == "-0.0": return {"negativeZero": True}
    if isinstance(value, list): return [zero(each) for each in value]
    if isinstance(value, dict): return {key: zero(each) for key, each in value.items()}
    return value
for each in said: each["input"] = {key: zero(shown(value)) for key, value in each["input"].items()}
sys.stdout.write(json.dumps(said))
`;

function runPython(cells: string[]): ISeen[] {
  const stdout = execFileSync('python3', ['-c', PYTHON], {
    input: JSON.stringify(cells),
    encoding: 'utf8',
    maxBuffer: 1e8
  });
  return JSON.parse(stdout, revived);
}

/** JSON.stringify and Python agree on everything but the sign of zero. */
const revived = (_: string, given: unknown): unknown =>
  (given as { negativeZero?: true } | null)?.negativeZero ? -0 : given;

describe('Values that were edited in a cell', () => {
  const made: CellForm = {
    version: 1,
    module: 'builtin/image-classifier',
    language: 'typescript',
    arguments: { top_k: 5 },
    files: { image: { from: 'path', path: 'cat.jpg' } }
  };
  const python: CellForm = { ...made, language: 'python' };

  it('are what counts', () => {
    const source = cellCode(made)
      .replace('5', '7')
      .replace('cat.jpg', 'https://x.example/dog.jpg')
      .replace('builtin/image-classifier', 'builtin/other');
    expect(formOfCode(source, made)).toEqual({
      ...made,
      module: 'builtin/other',
      arguments: { top_k: 7 },
      files: { image: { from: 'url', url: 'https://x.example/dog.jpg' } }
    });
    expect(
      formOfCode(cellCode(python).replace('5', '[1, 2]'), python)?.arguments
    ).toEqual({ top_k: [1, 2] });
  });

  it('are read through what else was written around them', () => {
    const source = `const start = Date.now();\n${cellCode(made)}\nconsole.log(start);`;
    expect(formOfCode(source, made)).toEqual(made);
  });

  it.each([
    ['a variable in them', cellCode(made).replace('5', 'k')],
    ['a comma too many', cellCode(made).replace('5', '5,')],
    ['two of them', `${cellCode(made)}\nvalues = {"top_k": 3};`],
    ['none of them', 'await m.predict({ top_k: 3 });'],
    ['a change after them', `${cellCode(made)}\nvalues.top_k = 3;`],
    ['a call behind them', cellCode(made).replace('};', '}.concat();')],
    ['another kind of value', 'const values = [1];']
  ])('are not guessed from %s', (_, source) => {
    expect(formOfCode(source, made)).toBeNull();
  });

  it('are not guessed from Python that is no JSON', () => {
    const source = cellCode(python).replace('5', 'True');
    expect(formOfCode(source, python)).toBeNull();
    expect(formOfCode('values = dict(top_k=3)', python)).toBeNull();
  });
});

it('JSON text keeps lists of plain values on one line, and long ones apart', () => {
  expect(jsonText({ a: [1, 2.5, 'x'], b: {}, c: [] })).toBe(
    '{\n  "a": [1, 2.5, "x"],\n  "b": {},\n  "c": []\n}'
  );
  expect(jsonText({ a: 1, b: undefined })).toBe('{\n  "a": 1\n}');
});
