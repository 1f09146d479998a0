import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Module } from '@jupyterlab-deep/protocol';
import { ISource, ISourceReading } from '../source';
import {
  INDEXES,
  refresh,
  settingsFor,
  sourceOf,
  StandIn
} from './standIn/standIn';

type Settings = ReturnType<typeof settingsFor>;

let server: StandIn;
let folder: string;
let settings: Settings;

const begin = (...args: string[]): void => {
  beforeAll(async () => {
    server = await StandIn.start(...args);
    settings = settingsFor(server.origin);
  });
  afterAll(() => server.stop());
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dt-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (id: keyof Settings, more = {}): Promise<ISource> =>
  sourceOf({ ...settings[id], ...more }, folder);

const readNow = async (id: keyof Settings): Promise<ISourceReading> =>
  refresh(await open(id));

const modulesOf = ({ entries }: ISourceReading): Module[] =>
  entries.map(({ module }) => module);

function named(reading: ISourceReading, name: string): Module {
  const found = modulesOf(reading).find(module => module.name === name);
  if (!found) {
    throw new Error(`${name} is not listed`);
  }
  return found;
}

const reasonOf = (reading: ISourceReading, name: string): string => {
  const { broken, problems } = named(reading, name);
  expect(broken).toBe(true);
  return problems[0].message;
};

const rawOf = (repo: string, file = 'ai4-metadata.yml'): string =>
  `/raw/ai4os-hub/${repo}/main/${file}`;

/** Another content of an address for one test. */
async function withFile<T>(
  where: string,
  content: string,
  work: () => Promise<T>
): Promise<T> {
  const before = await (await fetch(server.origin + where)).text();
  await server.put(where, content);
  try {
    return await work();
  } finally {
    await server.put(where, before);
  }
}

const data = process.env.DEEP_TEST_DATA ?? '';
const real = path.join(data, 'catalogue');
const isThere = existsSync(path.join(real, 'SOURCES.tsv'));

(isThere ? describe : describe.skip)(
  `the real files${isThere ? '' : ' (skipped: DEEP_TEST_DATA names no folder with `catalogue`)'}`,
  () => {
    begin('--data', data);

    it('all appear, each by the source that has it, and the broken ones with the line', async () => {
      const [ai4os, deep] = [await readNow('ai4os'), await readNow('deep')];
      const count = readdirSync(real, { recursive: true }).filter(name =>
        /\.(ya?ml|json)$/.test(String(name))
      ).length;
      expect(count).toBe(93);
      const all = [...modulesOf(ai4os), ...modulesOf(deep)];
      expect(all).toHaveLength(count);
      expect(new Set(all.map(({ origins }) => origins[0].url)).size).toBe(
        count
      );
      const broken = all.filter(module => module.broken);
      expect(broken.map(({ id, problems }) => [id, problems[0].line])).toEqual([
        ['ai4os/phyto-plankton-classification', 14],
        ['deep/thunderstorm-nowcast-microstep', 7]
      ]);
      expect([ai4os.problem, deep.problem]).toEqual([undefined, undefined]);
    });

    it('of version 2 appear by the platform’s API too, which says itself what it cannot read', async () => {
      const reading = await readNow('ai4eosc');
      expect(reading.entries).toHaveLength(34);
      expect(reasonOf(reading, 'phyto-plankton-classification')).toContain(
        'not valid YAML'
      );
      expect(named(reading, 'ai4os-llm').capabilities).toEqual(['tool']);
      expect(named(reading, 'plants-classification')).toMatchObject({
        licence: 'Apache-2.0',
        image: 'ai4oshub/plants-classification',
        origins: [{ source: 'ai4eosc', title: 'AI4EOSC' }]
      });
    });

    it('are only asked whether they changed, and not read again, when nothing did', async () => {
      for (const id of ['ai4eosc', 'ai4os', 'deep'] as const) {
        const source = await open(id);
        const before = await refresh(source);
        await server.asked();
        const after = await refresh(source);
        const asked = await server.asked();
        expect(asked.every(each => each.conditional)).toBe(true);
        expect(asked.every(({ status }) => status === 304)).toBe(true);
        after.entries.forEach(({ module }, index) =>
          expect(module).toBe(before.entries[index].module)
        );
      }
    });
  }
);

describe('a source elsewhere', () => {
  begin();

  it('reads version 2 before version 1, and what is there of the two', async () => {
    const reading = await readNow('ai4os');
    expect(named(reading, 'birds').title).toBe('Birds');
    expect(named(reading, 'first-only')).toMatchObject({
      title: 'First only',
      metadataVersion: '1.0.0',
      capabilities: ['inference']
    });
    expect(reasonOf(reading, 'unquoted-colon')).toContain('colon');
    expect(reasonOf(reading, 'comma-too-many')).toContain('not JSON');
    expect(named(reading, 'a-tool-of-before').capabilities).toContain('tool');
    expect(named(await readNow('deep'), 'birds').title).toBe('Birds of before');
  });

  it('says to the platform exactly what it takes', async () => {
    await server.asked();
    await readNow('ai4eosc');
    const asked = await server.asked();
    expect(new Set(asked.map(({ accept }) => accept))).toEqual(
      new Set(['application/json'])
    );
    expect(asked.some(({ status }) => status === 400)).toBe(false);
  });

  it('is known at once the next time, without asking anybody', async () => {
    const before = await readNow('ai4os');
    await server.asked();
    const again = await (await open('ai4os')).load();
    expect(again).toEqual(before);
    expect(await server.asked()).toEqual([]);
  });

  it('forgets what it read when it is set up another way', async () => {
    await readNow('ai4os');
    const other = await open('ai4os', { organisations: ['ai4os'] });
    expect((await other.load()).entries).toEqual([]);
  });

  it.each(['', '{"format":1', '{"format":1}\nno JSON\n', 'x\0y\n'])(
    'reads anew what lies damaged on disk: %j',
    async content => {
      await readNow('ai4os');
      const [file] = readdirSync(folder);
      writeFileSync(path.join(folder, file), content);
      const source = await open('ai4os');
      expect((await source.load()).entries).toEqual([]);
      expect((await refresh(source)).entries.length).toBeGreaterThan(5);
    }
  );

  it('reads anew what ends in the middle', async () => {
    await readNow('ai4os');
    const file = path.join(folder, readdirSync(folder)[0]);
    appendFileSync(file, '{"url":"https://exa');
    expect((await (await open('ai4os')).load()).entries).toEqual([]);
  });

  it('keeps what another version of this program has read, but reads it anew', async () => {
    await readNow('ai4os');
    const file = path.join(folder, readdirSync(folder)[0]);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/"version":"[^"]*"\}/, '"version":"0"}'));
    const source = await open('ai4os');
    const known = await source.load();
    expect(known.entries.length).toBeGreaterThan(5);
    await server.asked();
    await refresh(source);
    expect((await server.asked()).some(each => each.conditional)).toBe(false);
  });

  it('reads again only what changed', async () => {
    const source = await open('ai4os');
    const before = await refresh(source);
    const file = await (await fetch(server.origin + rawOf('plants'))).text();
    await withFile(
      rawOf('plants'),
      file.replace('title: Plants', 'title: Trees'),
      async () => {
        const after = await refresh(source);
        expect(named(after, 'plants').title).toBe('Trees');
        expect(named(after, 'birds')).toBe(named(before, 'birds'));
      }
    );
  });

  it('follows its index: what is new comes, what is gone goes', async () => {
    const source = await open('ai4os');
    await refresh(source);
    const one =
      '[submodule "plants"]\npath = plants\nurl = https://github.com/ai4os-hub/plants\nbranch = main\n';
    const reading = await withFile(INDEXES.modules, one, () => refresh(source));
    expect(modulesOf(reading).map(({ name }) => name)).toEqual([
      'plants',
      'a-tool',
      'a-tool-of-before'
    ]);
    expect((await refresh(source)).entries.length).toBeGreaterThan(5);
  });

  it('lists what its index leads elsewhere as broken, and asks nobody for it', async () => {
    const entry = (name: string, url: string, branch = 'main'): string =>
      `[submodule "${name}"]\npath = ${name}\nurl = ${url}\nbranch = ${branch}\n`;
    const text = [
      entry('other-owner', 'https://github.com/somebody/other'),
      entry('other-host', 'https://evil.example.org/ai4os-hub/other'),
      entry('metadata-service', 'http://169.254.169.254/latest/meta'),
      entry('up', 'https://github.com/ai4os-hub/../../secret'),
      entry('file', 'file:///etc/passwd'),
      entry('odd-branch', 'https://github.com/ai4os-hub/plants', '../../x'),
      entry('has space', 'https://github.com/ai4os-hub/plants'),
      entry('plants', 'https://github.com/ai4os-hub/plants.git'),
      entry('plants', 'https://github.com/ai4os-hub/birds'),
      '[submodule "half"]\npath = half\n'
    ].join('');
    await server.asked();
    const reading = await withFile(INDEXES.modules, text, () =>
      readNow('ai4os')
    );
    for (const name of ['other-owner', 'other-host', 'metadata-service']) {
      expect(reasonOf(reading, name)).toContain('only repositories of');
    }
    expect(reasonOf(reading, 'up')).toContain('no repository');
    expect(reasonOf(reading, 'file')).toContain('no repository');
    expect(reasonOf(reading, 'odd-branch')).toContain('branch');
    expect(reasonOf(reading, 'has-space')).toContain('has space');
    expect(named(reading, 'plants').title).toBe('Plants');
    expect(reading.problem).toContain('plants twice');
    expect(reading.problem).toContain('half');
    const asked = (await server.asked()).map(each => each.path);
    expect(asked.some(each => /other|secret|etc/.test(each))).toBe(false);
  });

  it.each([
    ['a module without any file', '- module: https://github.com/deephdc/none'],
    ['a text alone', '- https://github.com/deephdc/none']
  ])('of DEEP lists %s as broken with the reason', async (_, entry) => {
    const reading = await withFile(
      INDEXES.deep,
      `${entry}\n- nothing: here\n`,
      () => readNow('deep')
    );
    expect(reasonOf(reading, 'none')).toContain('no metadata file');
    expect(reading.problem).toContain('no `module`');
  });

  it('lists names that the platform cannot describe as broken', async () => {
    const reading = await withFile(
      '/v1/catalog/modules',
      '["plants", "detail", "../x", 3]',
      () => readNow('ai4eosc')
    );
    expect(reasonOf(reading, 'detail')).toContain('own addresses');
    expect(named(reading, '..-x').broken).toBe(true);
    expect(reading.problem).toContain('1 entries are left out');
  });

  it('keeps everything and says since when it cannot be reached', async () => {
    const source = await open('deep');
    const before = await refresh(source);
    await server.fault(INDEXES.deep, '500');
    const failed = await refresh(source);
    const again = await refresh(source);
    await server.mend();
    expect(failed.entries).toEqual(before.entries);
    expect(failed.problem).toContain('answered 500');
    expect(again.failingSince).toEqual(failed.failingSince);
    const restarted = await (await open('deep')).load();
    expect(restarted.failingSince).toEqual(failed.failingSince);
    const mended = await refresh(source);
    expect(mended.failingSince).toBeUndefined();
    expect(mended.problem).toBeUndefined();
  });

  it.each([
    'html200',
    'disguisedHtml',
    'garbage',
    'huge',
    'bomb',
    'cut',
    'close',
    'noHttp',
    '500'
  ])('keeps a module whose file comes as %s', async fault => {
    const source = await open('ai4os');
    const before = await refresh(source);
    await server.fault(rawOf('plants'), fault);
    const after = await refresh(source);
    await server.mend();
    if (fault === 'garbage') {
      // It is what the file says now.
      expect(named(after, 'plants').broken).toBe(true);
    } else {
      expect(named(after, 'plants')).toBe(named(before, 'plants'));
      expect(after.problem).toMatch(/^plants could not be read now: /);
    }
    expect(named(after, 'birds')).toBe(named(before, 'birds'));
    expect(after.failingSince).toBeUndefined();
  });

  it.each([
    ['ai4os', INDEXES.modules],
    ['deep', INDEXES.deep]
  ] as const)(
    'keeps what %s had when its index comes empty',
    async (id, index) => {
      const source = await open(id);
      const before = await refresh(source);
      await withFile(index, '\n', async () => {
        const after = await refresh(source);
        expect(after.entries).toEqual(before.entries);
        expect(after.failingSince).toBeDefined();
      });
    }
  );

  it('lists what could never be read as broken, and has it the next time', async () => {
    const source = await open('ai4os');
    await server.fault(rawOf('plants'), 'html200');
    const failed = await refresh(source);
    await server.mend();
    expect(reasonOf(failed, 'plants')).toMatch(
      /could not be read: .* a web page/
    );
    expect(named(await refresh(source), 'plants').broken).toBe(false);
  });

  it('says which encoding nobody can read', async () => {
    await server.fault(rawOf('plants'), 'wrongEncoding');
    const reading = await readNow('ai4os');
    await server.mend();
    expect(reasonOf(reading, 'plants')).toContain('UTF-8');
  });

  it('stays as it was when it is cancelled', async () => {
    const source = await open('ai4os');
    const before = await refresh(source);
    const controller = new AbortController();
    await server.fault('/raw/', 'slow');
    const refreshing = refresh(source, controller.signal);
    controller.abort(new Error('enough'));
    await expect(refreshing).rejects.toThrow('enough');
    await server.mend();
    expect(await source.load()).toEqual(before);
  });

  it('tells how far it is', async () => {
    const steps: number[][] = [];
    const source = await open('ai4os');
    const { entries } = await source.refresh({
      signal: new AbortController().signal,
      onProgress: (done, total) => steps.push([done, total])
    });
    expect(steps.map(([done]) => done)).toEqual(entries.map((_, i) => i + 1));
    expect(steps[0][1]).toBe(entries.length);
  });

  it('gives up soon when everybody is gone but its index', async () => {
    const rawAddress = 'http://127.0.0.1:9/raw/{owner}/{repo}/{branch}/{file}';
    const many = Array.from(
      { length: 200 },
      (_, i) =>
        `[submodule "m${i}"]\npath = m${i}\nurl = https://github.com/ai4os/m${i}\n`
    ).join('');
    const reading = await withFile(INDEXES.modules, many, async () =>
      refresh(await open('ai4os', { rawAddress }))
    );
    expect(reading.entries).toHaveLength(202);
    expect(reasonOf(reading, 'm199')).toContain('nobody answered');
  });
});
