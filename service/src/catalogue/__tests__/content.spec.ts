import { CatalogueQuery } from '@jupyterlab-deep/protocol';
import { Content } from '../content';
import { ModuleSearch } from '../search';
import { entry } from './made';

const MACHINE = { cpus: 2, memoryBytes: 4e9, gpus: [], diskFreeBytes: 10e9 };

const contentOf = (
  entries: ReturnType<typeof entry>[],
  running: string[] = []
): Content => {
  const search = new ModuleSearch();
  return new Content(entries, MACHINE, new Set(running), async () => search);
};

describe('a query', () => {
  const content = contentOf([
    entry('x', 'a', {
      title: 'Plants',
      capabilities: ['inference', 'trainable'],
      tasks: ['Classification'],
      licence: 'MIT',
      updatedAt: '2024-01-01'
    }),
    entry('x', 'b', {
      title: 'Birds',
      capabilities: ['inference'],
      tasks: ['Classification'],
      licence: 'Apache-2.0',
      updatedAt: '2025-01-01'
    }),
    entry('x', 'c', {
      title: 'Prices of plants',
      tasks: ['Regression'],
      createdAt: '2023-01-01'
    })
  ]);

  const names = async (query: CatalogueQuery): Promise<string[]> =>
    (await content.find(query)).modules.map(({ name }) => name);

  it('gives all by title, leaving the long texts out', async () => {
    const { modules, matching, total } = await content.find({});
    expect(modules.map(({ title }) => title)).toEqual([
      'Birds',
      'Plants',
      'Prices of plants'
    ]);
    expect([matching, total]).toEqual([3, 3]);
    expect(modules[0]).not.toHaveProperty('description');
  });

  it('takes values of one facet as choices and several facets together', async () => {
    expect(await names({ licence: ['MIT', 'Apache-2.0'] })).toEqual(['b', 'a']);
    expect(
      await names({ licence: ['MIT', 'Apache-2.0'], capability: 'trainable' })
    ).toEqual(['a']);
  });

  it('counts for each facet what the other facets leave', async () => {
    const { facets, matching } = await content.find({
      task: 'Classification',
      licence: 'MIT'
    });
    expect(matching).toBe(1);
    expect(facets.licence).toEqual([
      { value: 'Apache-2.0', count: 1 },
      { value: 'MIT', count: 1 }
    ]);
    expect(facets.task).toEqual([{ value: 'Classification', count: 1 }]);
    expect(facets.source).toEqual([{ value: 'x', count: 1 }]);
  });

  it('sorts and pages', async () => {
    expect(await names({ sort: 'updated' })).toEqual(['b', 'a', 'c']);
    expect(await names({ text: 'plants' })).toEqual(['a', 'c']);
    expect(await names({ text: 'plants', sort: 'title' })).toEqual(['a', 'c']);
    expect(await names({ offset: 1, limit: 1 })).toEqual(['a']);
  });

  it('keeps to the ids that are asked for', async () => {
    expect(await names({ id: ['x/c', 'x/none'] })).toEqual(['c']);
    expect(await names({ id: 'x/a', text: 'birds' })).toEqual([]);
  });
});

describe('whether a module runs here', () => {
  const fit = (
    more: Parameters<typeof entry>[2],
    running: string[] = []
  ): unknown => contentOf([entry('x', 'a', more)], running).detail('x/a')?.fit;

  it('is said by its kind, its needs and what this machine has', () => {
    expect(fit({ runtime: 'onnx' })).toEqual({ state: 'here', lacks: [] });
    expect(fit({})).toEqual({ state: 'image', lacks: [] });
    expect(fit({ broken: true })).toEqual({ state: 'broken', lacks: [] });
    expect(
      fit({ runtime: 'onnx', resources: { gpu: 1, memoryMb: 8000 } })
    ).toEqual({
      state: 'lacking',
      lacks: [
        { what: 'gpu', needed: 1, present: 0 },
        { what: 'memory', needed: 8000, present: 4000 }
      ]
    });
  });

  it('is beyond doubt when it runs', () => {
    expect(fit({ resources: { gpu: 1 } }, ['x/a'])).toMatchObject({
      state: 'running'
    });
  });

  it('lets what runs be found among what can be tried here', async () => {
    const entries = [
      entry('x', 'a', { runtime: 'onnx' }),
      entry('x', 'b', { runtime: 'onnx' }),
      entry('x', 'c', {})
    ];
    const { modules, facets } = await contentOf(entries, ['x/a']).find({
      fit: 'here'
    });
    expect(modules.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(facets.fit).toContainEqual({ value: 'running', count: 1 });
  });
});

describe('an id', () => {
  it('is that of any source, one’s own before another’s name for something else', () => {
    const content = contentOf([
      entry('new', 'a', {
        origins: [
          { source: 'new', id: 'new/a', title: 'New' },
          { source: 'old', id: 'old/a', title: 'Old' },
          { source: 'old', id: 'old/b', title: 'Old' }
        ]
      }),
      entry('old', 'b')
    ]);
    expect(content.get('old/a')?.module.id).toBe('new/a');
    expect(content.get('old/b')?.module.id).toBe('old/b');
    expect(content.get('old/c')).toBeUndefined();
  });
});
