import fc from 'fast-check';
import type { CellForm } from '@jupyterlab-deep/protocol';
import { cellCode } from '@jupyterlab-deep/protocol/lib/cellCode';
import { cellFormOf, IFormContent, isCellForm, readCell } from '../cellForm';
import type { ChosenFile } from '../chosenFile';
import { planForm } from '../formSchema';

const FILES: Record<ChosenFile['kind'], ChosenFile> = {
  jupyter: {
    kind: 'jupyter',
    path: 'photos/100% cat.jpg',
    name: '100% cat.jpg',
    sizeBytes: 1
  },
  url: {
    kind: 'url',
    url: 'https://x.example/a%20b.png?x=1',
    name: 'a b.png',
    sizeBytes: null,
    allowPrivate: true
  },
  example: {
    kind: 'example',
    module: 'builtin/x',
    example: 'coffee',
    argument: 'c',
    name: 'coffee.jpg',
    sizeBytes: 1
  },
  browser: {
    kind: 'browser',
    blob: new Blob(['x']),
    origin: 'this computer',
    name: 'bird.png',
    sizeBytes: 1
  }
};

const plan = planForm(
  {
    type: 'object',
    properties: {
      secret: { type: 'string', format: 'password' },
      any: {}
    }
  },
  []
);

const content = (more: Partial<IFormContent> = {}): IFormContent => ({
  module: 'builtin/x',
  arguments: { n: 1, secret: 'hush' },
  values: { accept: 'image/png' },
  files: new Map(Object.entries(FILES)),
  plan,
  ...more
});

describe('The form in a cell', () => {
  it('names files as a notebook of the folder finds them, and leaves out what it cannot', () => {
    const { form, leftOut } = cellFormOf(content(), 'python', 'work');
    expect(form).toEqual({
      version: 1,
      module: 'builtin/x',
      language: 'python',
      arguments: { n: 1 },
      files: {
        jupyter: { from: 'path', path: '../photos/100% cat.jpg' },
        url: { from: 'url', url: 'https://x.example/a%20b.png?x=1' },
        example: { from: 'example', example: 'coffee' }
      },
      accept: 'image/png'
    });
    expect(leftOut).toEqual({
      secrets: ['secret'],
      unreachable: { browser: 'bird.png' }
    });
  });

  it('has no password in it, in neither language', () => {
    for (const language of ['typescript', 'python'] as const) {
      const { form, leftOut } = cellFormOf(content(), language, '');
      const cell = cellCode(form, leftOut) + JSON.stringify(form);
      expect(cell).not.toContain('hush');
      expect(cell).toContain('DEEP_SECRET');
    }
  });

  it.each(['typescript', 'python'] as const)(
    'comes back from code and metadata with every value, in %s',
    language => {
      const json = fc.jsonValue({ noUnicodeString: false });
      const args = fc.dictionary(
        fc.string({ minLength: 2 }).filter(name => name !== 'accept'),
        json
      );
      fc.assert(
        fc.property(args, values => {
          const { form, leftOut } = cellFormOf(
            content({ arguments: values, plan: null }),
            language,
            'a/b'
          );
          const kept = JSON.parse(JSON.stringify({ ...form, arguments: {} }));
          const reading = readCell(kept, cellCode(form, leftOut));
          expect(reading).toEqual({ isOfCode: true, form });
        })
      );
    }
  );

  it('is of the metadata where the code cannot be read, and says so', () => {
    const { form } = cellFormOf(content(), 'typescript', '');
    expect(readCell(form, 'values = make();')).toEqual({
      isOfCode: false,
      form
    });
  });

  it.each([
    undefined,
    null,
    'text',
    [],
    {},
    { version: 2 },
    { module: 3 },
    { language: 'r' },
    { arguments: [] },
    { files: { a: { from: 'path' } } },
    { files: { a: { from: '__proto__' } } },
    { files: { a: { from: 'jupyter', path: 'x' } } },
    { accept: 3 }
  ])('is not taken from metadata like %j', metadata => {
    const good: CellForm = cellFormOf(content(), 'python', '').form;
    expect(isCellForm(good)).toBe(true);
    const isPart =
      typeof metadata === 'object' &&
      metadata !== null &&
      Object.keys(metadata).length > 0;
    expect(isCellForm(isPart ? { ...good, ...metadata } : metadata)).toBe(
      false
    );
  });
});
