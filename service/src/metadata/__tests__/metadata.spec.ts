import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { TestHome } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';

const CATALOGUE = path.join(process.env.DEEP_TEST_DATA ?? '', 'catalogue');
const hasCatalogue =
  process.env.DEEP_TEST_DATA !== undefined && existsSync(CATALOGUE);
/** Skipped where DEEP_TEST_DATA names no folder with real metadata. */
const whenReal = hasCatalogue ? it : it.skip;
const PLANKTON = 'ai4-v2.0.0/phyto-plankton-classification.yml';

/** The last of two equal keys counts, as for the platform's reader. */
const read = (text: string) => parse(text, { uniqueKeys: false });

const realFiles = (folder: string): { name: string; text: string }[] =>
  readdirSync(path.join(CATALOGUE, folder)).map(name => ({
    name,
    text: readFileSync(path.join(CATALOGUE, folder, name), 'utf8')
  }));

const COMMENTED = `# Ours.
metadata_version: 2.3.0
title: Plants   # short
summary: Names plants on pictures
description: |-
  A text.

  Of two parts.
links:
  # where it lies
  source_code: https://github.com/lab/plants
tags: [a, b]
tasks:
  - Computer Vision   # first
  # not yet
  - Classification
categories:
  - AI4 inference
libraries:
  - TensorFlow
`;

