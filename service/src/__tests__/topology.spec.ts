import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import {
  Deployment,
  emptyTopology,
  KnownTopologyModule,
  Run,
  TopologyCheck,
  TopologyItem,
  TopologyNode
} from '@jupyterlab-deep/protocol';
import { Loopback, standIn } from '../deployments/__tests__/loopback';
import { Bundles, ROOT } from './bundles';
import { TestHome, until } from './home';
import { ServiceProcess } from './serviceProcess';

jest.setTimeout(180_000);

const BUILT = path.join(ROOT, 'jupyterlab_deep/modules');
const CLASSIFIER = 'builtin/image-classifier';
const PENGUINS = 'builtin/penguin-species';
const ROWS = 500;
const whenBuilt = existsSync(
  path.join(BUILT, 'image-classifier/onnx/model.onnx')
)
  ? describe
  : describe.skip;

/** The same sequence for the same seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const asking = (
  id: string,
  given: Record<string, unknown> = {}
): TopologyNode => ({ kind: 'module', module: id, arguments: given });

whenBuilt('topologies (need the built modules)', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;
  let work: string;

  beforeAll(async () => {
    bundles = new Bundles();
    home = new TestHome();
    mkdirSync(home.modules);
    for (const name of ['image-classifier', 'penguin-species']) {
      symlinkSync(path.join(BUILT, name), path.join(home.modules, name));
    }
    for (const name of ['birds', 'looped']) {
      const copy = path.join(home.modules, name);
      cpSync(path.join(BUILT, 'penguin-species'), copy, { recursive: true });
    }
    writeFileSync(
      path.join(home.modules, 'looped/served.topology'),
      JSON.stringify(
        document(
          { itself: asking('builtin/looped') },
          'itself.answer -> gone.in'
        )
      )
    );
    work = path.join(home.folder, 'w');
    mkdirSync(path.join(work, 'photos'), { recursive: true });
    const cat = path.join(BUILT, 'image-classifier/examples/cat.jpg');
    for (let index = 0; index < 12; index++) {
      const picture = sharp(cat)
        .resize(96 + index, 96)
        .jpeg();
      await picture.toFile(path.join(work, 'photos', `cat-${index}.jpg`));
    }
    writeFileSync(path.join(work, 'penguins.csv'), penguins());
    service = await ServiceProcess.start(bundles.service, home);
  });
  afterAll(async () => {
    await service.stop();
    home.remove();
    bundles.remove();
  });

  /** Every tenth has a beak of no length that the module would take. */
  function penguins(): string {
    const rows = Array.from({ length: ROWS }, (_, index) =>
      [
        index % 50 === 7 ? -1 : 32 + (index % 28),
        13 + (index % 9),
        172 + (index % 59),
        2700 + 7 * index
      ].join(',')
    );
    const head = 'bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g';
    return `${head}\n${rows.join('\n')}\n`;
  }

  function document(
    nodes: Record<string, TopologyNode>,
    ...edges: string[]
  ): object {
    const { version: _version, ...byHand } = emptyTopology('A test');
    return { ...byHand, nodes, edges };
  }

  async function begin(given: object, options: object = {}): Promise<string> {
    const file = path.join(work, 'test.topology');
    const { status, text, json } = await service.post('/topologies/runs', {
      document: given,
      path: file,
      ...options
    });
    expect([status, text]).toEqual([202, expect.any(String)]);
    return json.id;
  }

  const run = async (id: string): Promise<Run> =>
    (await service.get(`/runs/${id}`)).json;

  const ended = (id: string): Promise<Run> =>
    until(async () => {
      const now = await run(id);
      return ['queued', 'running'].includes(now.state) ? undefined : now;
    });

  const itemsOf = async (id: string, query: string): Promise<TopologyItem[]> =>
    (await service.get(`/topologies/runs/${id}/items?${query}`)).json.items;

  const read = (name: string): string =>
    readFileSync(path.join(work, name), 'utf8');

  const liveModules = async (): Promise<Deployment[]> =>
    (
      (await service.get('/deployments')).json.deployments as Deployment[]
    ).filter(({ state }) => !['stopped', 'failed', 'stopping'].includes(state));

  it('go from pictures over boxes and classes to files, each thing with its origin', async () => {
    const pictures = document(
      {
        photos: { kind: 'files', pattern: 'photos/*.jpg' },
        boxes: {
          kind: 'transform',
          expression:
            '[{ "box": [0, 0, 0.5, 1], "label": "left", "score": 1 }, { "box": [0.5, 0, 1, 1], "label": "right", "score": 1 }]'
        },
        cut: { kind: 'crop' },
        small: { kind: 'resize', width: 40, height: 40, manner: 'cover' },
        classify: asking(CLASSIFIER, { top_k: 2 }),
        sides: { kind: 'merge', manner: 'list', of: '$.labels[0]' },
        parts: { kind: 'folder', folder: 'parts' },
        table: {
          kind: 'csv',
          file: 'sides.csv',
          columns: {
            name: '$origin.name',
            first: '$[0]',
            boxes: '$count($steps.boxes)'
          }
        },
        lines: { kind: 'json-lines', file: 'classes.jsonl' }
      },
      'photos.file -> boxes.value',
      'photos.file -> cut.picture',
      'boxes.value -> cut.boxes',
      'cut.picture -> small.picture',
      'small.picture -> parts.in',
      'cut.picture -> classify.image',
      'classify.answer -> sides.in',
      'classify.answer -> lines.in',
      'sides.value -> table.in'
    );
    const id = await begin(pictures);
    const last = await ended(id);
    expect([last.state, last.error]).toEqual(['succeeded', undefined]);
    expect(last.progress).toEqual({ done: 12, total: 12, unit: 'items' });
    expect(last.topology!.nodes.classify).toMatchObject({
      done: 24,
      failed: 0,
      waiting: 0,
      active: 0
    });
    const table = read('sides.csv').trimEnd().split('\r\n');
    expect(table[0]).toBe('name,first,boxes');
    expect(table).toHaveLength(13);
    expect(table[1]).toMatch(/^cat-0\.jpg,.+,2$/);
    const lines = read('classes.jsonl')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines).toHaveLength(24);
    expect(lines[0]).toMatchObject({
      origin: 'cat-0.jpg',
      value: { labels: expect.any(Array) }
    });
    const parts = readdirSync(path.join(work, 'parts'));
    expect(parts).toHaveLength(24);
    const part = sharp(path.join(work, 'parts', 'cat-3-2.jpg'));
    expect(await part.metadata()).toMatchObject({ width: 40, height: 40 });
    const [item] = await itemsOf(id, 'node=sides&limit=1');
    expect(item.parents).toHaveLength(2);
    const [cut] = await itemsOf(id, 'node=cut&port=picture&limit=1');
    const content = await service.get(
      `/topologies/runs/${id}/items/${cut.id}/content`
    );
    expect(content.headers['content-type']).toBe('image/jpeg');
    expect(content.headers['content-security-policy']).toBe('sandbox');
    // Started for this run, and not needed any more.
    await until(async () => (await liveModules()).length === 0);
    const again = await ended(await begin(pictures));
    expect(again.topology!.nodes.classify).toMatchObject({ cached: 24 });
    expect(await liveModules()).toEqual([]);
    expect((await service.get(`/runs/${id}/log`)).text).toContain(
      'Ended: succeeded'
    );
  });

  const rows = (sink: string, penguin = PENGUINS): object =>
    document(
      {
        birds: {
          kind: 'csv-column',
          file: 'penguins.csv',
          column: 'bill_length_mm'
        },
        depth: { kind: 'transform', expression: '$number($.bill_depth_mm)' },
        flipper: {
          kind: 'transform',
          expression: '$number($.flipper_length_mm)'
        },
        mass: { kind: 'transform', expression: '$number($.body_mass_g)' },
        species: asking(penguin),
        heavy: { kind: 'branch', condition: '$steps.mass > 3500' },
        table: { kind: 'csv', file: `${sink}.csv` },
        light: { kind: 'json-lines', file: `${sink}.jsonl` },
        kinds: {
          kind: 'merge',
          manner: 'vote',
          by: '$.labels[0]',
          of: '$.labels[0]'
        },
        each: { kind: 'folder', folder: `${sink}-kinds`, name: '$origin.name' }
      },
      'birds.value -> species.bill_length_mm',
      'birds.row -> depth.value',
      'birds.row -> flipper.value',
      'birds.row -> mass.value',
      'depth.value -> species.bill_depth_mm',
      'flipper.value -> species.flipper_length_mm',
      'mass.value -> species.body_mass_g',
      'species.answer -> heavy.in',
      'heavy.yes -> table.in',
      'heavy.no -> light.in',
      'species.answer -> kinds.in',
      'kinds.value -> each.in'
    );

  const written = (sink: string): Record<string, string> => ({
    csv: read(`${sink}.csv`),
    jsonl: read(`${sink}.jsonl`),
    ...Object.fromEntries(
      readdirSync(path.join(work, `${sink}-kinds`)).map(name => [
        name,
        read(`${sink}-kinds/${name}`)
      ])
    )
  });

  async function killModules(): Promise<void> {
    for (const { pid } of await liveModules()) {
      if (pid !== undefined) {
        process.kill(pid, 'SIGKILL');
      }
    }
  }

  it.each([1, 2])(
    'have every item once, and the same files, after service and modules were killed (seed %i)',
    async seed => {
      const calm = await ended(await begin(rows('calm'), { useCache: false }));
      expect(calm.state).toBe('succeeded');
      expect(calm.topology!.nodes.species).toMatchObject({
        done: ROWS - 10,
        failed: 10
      });
      const chance = chanceOf(seed);
      const sink = `killed-${seed}`;
      const id = await begin(rows(sink), { useCache: false });
      for (const base of [0.1, 0.35, 0.6]) {
        const moment = Math.round((base + chance() * 0.2) * ROWS);
        await until(async () => {
          const { state, progress } = await run(id);
          return state === 'succeeded' || (progress?.done ?? 0) >= moment;
        });
        await (chance() < 0.4 ? killModules() : Promise.resolve());
        await service.kill();
        service = await ServiceProcess.start(bundles.service, home);
      }
      const last = await ended(id);
      expect([last.state, last.error]).toEqual(['succeeded', undefined]);
      expect(last.topology!.nodes.species).toMatchObject({
        done: ROWS - 10,
        failed: 10
      });
      expect(written(sink)).toEqual(written('calm'));
      const [failed] = await itemsOf(id, 'node=species&state=failed&limit=1');
      expect(failed.error?.detail).toContain('bill_length_mm');
    }
  );

  it('rest, go on and end as they are told', async () => {
    const id = await begin(rows('steered'), { useCache: false });
    await until(async () => ((await run(id)).progress?.done ?? 0) > 50);
    expect((await service.post(`/runs/${id}/pause`)).json.state).toBe('paused');
    await service.kill();
    service = await ServiceProcess.start(bundles.service, home);
    expect((await run(id)).state).toBe('paused');
    await service.post(`/runs/${id}/resume`);
    expect((await ended(id)).state).toBe('succeeded');
    expect(written('steered')).toEqual(written('calm'));
    const other = await begin(rows('ended'), { useCache: false });
    const second = await service.post('/topologies/runs', {
      document: rows('ended'),
      path: path.join(work, 'test.topology')
    });
    expect([second.status, second.json.detail]).toEqual([
      409,
      expect.stringContaining('is writing to')
    ]);
    expect((await service.post(`/runs/${other}/cancel`)).json.state).toBe(
      'cancelled'
    );
    const removed = await until(async () => {
      const answer = await service.ask({
        method: 'DELETE',
        path: `/runs/${other}`
      });
      return answer.status === 409 ? undefined : answer;
    });
    expect(removed.status).toBe(204);
  });

  it('are checked with what is known of the machine', async () => {
    const given = document(
      {
        photos: { kind: 'files', pattern: 'nowhere/*.jpg' },
        classify: asking('builtin/gone'),
        odd: { kind: 'transform', expression: '$.a +' },
        table: { kind: 'csv', file: 'photos' }
      },
      'photos.file -> classify.image',
      'classify.answer -> odd.value',
      'odd.value -> table.in'
    );
    const { json } = await service.post('/topologies/check', {
      document: given,
      path: path.join(work, 'test.topology')
    });
    const check: TopologyCheck = json;
    expect(check.isRunnable).toBe(false);
    expect(check.problems.map(({ rule, node }) => [rule, node])).toEqual([
      ['module-unknown', 'classify'],
      ['expression', 'odd'],
      ['file-missing', 'photos'],
      ['sink-place', 'table']
    ]);
    const refused = await service.post('/topologies/runs', {
      document: given,
      path: path.join(work, 'test.topology')
    });
    expect([refused.status, refused.json.type]).toEqual([
      422,
      'urn:jupyterlab-deep:topology-invalid'
    ]);
    const over = await service.post('/topologies/check', {
      document: document(
        {
          birds: {
            kind: 'csv-column',
            file: 'penguins.csv',
            column: 'body_mass_g'
          },
          table: { kind: 'csv', file: './penguins.csv' }
        },
        'birds.row -> table.in'
      ),
      path: path.join(work, 'test.topology')
    });
    expect(over.json.problems).toContainEqual(
      expect.objectContaining({ rule: 'sink-over-source', node: 'table' })
    );
    const preview = await service.post('/topologies/preview', {
      expression: '$sum(a)',
      value: { a: [1, 2] }
    });
    expect(preview.json).toEqual({ value: 3 });
    const ports = await service.post('/topologies/modules', {
      module: PENGUINS
    });
    expect(ports.json.ports.inputs[0].name).toBe('bill_length_mm');
  });

  it('know what a module said of itself without starting it, also after it has changed', async () => {
    const known = async (module: string): Promise<KnownTopologyModule> =>
      (
        await service.get(
          `/topologies/modules?module=${encodeURIComponent(module)}`
        )
      ).json;
    const birds = 'builtin/birds';
    expect(await known('builtin/gone')).toEqual({ isCurrent: false });
    expect(await known(birds)).toEqual({ isCurrent: false });
    const { json } = await service.post('/topologies/modules', {
      module: birds
    });
    expect(await known(birds)).toEqual({ module: json, isCurrent: true });
    for (const { id } of await liveModules()) {
      await service.ask({ method: 'DELETE', path: `/deployments/${id}` });
    }
    await until(async () => (await liveModules()).length === 0);
    expect(await known(birds)).toEqual({ module: json, isCurrent: true });
    const about = path.join(home.modules, 'birds/module.json');
    const text = readFileSync(about, 'utf8');
    writeFileSync(about, text.replace('"version": "', '"version": "9'));
    expect(await known(birds)).toEqual({ module: json, isCurrent: false });
    writeFileSync(about, text);
    expect(await liveModules()).toEqual([]);
  });

  it('fail item by item where a module changes its API, and say so', async () => {
    const id = await begin(rows('changed', 'builtin/birds'), {
      useCache: false
    });
    await until(async () => ((await run(id)).progress?.done ?? 0) > 20);
    const about = path.join(home.modules, 'birds/module.json');
    const text = readFileSync(about, 'utf8');
    writeFileSync(about, text.replace('"bill_depth_mm"', '"beak_depth_mm"'));
    await killModules();
    const last = await ended(id);
    const { done, failed } = last.topology!.nodes.species;
    expect([last.state, done + failed]).toEqual(['succeeded', ROWS]);
    expect(failed).toBeGreaterThan(10);
    const [item] = await itemsOf(id, 'node=species&state=failed&limit=1');
    expect(item.error?.detail).toContain(
      'The API of builtin/birds has changed since the run began'
    );
  });

  describe('over a module elsewhere', () => {
    let server: Loopback;
    let elsewhere: string;
    let isMended = false;
    let asked: string[] = [];

    beforeAll(async () => {
      const described = standIn(['odd']);
      server = await Loopback.start((request, response) => {
        if (request.method !== 'POST') {
          described(request, response);
          return;
        }
        const pieces: Buffer[] = [];
        request.on('data', piece => pieces.push(piece));
        request.on('end', () => {
          const sent = Buffer.concat(pieces).toString('latin1');
          const name = /filename="([^"]+)"/.exec(sent)?.[1] ?? '';
          asked.push(name);
          answer(isMended ? `mended ${name}` : name, response);
        });
      });
      const { json } = await service.post('/deployments/connections', {
        address: server.host,
        allowPrivate: true
      });
      elsewhere = `deployment:${json.id}`;
    });
    afterAll(() => server.stop());

    /** Each picture has its own fate. */
    function answer(
      name: string,
      response: import('node:http').ServerResponse
    ): void {
      if (name === 'cat-1.jpg') {
        response.socket?.destroy();
        return;
      }
      const isPicture = name === 'cat-2.jpg';
      response.statusCode = name === 'cat-3.jpg' ? 500 : 200;
      response.setHeader(
        'content-type',
        isPicture ? 'image/png' : 'application/json'
      );
      response.end(
        isPicture
          ? '\x89PNG\r\n'
          : JSON.stringify({
              status: 'OK',
              predictions: [name.replace('mended ', '')]
            })
      );
    }

    /** Each picture by itself, beside its row of the table, and all answers in one. */
    const odd = (to: string): object =>
      document(
        {
          photos: {
            kind: 'csv-column',
            file: 'photos.csv',
            column: 'photo',
            isFile: true
          },
          odd: asking(elsewhere),
          both: { kind: 'merge', manner: 'list' },
          all: { kind: 'merge', manner: 'list', by: '"all"' },
          lines: { kind: 'json-lines', file: `${to}/lines.jsonl` },
          files: { kind: 'folder', folder: `${to}/files` },
          sum: { kind: 'csv', file: `${to}/all.csv` }
        },
        'photos.file -> odd.image',
        'photos.row -> both.in',
        'odd.answer -> both.in',
        'odd.answer -> all.in',
        'odd.answer -> lines.in',
        'both.value -> files.in',
        'all.value -> sum.in'
      );

    const filesIn = (folder: string): Record<string, string> =>
      Object.fromEntries(
        readdirSync(path.join(work, folder), { recursive: true })
          .map(String)
          .filter(name => path.extname(name) !== '')
          .map(name => [name, read(path.join(folder, name))])
      );

    it('the items that end it, fail or come back as something else fail alone', async () => {
      const id = await begin(
        document(
          {
            photos: { kind: 'files', pattern: 'photos/*.jpg' },
            odd: asking(elsewhere),
            lines: { kind: 'json-lines', file: 'odd.jsonl' }
          },
          'photos.file -> odd.image',
          'odd.answer -> lines.in'
        )
      );
      const last = await ended(id);
      expect([last.state, last.topology!.nodes.odd]).toMatchObject([
        'succeeded',
        { done: 9, failed: 3 }
      ]);
      const failed = await itemsOf(id, 'node=odd&state=failed');
      const says = Object.fromEntries(
        failed.map(({ origin, error }) => [origin.name, error?.detail])
      );
      expect(says['cat-1.jpg']).toContain('asked 3 times');
      expect(says['cat-2.jpg']).toContain(
        'answered image/png, where application/json was promised'
      );
      expect(says['cat-3.jpg']).toBeDefined();
      expect(read('odd.jsonl').trimEnd().split('\n')).toHaveLength(9);
    });

    it('what failed is done again, also over a kill, and what was made without it is made anew', async () => {
      const photos = readdirSync(path.join(work, 'photos'));
      const rows = photos.map(name => `photos/${name}`).join('\n');
      writeFileSync(path.join(work, 'photos.csv'), `photo\n${rows}\n`);
      const id = await begin(odd('again'), { useCache: false });
      expect((await ended(id)).topology!.nodes).toMatchObject({
        odd: { done: 9, failed: 3 },
        both: { done: 12, failed: 0 },
        sum: { done: 1 }
      });
      isMended = true;
      asked = [];
      const again = await service.post(`/runs/${id}/retry`);
      expect([again.status, again.json.state]).toEqual([202, 'running']);
      await service.kill();
      service = await ServiceProcess.start(bundles.service, home);
      const last = await ended(id);
      expect([last.state, last.topology!.nodes]).toMatchObject([
        'succeeded',
        {
          odd: { done: 12, failed: 0, waiting: 0 },
          both: { done: 12, failed: 0 },
          sum: { done: 1 }
        }
      ]);
      expect(new Set(asked)).toEqual(
        new Set(['cat-1.jpg', 'cat-2.jpg', 'cat-3.jpg'])
      );
      await ended(await begin(odd('calm-odd'), { useCache: false }));
      const written = filesIn('again');
      expect(Object.keys(written)).toHaveLength(14);
      expect(written).toEqual(filesIn('calm-odd'));
      const more = await service.post(`/runs/${id}/retry`);
      expect([more.status, more.json.detail]).toEqual([
        409,
        'Nothing of this run has failed.'
      ]);
    });
  });

  it('that lead to themselves are refused', async () => {
    const { json } = await service.post('/topologies/check', {
      document: document(
        { again: asking('builtin/looped') },
        'again.answer -> gone.in'
      ),
      path: path.join(work, 'test.topology')
    });
    expect(json.problems).toContainEqual(
      expect.objectContaining({
        rule: 'recursive',
        node: 'again',
        reason: expect.stringContaining('builtin/looped → builtin/looped')
      })
    );
  });

  (canMount() ? it : it.skip)(
    'rest with the reason where a sink is full, and go on when there is space (needs the right to mount a tmpfs)',
    async () => {
      const full = path.join(work, 'full');
      mkdirSync(full);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'deep', full]);
      try {
        const id = await begin(
          document(
            {
              birds: {
                kind: 'csv-column',
                file: 'penguins.csv',
                column: 'bill_length_mm'
              },
              long: {
                kind: 'transform',
                expression: '$pad("", 1000, "x") & $string($)'
              },
              lines: { kind: 'json-lines', file: 'full/lines.jsonl' }
            },
            'birds.value -> long.value',
            'long.value -> lines.in'
          )
        );
        const resting = await until(async () => {
          const now = await run(id);
          return now.state === 'paused' ? now : undefined;
        });
        expect(resting.error).toMatchObject({
          type: 'urn:jupyterlab-deep:no-space',
          detail: expect.stringContaining(full)
        });
        execFileSync('mount', ['-o', 'remount,size=8m', full]);
        await service.post(`/runs/${id}/resume`);
        expect((await ended(id)).state).toBe('succeeded');
        const lines = read('full/lines.jsonl').trimEnd().split('\n');
        expect(lines).toHaveLength(ROWS);
        expect(new Set(lines.map(line => JSON.parse(line).origin)).size).toBe(
          ROWS
        );
      } finally {
        execFileSync('umount', [full]);
      }
    }
  );
});

/** Only root may mount, and not in every container. */
function canMount(): boolean {
  const place = new TestHome();
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'deep', place.folder], {
      stdio: 'ignore'
    });
    execFileSync('umount', [place.folder]);
    return true;
  } catch {
    return false;
  } finally {
    place.remove();
  }
}
