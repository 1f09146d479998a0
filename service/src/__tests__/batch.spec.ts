import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles, ROOT } from './bundles';
import { TestHome, until } from './home';
import { ServiceProcess } from './serviceProcess';

jest.setTimeout(120_000);

const BUILT = path.join(ROOT, 'jupyterlab_deep/modules/image-classifier');
const MODULE = 'builtin/image-classifier';
const FILES = 500;
/** For what needs no long run. */
const FEW = 150;
const whenBuilt = existsSync(path.join(BUILT, 'onnx/model.onnx'))
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

whenBuilt('a batch of 500 files (needs the built image classifier)', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;
  let photos: string;
  let picture: Buffer;

  beforeAll(async () => {
    bundles = new Bundles();
    const cat = path.join(BUILT, 'examples/cat.jpg');
    picture = await sharp(cat).resize(64, 64).jpeg().toBuffer();
  });
  afterAll(() => bundles.remove());

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    symlinkSync(BUILT, path.join(home.modules, 'image-classifier'));
    photos = path.join(home.folder, 'photos');
    mkdirSync(photos);
    service = await ServiceProcess.start(bundles.service, home);
  });

  afterEach(async () => {
    await service.stop();
    home.remove();
  });

  const nameOf = (index: number): string =>
    index === 7 ? 'a "quoted",\nname ü.jpg' : `${index}.jpg`;

  async function begin(files: number): Promise<string> {
    for (let index = 0; index < files; index++) {
      writeFileSync(path.join(photos, nameOf(index)), picture);
    }
    const each = {
      argument: 'image',
      from: 'path',
      folder: photos,
      pattern: '*.jpg'
    };
    const { status, text, json } = await service.post('/inference/batches', {
      module: MODULE,
      arguments: { top_k: 2 },
      each
    });
    expect([status, text]).toEqual([202, expect.any(String)]);
    return json.id;
  }

  const run = async (id: string): Promise<Run> =>
    (await service.get(`/runs/${id}`)).json;

  const doneOf = async (id: string): Promise<number> =>
    (await run(id)).progress?.done ?? 0;

  const reaches = (id: string, done: number): Promise<true> =>
    until(async () => (await doneOf(id)) >= done || undefined) as Promise<true>;

  const ended = (id: string): Promise<Run> =>
    until(async () => {
      const now = await run(id);
      return ['queued', 'running'].includes(now.state) ? undefined : now;
    });

  async function killModule(): Promise<void> {
    const { deployments } = (await service.get('/deployments')).json;
    const live = (deployments as Deployment[]).find(
      ({ state }) => state === 'ready'
    );
    if (live?.pid !== undefined) {
      process.kill(live.pid, 'SIGKILL');
    }
  }

  async function killService(): Promise<void> {
    await service.kill();
    service = await ServiceProcess.start(bundles.service, home);
  }

  function expectEveryItemOnce({ batch }: Run, count: number): void {
    const { path: folder, lines, table } = batch!.results;
    const rows = readFileSync(path.join(folder, lines), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    const names = Array.from({ length: count }, (_, at) => nameOf(at)).sort();
    expect(rows.map(row => row.path).sort()).toEqual(names);
    expect(rows.filter(({ state }) => state !== 'done')).toEqual([]);
    expect(rows[0].answer.labels).toHaveLength(2);
    const csv = readFileSync(path.join(folder, table), 'utf8');
    const files = csv
      .replaceAll('"a ""quoted"",\nname ü.jpg"', 'strange')
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map(line => line.split(',')[0]);
    expect(files.sort()).toEqual(
      names.map(name => (name.startsWith('a') ? 'strange' : name)).sort()
    );
  }

  it.each([1])(
    'has every item once after module, service and both were killed (seed %i)',
    async seed => {
      const chance = chanceOf(seed);
      const id = await begin(FILES);
      const at = [0.1, 0.35, 0.6].map(base =>
        Math.round((base + chance() * 0.2) * FILES)
      );
      const acts = [killModule, killService, killModule];
      for (const [index, done] of at.entries()) {
        await reaches(id, done);
        await acts[index]();
      }
      await killService();
      const last = await ended(id);
      expect([last.state, last.error]).toEqual(['succeeded', undefined]);
      expect(last.progress).toMatchObject({ done: FILES, total: FILES });
      expectEveryItemOnce(last, FILES);
    }
  );

  it('rests while it is paused, also over an end of the service, and goes on when it is told', async () => {
    const id = await begin(FEW);
    await reaches(id, 50);
    expect((await service.post(`/runs/${id}/pause`)).json.state).toBe('paused');
    await killService();
    const resting = await run(id);
    expect(resting.state).toBe('paused');
    expect((await service.post(`/runs/${id}/resume`)).status).toBe(202);
    expectEveryItemOnce(await ended(id), FEW);
  });

  it('ends when it is cancelled, keeps what it has, and is deleted with its record', async () => {
    const id = await begin(FEW);
    await reaches(id, 50);
    const cancelled = (await service.post(`/runs/${id}/cancel`)).json as Run;
    expect(cancelled.state).toBe('cancelled');
    const { items } = (await service.get(`/runs/${id}/items?limit=20`)).json;
    expect(items).toHaveLength(20);
    expect(items[0]).toMatchObject({
      state: 'done',
      label: expect.any(String)
    });
    const removed = await until(async () => {
      const answer = await service.ask({
        method: 'DELETE',
        path: `/runs/${id}`
      });
      return answer.status === 409 ? undefined : answer;
    });
    expect(removed.status).toBe(204);
    expect(existsSync(path.join(home.store, 'runs', id))).toBe(false);
    expect(existsSync(cancelled.batch!.results.path)).toBe(true);
  });
});
