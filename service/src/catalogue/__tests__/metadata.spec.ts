import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Module } from '@jupyterlab-deep/protocol';
import { SCHEMAS } from '../../__tests__/home';
import { cleanMarkdown, plainLine } from '../metadata/clean';
import { imageOf } from '../metadata/image';
import { spdxOf } from '../metadata/licence';
import { ModuleReader } from '../metadata/readModule';
import { MetadataSchemas } from '../metadata/metadataSchemas';

const reader = new ModuleReader(new MetadataSchemas(SCHEMAS));

const read = (file: string, content: string | Uint8Array): Promise<Module> =>
  reader.read(
    { source: 'x', sourceTitle: 'X', name: 'm', file },
    typeof content === 'string' ? Buffer.from(content) : content
  );

const GOOD = {
  metadata_version: '2.0.0',
  title: 'Plants',
  summary: 'Names plants on pictures',
  description: 'Long.',
  links: {
    source_code: 'https://example.org/code',
    docker_image: 'lab/plants'
  },
  libraries: ['TensorFlow'],
  tasks: ['Computer Vision'],
  categories: ['AI4 inference', 'AI4 trainable', 'AI4 pre trained'],
  tags: ['green'],
  'data-type': ['Image']
};
const yaml = (more: object = {}): string =>
  JSON.stringify({ ...GOOD, ...more });

const FIRST = {
  title: 'Birds',
  summary: 'Hears birds in the wood',
  description: ['One', 'Two'],
  date_creation: '2018-11-18',
  keywords: ['tensorflow', 'audio classification', 'trainable', 'api-v2'],
  license: 'Apache 2.0',
  sources: {
    dockerfile_repo: 'https://example.org/docker',
    docker_registry_repo: 'lab/birds',
    code: 'https://example.org/code'
  },
  cite_url: 'https://doi.org/10.1234/birds_2018'
};

describe('metadata of version 2', () => {
  it('become a module', async () => {
    const module = await read(
      'ai4-metadata.yml',
      yaml({
        dates: { created: '2020-01-02', updated: '2024-03-04' },
        doi: '10.5281/zenodo.1',
        resources: { inference: { cpu: 2, gpu: 1, memory_MB: 4000 } }
      })
    );
    expect(module).toMatchObject({
      id: 'x/m',
      title: 'Plants',
      capabilities: ['inference', 'trainable', 'pre-trained'],
      libraries: ['TensorFlow'],
      dataTypes: ['Image'],
      input: 'image',
      image: 'lab/plants',
      createdAt: '2020-01-02',
      updatedAt: '2024-03-04',
      doi: '10.5281/zenodo.1',
      resources: { cpu: 2, gpu: 1, memoryMb: 4000 },
      broken: false,
      problems: [],
      origins: [{ source: 'x', id: 'x/m', title: 'X' }]
    });
    expect(module.citation).toContain('doi = {10.5281/zenodo.1}');
  });

  it('are judged by their shape, and a number that does not fit is said', async () => {
    const module = await read(
      'ai4-metadata.yml',
      yaml({ metadata_version: '1.0.1' })
    );
    expect(module.capabilities).toContain('inference');
    expect(module.problems).toEqual([
      {
        key: 'metadata_version',
        message: expect.stringContaining('1.0.1'),
        line: 1
      }
    ]);
  });

  it('say which key breaks which rule on which line', async () => {
    const { broken, problems } = await read(
      'ai4-metadata.yml',
      'metadata_version: 2.0.0\ntitle: Plants\nsummary: x\ndescription: y\nlinks:\n  documentation: z\nlibraries:\n  - Foo\ntasks: Classification\ncategories: []\ntosca: []\n'
    );
    expect(broken).toBe(false);
    expect(problems).toEqual(
      expect.arrayContaining([
        { key: 'links.source_code', message: 'It is missing.' },
        { key: 'tags', message: 'It is missing.' },
        {
          key: 'libraries.0',
          message: expect.stringMatching(/"Foo" is not one of TensorFlow/),
          line: 8
        },
        {
          key: 'tasks',
          message: 'It must be a list, and is "Classification".',
          line: 9
        },
        expect.objectContaining({
          message: expect.stringContaining('tosca')
        })
      ])
    );
  });
});