describe('the editor of metadata', () => {
  const home = new TestHome();
  let service: ServiceHere;

  beforeAll(async () => {
    service = await ServiceHere.open(home);
  });

  afterAll(async () => {
    await service.close();
    home.remove();
  });

  const check = async (text: string) =>
    (await service.post('/metadata/check', { text })).json;
  const edit = async (text: string, at: string[], value: unknown) =>
    (await service.post('/metadata/edit', { text, path: at, value })).json
      .text as string;
  const migrate = async (text: string) =>
    (await service.post('/metadata/migrate', { text })).json;

  describe('checking', () => {
    it('finds nothing to say of good metadata', async () => {
      expect(await check(COMMENTED)).toMatchObject({
        version: 2,
        schema: '2.3.0',
        problems: [],
        values: { title: 'Plants' }
      });
    });

    it.each([
      ['a stray colon', COMMENTED.replace('Names plants', 'Names: plants'), 4],
      ['tabs', `title: x\n\tsummary: y\n`, 2],
      ['an open bracket', COMMENTED.replace('[a, b]', '[a, b'), undefined],
      ['a list', '- a\n- b\n', 1],
      ['a word', 'hello', 1],
      ['an alias of nothing', 'title: *none\n', undefined],
      ['broken JSON', '{"title": "x",\n"summary" "y"}', 2]
    ])('says the line of %s and gives no values', async (_, text, line) => {
      const { problems, values, version } = await check(text);
      expect(values).toBeUndefined();
      expect(version).toBeUndefined();
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({
        severity: 'error',
        message: expect.stringMatching(/\w{3}/)
      });
      if (line !== undefined) {
        expect(problems[0].line).toBe(line);
      }
    });

    it.each([
      ['title', COMMENTED.replace(/title: .*\n/, ''), 'error'],
      ['tasks.1', COMMENTED.replace('Classification', 'Sorting'), 'error'],
      ['tags', COMMENTED.replace('[a, b]', 'a'), 'error'],
      ['links.source_code', COMMENTED.replace('source_code', 'code'), 'error'],
      ['summary', COMMENTED.replace('Names plants on pictures', 'P'), 'note'],
      ['libraries', COMMENTED.replace('\n  - TensorFlow', ' []'), 'note'],
      ['metadata_version', COMMENTED.replace('2.3.0', '2.0.0'), 'note'],
      ['links.source_code', COMMENTED.replace('https://', 'ftp://'), 'note'],
      ['description', COMMENTED.replace('A text', 'A <b>text</b>'), 'note']
    ])('names %s where it is wrong', async (key, text, severity) => {
      const { problems } = await check(text);
      expect(problems).toContainEqual(
        expect.objectContaining({ key, severity })
      );
    });

    it('offers the words of the schema', async () => {
      const { json } = await service.get('/metadata/vocabularies');
      expect(json.lists['data-type']).toContain('Time Series');
      expect(json.lists.categories).toHaveLength(4);
      expect(json.links).toContain('docker_image');
      expect(json.resources).toContain('memory_MB');
      expect(json.licences).toContain('Apache-2.0');
    });

    whenReal('reads every real file, and finds the broken one', async () => {
      const broken: string[] = [];
      for (const { name, text } of realFiles('ai4-v2.0.0')) {
        const { version, problems } = await check(text);
        if (version !== 2) {
          broken.push(name);
          expect(problems[0].line).toBe(14);
        }
      }
      expect(broken).toEqual([path.basename(PLANKTON)]);
    });
  });

  describe('editing', () => {
    it('changes the lines of a value and nothing else', async () => {
      const titled = await edit(COMMENTED, ['title'], 'Trees: tall ones');
      expect(titled).toBe(
        COMMENTED.replace('title: Plants ', 'title: "Trees: tall ones" ')
      );
      const told = await edit(COMMENTED, ['description'], 'One\n\nTwo');
      expect(told).toBe(
        COMMENTED.replace('A text.', 'One').replace('Of two parts.', 'Two')
      );
      const chosen = await edit(
        COMMENTED,
        ['tasks'],
        ['Classification', 'Regression']
      );
      expect(chosen).toBe(
        COMMENTED.replace('  - Computer Vision   # first\n', '').replace(
          '  - Classification\n',
          '  - Classification\n  - Regression\n'
        )
      );
    });

    it('adds a key where it belongs, and takes it away again', async () => {
      const added = await edit(COMMENTED, ['links', 'weights'], 'https://w');
      expect(added).toBe(
        COMMENTED.replace('lab/plants\n', 'lab/plants\n  weights: https://w\n')
      );
      expect(await edit(added, ['links', 'weights'], null)).toBe(COMMENTED);
      const dated = await edit(COMMENTED, ['dates', 'created'], '2026-01-31');
      expect(dated).toContain("two parts.\ndates:\n  created: '2026-01-31'\n");
    });

    it('says the same where the text is written unusually', async () => {
      const text = '# kept\n{title: A, links: {source_code: b}}\n';
      const edited = await edit(`title: &t A\nsummary: *t\n`, ['title'], 'B');
      expect(parse(edited)).toEqual({ title: 'B', summary: expect.anything() });
      const flow = await edit(text, ['links', 'weights'], 'c');
      expect(flow).toContain('# kept');
      expect(parse(flow).links).toEqual({ source_code: 'b', weights: 'c' });
      expect(parse(await edit('', ['title'], 'New'))).toEqual({ title: 'New' });
    });

    it('keeps a comment beside what becomes a text of several lines', async () => {
      const edited = await edit(COMMENTED, ['title'], 'One\nTwo');
      expect(parse(edited).title).toBe('One\nTwo');
      expect(edited).toContain('# short');
    });

    it('asks for a text that can be read', async () => {
      const body = { text: 'a: b: c', path: ['title'], value: 'x' };
      const { status, json } = await service.post('/metadata/edit', body);
      expect(status).toBe(400);
      expect(json.detail).toContain('Line 1');
      const reserved = { text: '', path: ['__proto__', 'x'], value: 1 };
      const refused = await service.post('/metadata/edit', reserved);
      expect(refused.status).toBe(400);
    });

    whenReal('leaves every other line of real files as it was', async () => {
      for (const { name, text } of realFiles('ai4-v2.0.0')) {
        if (name === path.basename(PLANKTON)) {
          continue;
        }
        const before = read(text);
        const edited = await edit(text, ['title'], 'Another title');
        expect(read(edited)).toEqual({ ...before, title: 'Another title' });
        const lines = new Set(text.split('\n'));
        const fresh = edited.split('\n').filter(line => !lines.has(line));
        expect(fresh).toHaveLength(1);
        const tasks = [...before.tasks, 'Regression'];
        expect(read(await edit(text, ['tasks'], tasks))).toEqual({
          ...before,
          tasks
        });
      }
    });
  });

  describe('migrating', () => {
    it('keeps comments and says what has no place', async () => {
      const { text, notes } = await migrate(`# Ours.
title: Plants
# what it says
summary: Names plants on pictures
description: [A, B]
license: MIT
keywords: # many
  - trainable
  - tensorflow
date_creation: '2020-01-31'
sources:
  code: https://github.com/lab/plants
  docker_registry_repo: lab/plants
# of the cloud
tosca: []
`);
      expect(parse(text)).toMatchObject({
        metadata_version: '2.3.0',
        description: 'A\nB',
        dates: { created: '2020-01-31' },
        links: { docker_image: 'lab/plants' },
        categories: ['AI4 trainable'],
        libraries: ['TensorFlow']
      });
      expect(text).toMatch(/^# Ours\./);
      for (const comment of ['# what it says', '# of the cloud']) {
        expect(text).toContain(comment.slice(2));
      }
      const keys = notes.map(({ key }: { key: string }) => key);
      expect(keys).toEqual(
        expect.arrayContaining(['license', 'tosca', 'tasks'])
      );
      const { problems } = await check(text);
      expect(
        problems.filter(
          ({ severity }: { severity: string }) => severity === 'error'
        )
      ).toEqual([]);
    });

    it('brings version 2 to its newest schema in place', async () => {
      const old = `${COMMENTED.replace('2.3.0', '2.0.0')}tosca: []\n`;
      const { text, notes } = await migrate(old);
      expect(text).toBe(COMMENTED.replace('2.3.0', "'2.3.0'"));
      expect(notes).toMatchObject([{ key: 'tosca' }]);
    });

    whenReal('makes valid metadata of every real file', async () => {
      const refused: string[] = [];
      for (const folder of ['deep-v1', 'ai4-v1.0.0', 'ai4-v2.0.0']) {
        for (const { name, text } of existsSync(path.join(CATALOGUE, folder))
          ? realFiles(folder)
          : []) {
          const made = await migrate(text);
          if (made.text === undefined) {
            refused.push(name);
            continue;
          }
          const { version, problems } = await check(made.text);
          expect(version).toBe(2);
          const errors = problems.filter(
            (each: { severity: string; key: string }) =>
              each.severity === 'error'
          );
          expect({ name, errors }).toEqual({ name, errors: [] });
        }
      }
      expect(refused.sort()).toEqual([
        'phyto-plankton-classification.yml',
        'thunderstorm-nowcast-microstep.json'
      ]);
    });
  });

  describe('preparing', () => {
    const root = path.join(home.folder, 'w');
    const headers = { 'x-deep-root': encodeURIComponent(root) };
    const ask = (jupyterPath: string, more = {}) =>
      service.post('/metadata/prepare', { jupyterPath, ...more }, headers);
    const write = (jupyterPath: string, names: string[], more = {}) =>
      service.post(
        '/metadata/prepare/files',
        { jupyterPath, names, ...more },
        headers
      );
    const put = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    };
    const read = (name: string): string =>
      readFileSync(path.join(root, name), 'utf8');

    beforeAll(() => {
      const folder = path.join(root, 'plants');
      mkdirSync(folder, { recursive: true });
      mkdirSync(path.join(root, 'empty'));
      writeFileSync(path.join(folder, 'ai4-metadata.yml'), COMMENTED);
      writeFileSync(path.join(folder, 'LICENSE'), 'MIT License\n\nText');
      writeFileSync(
        path.join(folder, 'pyproject.toml'),
        '[project]\nname = "plants"\n[project.entry-points."deepaas.v2.model"]\nplants = "plants.api"\n'
      );
    });

    const statesOf = (checks: { id: string; state: string }[]) =>
      Object.fromEntries(checks.map(({ id, state }) => [id, state]));

    it('says what is there, what is missing, and what to do', async () => {
      const { json } = await ask('plants/ai4-metadata.yml');
      expect(statesOf(json.checks)).toMatchObject({
        metadata: 'ok',
        name: 'ok',
        licence: 'ok',
        readme: 'wrong',
        'entry-point': 'ok',
        tests: 'wrong',
        container: 'wrong',
        citation: 'note'
      });
      for (const { state, remedy } of json.checks) {
        expect(remedy === '').toBe(state === 'ok');
      }
      expect(json.request.title).toBe('New module: Plants');
      expect(json.request.body).toContain('- [x] Licence: MIT License');
    });

    it('writes what is missing once, and never over a file', async () => {
      const names = [
        'README.md',
        'Dockerfile',
        'tests/test_api.py',
        'CITATION.cff'
      ];
      const { json } = await ask('plants/ai4-metadata.yml');
      expect(json.files.map(({ name }: { name: string }) => name)).toEqual(
        names
      );
      const written = await write('plants/ai4-metadata.yml', names);
      expect(written.status).toBe(201);
      const after = await ask('plants/ai4-metadata.yml');
      expect(after.json.files).toEqual([]);
      expect(statesOf(after.json.checks)).toMatchObject({
        readme: 'ok',
        tests: 'ok',
        container: 'ok',
        citation: 'ok'
      });
      const readme = read('plants/README.md');
      for (const said of [
        '# Plants\n\nNames plants on pictures\n\nA text.\n\nOf two parts.',
        'deepaas-run --listen-port 5000 --model-name plants',
        '- Source code: https://github.com/lab/plants',
        'See LICENSE.'
      ]) {
        expect(readme).toContain(said);
      }
      const again = await write('plants/ai4-metadata.yml', ['Dockerfile']);
      expect(again.status).toBe(409);
      const other = await write('plants/ai4-metadata.yml', ['../evil']);
      expect(other.status).toBe(409);
    });

    it('writes the licence that its people choose, and chooses none for them', async () => {
      const at = 'unlicensed/ai4-metadata.yml';
      put('unlicensed/ai4-metadata.yml', COMMENTED);
      const { json } = await ask(at);
      const named = (files: { name: string }[]) =>
        files.map(({ name }) => name);
      expect(named(json.files)).not.toContain('LICENSE');
      expect(json.licences.chosen).toBeUndefined();
      for (const { id, address } of json.licences.choices) {
        const chosen = await ask(at, { licence: id });
        expect(chosen.json.licences.chosen).toBe(id);
        const found = chosen.json.files.find(
          ({ name }: { name: string }) => name === 'LICENSE'
        );
        // What is not ours to bring is linked.
        expect(found === undefined).toBe(address !== undefined);
        expect(found?.text ?? '').not.toContain('@');
      }
      const refused = await write(at, ['LICENSE']);
      expect(refused.status).toBe(409);
      const more = { licence: 'BSD-3-Clause' };
      expect((await write(at, ['LICENSE'], more)).status).toBe(201);
      expect(read('unlicensed/LICENSE')).toMatch(
        /^BSD 3-Clause License\n\nCopyright \(c\) \d{4}, the authors of Plants\n/
      );
      const after = await ask(at, { licence: 'MIT' });
      expect(after.json.licences).toBeUndefined();
      expect((await write(at, ['LICENSE'], { licence: 'MIT' })).status).toBe(
        409
      );
      expect(statesOf(after.json.checks).licence).toBe('ok');
      const unknown = await ask(at, { licence: 'Beerware' });
      expect(unknown.status).toBe(400);
    });

    it('takes the licence and the people that the project itself names, and says where it contradicts the file', async () => {
      put('declared/ai4-metadata.yml', COMMENTED);
      put(
        'declared/pyproject.toml',
        '[project]\nname = "x"\nversion = "1.2"\nlicense = { text = "The MIT License" }\nauthors = [{ name = "Ada" }, { email = "x@example.org" }]\n'
      );
      const { json } = await ask('declared/ai4-metadata.yml');
      expect(json.licences.chosen).toBe('MIT');
      expect(
        json.files.find(({ name }: { name: string }) => name === 'LICENSE').text
      ).toMatch(/Copyright \(c\) \d{4} Ada\n/);
      await write('declared/ai4-metadata.yml', ['LICENSE']);
      put('declared/CITATION.cff', 'license: GPL-3.0-or-later\n');
      put(
        'declared/pyproject.toml',
        '[project]\nname = "x"\nversion = "1.2"\n'
      );
      const { checks } = (await ask('declared/ai4-metadata.yml')).json;
      expect(checks).toContainEqual(
        expect.objectContaining({
          id: 'licence',
          state: 'note',
          reason:
            'LICENSE has the text of MIT, and the project says GPL-3.0-or-later.'
        })
      );
    });

    it('looks at branch, build and version as the platform’s template has them', async () => {
      const at = 'built-by-us/ai4-metadata.yml';
      put('built-by-us/ai4-metadata.yml', COMMENTED);
      put('built-by-us/.git/HEAD', 'ref: refs/heads/dev\n');
      put('built-by-us/VERSION', '1.0.0\n');
      const first = await ask(at);
      expect(statesOf(first.json.checks)).toMatchObject({
        branch: 'note',
        build: 'note',
        version: 'ok'
      });
      put('built-by-us/.git/HEAD', 'ref: refs/heads/main\n');
      put('built-by-us/Jenkinsfile', '@Library\n');
      put('built-by-us/JenkinsConstants.groovy', 'x\n');
      put('built-by-us/.sqa/config.yml', 'x: 1\n');
      put(
        'built-by-us/pyproject.toml',
        '[project]\nname = "x"\nversion = "2.0.0"\n'
      );
      const second = await ask(at);
      expect(statesOf(second.json.checks)).toMatchObject({
        branch: 'ok',
        build: 'ok',
        version: 'note'
      });
      put('a-name-of-many-words/ai4-metadata.yml', COMMENTED);
      const long = await ask('a-name-of-many-words/ai4-metadata.yml');
      expect(statesOf(long.json.checks).name).toBe('note');
    });

    it('begins with an empty folder, and refuses one that is not there', async () => {
      const { json } = await ask('empty/ai4-metadata.yml');
      expect(statesOf(json.checks).metadata).toBe('wrong');
      await write('empty/ai4-metadata.yml', ['ai4-metadata.yml']);
      const text = readFileSync(
        path.join(root, 'empty/ai4-metadata.yml'),
        'utf8'
      );
      const { version, problems } = await check(text);
      expect(version).toBe(2);
      expect(
        problems.every((each: { severity: string }) => each.severity === 'note')
      ).toBe(true);
      expect((await ask('gone/ai4-metadata.yml')).status).toBe(404);
      expect((await ask('../x/ai4-metadata.yml')).status).toBe(400);
    });
  });
});
