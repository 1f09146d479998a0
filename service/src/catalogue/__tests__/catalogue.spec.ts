import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CatalogueListing, Module } from '@jupyterlab-deep/protocol';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';
import { makeModelFolder } from './folders';

jest.setTimeout(60_000);

const MANIFEST = { version: '1', task: 'image-classification' };

describe('the catalogue', () => {
  let home: TestHome;
  let here: ServiceHere;

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    here = await ServiceHere.open(home);
  });

  afterEach(async () => {
    await here.close();
    home.remove();
  });

  const make = (name: string, files = {}): string =>
    makeModelFolder(home.modules, name, files);

  async function list(query = ''): Promise<CatalogueListing> {
    return (await here.get(`/catalogue/modules${query}`)).json;
  }

  async function moduleOf(name: string): Promise<Module> {
    return (await here.get(`/catalogue/modules/builtin/${name}`)).json;
  }

  it('describes a model folder in the common shape', async () => {
    make('plants');
    expect(await moduleOf('plants')).toMatchObject({
      id: 'builtin/plants',
      title: 'Plants',
      licence: 'MIT',
      capabilities: ['inference', 'pre-trained'],
      input: 'image',
      output: '2 labels',
      runtime: 'onnx',
      problems: [],
      broken: false
    });
  });

  it.each([
    ['tabular-classification', 'table', '2 labels'],
    ['tabular-regression', 'table', 'a number'],
    ['voice-activity-detection', 'audio', 'times of speech']
  ])('says what goes in and comes out of %s', async (task, input, output) => {
    const needsNone = task.startsWith('tabular-');
    make('other', {
      'module.json': { name: 'other', version: '1', task },
      ...(needsNone ? { 'preprocessor_config.json': null } : {})
    });
    const problems: never[] = [];
    const found = { input, output, broken: false, problems };
    expect(await moduleOf('other')).toMatchObject(found);
  });

  it('has TensorFlow.js folders among the model folders', async () => {
    make('good', { 'onnx/model.onnx': null, 'model.json': {} });
    make('bad', {
      'onnx/model.onnx': null,
      'model.json': {},
      'preprocessor_config.json': null
    });
    expect(await moduleOf('good')).toMatchObject({ broken: false });
    const { broken, problems } = await moduleOf('bad');
    expect(broken).toBe(true);
    expect(problems[0].message).toContain(
      'preprocessor_config.json is missing'
    );
  });

  it('lists broken folders with their reasons beside the good ones', async () => {
    make('good');
    make('bare', {
      'module.json': null,
      'config.json': null,
      'onnx/model.onnx': null
    });
    make('colon', {
      'ai4-metadata.yml': 'title: A\nsummary: this: is not YAML\n'
    });
    make('json', { 'module.json': '{"name": "json",\n "version" 1}' });
    writeFileSync(path.join(home.modules, 'README'), 'not a module');
    mkdirSync(path.join(home.modules, '.hidden'));
    mkdirSync(path.join(home.modules, 'has space'));
    const { modules, total, sources } = await list();
    const broken = Object.fromEntries(
      modules.map(module => [module.name, module.broken])
    );
    expect(broken).toEqual({
      good: false,
      bare: true,
      colon: true,
      json: true
    });
    expect(total).toBe(4);
    expect(sources[0].problem).toContain('has space');
    const messages = (name: string): string =>
      JSON.stringify(modules.find(module => module.name === name)?.problems);
    expect(messages('bare')).toContain('module.json cannot be read');
    expect(messages('bare')).toContain('onnx/model.onnx is missing');
    expect(messages('colon')).toContain('"line":2');
    expect(messages('json')).toContain('"line":2');
  });

  it.each([
    ['an alias of nothing', 'title: *nothing\n', 'alias'],
    [
      'aliases of aliases',
      `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: [${'*b,'.repeat(9)}]\n`,
      'alias'
    ],
    ['too many levels', '['.repeat(100_000), 'ai4-metadata.yml']
  ])('lists a folder with %s as broken', async (_, text, message) => {
    make('good');
    make('odd', { 'ai4-metadata.yml': text });
    const { modules } = await list();
    const odd = modules.find(({ name }) => name === 'odd');
    expect(odd?.broken).toBe(true);
    expect(odd?.problems[0].message).toContain(message);
    expect(modules).toHaveLength(2);
  });

  it('keeps what is right of metadata that are wrong in parts', async () => {
    make('dirty', {
      'ai4-metadata.yml':
        'title: Dirty\nsummary: fine\ntags: not a list\ntasks:\n  - Classification\n  - 3\n'
    });
    const module = await moduleOf('dirty');
    expect(module).toMatchObject({
      title: 'Dirty',
      summary: 'fine',
      tags: [],
      tasks: [],
      broken: false
    });
    expect(module.problems).toEqual(
      expect.arrayContaining([
        { key: 'links', message: 'It is missing.' },
        {
          key: 'tags',
          message: 'It must be a list, and is "not a list".',
          line: 3
        },
        {
          key: 'tasks.1',
          message: 'It must be a text, and is 3.',
          line: 6
        }
      ])
    );
  });

  it('survives an empty and a missing folder', async () => {
    expect(await list()).toMatchObject({ modules: [], total: 0 });
    rmSync(home.modules, { recursive: true });
    await here.post('/catalogue/refresh');
    const { sources } = await until(async () => {
      const listing = await list();
      return listing.sources[0].problem ? listing : undefined;
    });
    expect(sources[0].problem).toContain('cannot be read');
  });

  it("adds the administrator's folders, and says which module hides another", async () => {
    const more = path.join(home.folder, 'more');
    make('plants');
    makeModelFolder(more, 'plants');
    makeModelFolder(more, 'birds');
    await here.close();
    here = await ServiceHere.open(home, {
      DEEP_CATALOGUE_FOLDERS: JSON.stringify([more])
    });
    const { modules, sources } = await list();
    expect(modules.map(({ name }) => name).sort()).toEqual(['birds', 'plants']);
    expect(sources[0].problem).toContain(path.join(more, 'plants'));
  });

  describe('searched', () => {
    const titles = async (text: string): Promise<string[]> => {
      const { modules } = await list(`?text=${encodeURIComponent(text)}`);
      return modules.map(({ title }) => title);
    };

    beforeEach(() => {
      const yml = (title: string, tag: string): string =>
        `title: ${title}\nsummary: x\ndescription: y\nlinks: {source_code: z}\nlibraries: []\ntasks: []\ncategories: [AI4 trainable]\ntags: [${tag}]\n`;
      make('a', { 'ai4-metadata.yml': yml('Éclair detector', 'pastry') });
      make('b', { 'ai4-metadata.yml': yml('Thermal anomalies', 'roofs') });
      make('plants');
    });

    it('finds by beginnings, without accents, and with small mistakes', async () => {
      expect(await titles('ther')).toEqual(['Thermal anomalies']);
      expect(await titles('eclair')).toEqual(['Éclair detector']);
      expect(await titles('ÉCLAIR')).toEqual(['Éclair detector']);
      expect(await titles('termal')).toEqual(['Thermal anomalies']);
      expect(await titles('roofs')).toEqual(['Thermal anomalies']);
    });

    it('wants every word', async () => {
      expect(await titles('thermal pastry')).toEqual([]);
    });

    it('says what may have been meant', async () => {
      const { modules, suggestion } = await list('?text=thrmlal');
      expect(modules).toEqual([]);
      expect(suggestion).toBe('thermal');
      expect((await list('?text=qqqqqq')).suggestion).toBeUndefined();
    });

    it('filters by what a module can do, and cuts', async () => {
      const names = (listing: CatalogueListing): string[] =>
        listing.modules.map(({ name }) => name);
      expect(names(await list('?capability=trainable')).sort()).toEqual([
        'a',
        'b'
      ]);
      expect(names(await list('?limit=1'))).toHaveLength(1);
      expect((await list('?limit=1')).total).toBe(3);
    });
  });

  it('shows new folders after a refresh and tells readers', async () => {
    expect((await list()).total).toBe(0);
    make('plants');
    expect((await here.post('/catalogue/refresh')).status).toBe(202);
    await until(async () => (await list()).total === 1);
  });

  describe('with examples', () => {
    const example = (file: string): object => ({
      ...MANIFEST,
      name: 'm',
      examples: [{ name: 'one', title: 'One', files: { image: file } }]
    });
    const get = (): ReturnType<ServiceHere['get']> =>
      here.get('/catalogue/modules/builtin/m/examples/one/image');

    it('gives their files, pictures in place and anything else to be saved', async () => {
      make('m', {
        'module.json': {
          ...example('e/cat.png'),
          examples: [
            {
              name: 'one',
              title: 'One',
              files: { image: 'e/cat.png', drawing: 'e/a.svg' }
            }
          ]
        },
        'e/cat.png': 'png',
        'e/a.svg': '<svg/>'
      });
      const picture = await get();
      expect(picture.text).toBe('png');
      expect(picture.headers).toMatchObject({
        'content-type': 'image/png',
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff'
      });
      expect(picture.headers['content-disposition']).toMatch(/^inline/);
      const drawing = await here.get(
        '/catalogue/modules/builtin/m/examples/one/drawing'
      );
      expect(drawing.headers['content-disposition']).toMatch(/^attachment/);
    });

    it.each(['../secret', '/etc/passwd', 'link', 'e', 'missing.png'])(
      'leaves out one whose file is %s',
      async file => {
        writeFileSync(path.join(home.modules, 'secret'), 'secret');
        const folder = make('m', { 'module.json': example(file), 'e/x': 'x' });
        symlinkSync('/etc/passwd', path.join(folder, 'link'));
        const module = await moduleOf('m');
        expect(module.examples).toEqual([]);
        expect(JSON.stringify(module.problems)).toContain('one is left out');
        expect((await get()).status).toBe(404);
      }
    );

    it('does not follow a link that came after the catalogue was read', async () => {
      const folder = make('m', {
        'module.json': example('e/cat.png'),
        'e/cat.png': 'png'
      });
      expect((await get()).status).toBe(200);
      rmSync(path.join(folder, 'e/cat.png'));
      symlinkSync('/etc/passwd', path.join(folder, 'e/cat.png'));
      expect((await get()).status).toBe(404);
    });
  });
});