describe('metadata of version 1', () => {
  it('become a module', async () => {
    const module = await read('metadata.json', JSON.stringify(FIRST));
    expect(module).toMatchObject({
      title: 'Birds',
      description: 'One\nTwo',
      licence: 'Apache-2.0',
      capabilities: ['trainable'],
      libraries: ['TensorFlow'],
      tasks: ['Classification'],
      input: 'audio',
      image: 'lab/birds',
      createdAt: '2018-11-18',
      tags: ['tensorflow', 'audio classification'],
      problems: []
    });
    expect(module.citation).toContain('doi = {10.1234/birds_2018}');
    expect(module.citation).toContain('year = {2018}');
  });

  it('say what is wrong with their line', async () => {
    const text = JSON.stringify({ ...FIRST, license: 3 }, null, 2);
    const { problems } = await read('metadata.json', text);
    expect(problems).toEqual([
      {
        key: 'license',
        message: 'It must be a text, and is 3.',
        line: 1 + text.split('\n').findIndex(line => line.includes('license'))
      }
    ]);
  });
});

describe('files that cannot be used', () => {
  it.each([
    ['an unquoted colon', 'ai4-metadata.yml', 'a: b\nsummary: c: d\n', 2],
    ['a tab', 'ai4-metadata.yml', 'a: b\n\tc: d\n', 2],
    ['a missing comma', 'metadata.json', '{\n"a": 1\n"b": 2}', 3],
    ['a comma too many', 'metadata.json', '{\n"a": [\n1,\n]}', 4],
    [
      'a colon in a text of several lines',
      'ai4-metadata.yml',
      'title: a\ndescription:\n  one\n\n  two: three\n',
      5
    ],
    ['a list', 'metadata.json', '[1]', 1],
    ['nothing', 'ai4-metadata.yml', '', 1],
    ['a word', 'ai4-metadata.yml', 'hello', 1]
  ])('are broken with the line: %s', async (_, file, text, line) => {
    const module = await read(file, text);
    expect(module.broken).toBe(true);
    expect(module.problems[0]).toMatchObject({
      message: expect.stringContaining(file),
      line
    });
  });

  it.each([
    [
      'aliases of aliases',
      `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: [${'*b,'.repeat(9)}]\n`
    ],
    ['an alias of nothing', 'title: *nothing\n'],
    ['too many levels', '['.repeat(100_000)],
    ['none of the keys', 'a: b\n'],
    ['Latin-1', Buffer.from('title: \xe9clair\n', 'latin1')]
  ])('are broken with the reason: %s', async (_, content) => {
    const module = await read('ai4-metadata.yml', content);
    expect(module.broken).toBe(true);
    expect(module.problems[0].message.length).toBeGreaterThan(30);
  });

  it('are read when a key stands twice, and it is said', async () => {
    const { title, broken, problems } = await read(
      'ai4-metadata.yml',
      'title: One\nsummary: x\ntitle: Two\n'
    );
    expect([title, broken]).toEqual(['Two', false]);
    expect(problems[0]).toMatchObject({
      message: expect.stringContaining('second time'),
      line: 3
    });
  });

  it('are read when their first bytes name their encoding', async () => {
    const text = yaml({ title: 'Éclair' });
    const wide = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(text, 'utf16le')
    ]);
    for (const bytes of [wide, Buffer.from(`\ufeff${text}`)]) {
      expect((await read('ai4-metadata.yml', bytes)).title).toBe('Éclair');
    }
  });
});

