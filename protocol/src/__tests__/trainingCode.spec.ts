import { trainingCells } from '../trainingCode';

const form = {
  module: 'builtin/image-classifier',
  arguments: { epochs: 3, name: "it's \"mine\" '''", flag: true },
  datasets: { data: 'cloud:seeds' }
};

it('writes TypeScript that makes the dataset first and trains with it', () => {
  const { open, train } = trainingCells({ ...form, language: 'typescript' });
  expect(open).toContain('import { display, modules, storage } from');
  expect(open).toContain('modules.open("builtin/image-classifier")');
  expect(train).toContain(
    'const dataset = await storage.dataset("cloud:seeds");'
  );
  expect(train).toContain('m.train({ ...values, "data": dataset })');
});

it('writes Python in which no text can end its string', () => {
  const { train } = trainingCells({ ...form, language: 'python' });
  expect(train.split("'''")).toHaveLength(3);
  expect(train).toContain('m.train(**{**values, "data": dataset})');
});

it('needs no storage for a folder', () => {
  const { open, train } = trainingCells({
    module: 'a/b',
    language: 'typescript',
    arguments: { data: '/data', ['__proto__x']: 1 },
    datasets: {}
  });
  expect(open).not.toContain('storage');
  expect(train).toContain('const run = await m.train(values);');
});