describe('text from elsewhere', () => {
  it('has no scripts, handlers and other schemes in any field', async () => {
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    const module = await read(
      'ai4-metadata.yml',
      yaml({
        title: `Plants ${evil}`,
        summary: `${evil} fine \u202eevil\u202c`,
        description: `Hello <b>you</b> ${evil} [x](javascript:alert(3)) <a href="javascript:alert(4)">y</a> <iframe src="https://e.org"></iframe><form action="https://e.org"><input></form>`,
        tags: [evil, 'green'],
        links: {
          source_code: 'javascript:alert(5)',
          dataset: 'data:text/html,x',
          weights: 'https://example.org/w'
        }
      })
    );
    expect(module.title).toBe('Plants');
    expect(module.summary).toBe('fine evil');
    expect(module.tags).toEqual(['green']);
    expect(module.links).toEqual({ weights: 'https://example.org/w' });
    expect(module.description).toContain('<b>you</b>');
    expect(JSON.stringify(module)).not.toMatch(
      /<script|onerror|javascript:|<iframe|<form|data:text|\u202e/i
    );
    expect(module.problems.map(({ key }) => key)).toContain(
      'links.source_code'
    );
  });

  it('keeps Markdown as it is', async () => {
    const text =
      '# Title\n> quoted\n\na < b & c\n\n```py\nif a < b: print("<script>")\n```\n<https://example.org/?a=1&b=2> and `<tag>`';
    expect(await cleanMarkdown(text)).toBe(
      '# Title\n> quoted\n\na &lt; b & c\n\n```py\nif a < b: print("<script>")\n```\n[https://example.org/?a=1&b=2](https://example.org/?a=1&b=2) and `<tag>`'
    );
  });

  it('is bounded', () => {
    expect(plainLine('x'.repeat(10_000))).toHaveLength(501);
  });
});

it.each([
  ['APACHE_2_0', 'Apache-2.0'],
  ['Apache License 2.0', 'Apache-2.0'],
  ['MIT License', 'MIT'],
  ['BSD-3-Clause', 'BSD-3-Clause'],
  ['AGPL-3.0-only', 'AGPL-3.0-only'],
  ['GNU Affero General Public License v3.0', 'AGPL-3.0-only'],
  ['No license file', ''],
  ['Our own words', 'Our own words']
])('the licence %s is %s', (words, id) => {
  expect(spdxOf(words)).toBe(id);
});

it.each([
  ['ai4oshub/x', 'ai4oshub/x'],
  ['https://hub.docker.com/r/ai4oshub/x/', 'ai4oshub/x'],
  ['deephdc/deep-oc-x:gpu', 'deephdc/deep-oc-x:gpu'],
  ['registry.example.org:5000/lab/x:1.0', undefined],
  ['x; rm -rf', undefined],
  [3, undefined]
])('the image %s is %s', (given, image) => {
  expect(imageOf(given)).toBe(image);
});

const data = process.env.DEEP_TEST_DATA;
const real = data ? path.join(data, 'catalogue') : '';
const isThere = real !== '' && existsSync(real);

(isThere ? describe : describe.skip)(
  `the real files${isThere ? '' : ' (skipped: DEEP_TEST_DATA names no folder with `catalogue`)'}`,
  () => {
    it('are all read, and the broken ones say why and where', async () => {
      const files = readdirSync(real, { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .flatMap(({ name }) =>
          readdirSync(path.join(real, name)).map(file => path.join(name, file))
        );
      const modules = await Promise.all(
        files.map(async file => {
          const bytes = readFileSync(path.join(real, file));
          const name = file.endsWith('.json')
            ? 'metadata.json'
            : 'ai4-metadata.yml';
          return { file, module: await read(name, bytes) };
        })
      );
      expect(modules).toHaveLength(93);
      const broken = modules.filter(({ module }) => module.broken);
      expect(
        broken.map(({ file, module }) => [
          path.basename(file),
          module.problems[0].line
        ])
      ).toEqual([
        ['phyto-plankton-classification.yml', 14],
        ['thunderstorm-nowcast-microstep.json', 7]
      ]);
      const usable = modules.filter(({ module }) => !module.broken);
      expect(usable.every(({ module }) => module.title !== 'm')).toBe(true);
      for (const { module } of usable) {
        expect(`${module.title}${module.summary}`).not.toMatch(/<[a-z]/i);
        expect(module.description).not.toMatch(/<script|onclick|javascript:/i);
      }
    });
  }
);
