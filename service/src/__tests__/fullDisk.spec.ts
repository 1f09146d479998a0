import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { Bundles, ROOT } from './bundles';
import { TestHome, until } from './home';
import { ServiceProcess } from './serviceProcess';

jest.setTimeout(60_000);

const BUILT = path.join(ROOT, 'jupyterlab_deep/modules/image-classifier');

/** Only root may mount, and not in every container. */
function canMount(): boolean {
  const home = new TestHome();
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'deep', home.folder], {
      stdio: 'ignore'
    });
    execFileSync('umount', [home.folder]);
    return true;
  } catch {
    return false;
  } finally {
    home.remove();
  }
}

function mount(folder: string, size: string): void {
  const options = ['-t', 'tmpfs', '-o', `size=${size}`];
  execFileSync('mount', [...options, 'deep', folder]);
}

const whenMountable = canMount() ? describe : describe.skip;

whenMountable('a full disk (needs the right to mount a tmpfs)', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess | undefined;

  beforeAll(() => (bundles = new Bundles()));
  afterAll(() => bundles.remove());

  beforeEach(() => {
    home = new TestHome();
    mkdirSync(home.modules);
    mkdirSync(home.data);
    symlinkSync(BUILT, path.join(home.modules, 'image-classifier'));
    mount(home.data, '1m');
  });

  afterEach(async () => {
    await service?.stop();
    service = undefined;
    execFileSync('umount', [home.data]);
    home.remove();
  });

  const filler = (): string => path.join(home.data, 'filler');

  function fill(): void {
    const { bavail, bsize } = statfsSync(home.data);
    writeFileSync(filler(), Buffer.alloc(bavail * bsize));
  }

  it('lets the service answer, say so, and go on when there is space again', async () => {
    service = await ServiceProcess.start(bundles.service, home);
    fill();
    const refused = [
      await service.post('/inference/uploads', { filename: 'a', sizeBytes: 9 }),
      await service.post('/deployments', { module: 'builtin/image-classifier' })
    ];
    for (const { status, json } of refused) {
      expect(status).toBe(507);
      expect(json.type).toBe('urn:jupyterlab-deep:no-space');
      expect(json.detail).toContain(home.store);
      expect(json.hint).toMatch(/Free space/);
    }
    const health = (await service.get('/health')).json;
    expect(health.store.freeBytes).toBe(0);
    expect((await service.get('/runs')).json.runs).toEqual([]);
    rmSync(filler());
    const upload = await service.post('/inference/uploads', {
      filename: 'a',
      sizeBytes: 9
    });
    expect(upload.status).toBe(201);
  });

  it('loses no piece that was acknowledged', async () => {
    service = await ServiceProcess.start(bundles.service, home);
    const sizeBytes = 600_000;
    const { id } = (
      await service.post('/inference/uploads', { filename: 'a', sizeBytes })
    ).json;
    const put = (offset: number) =>
      service?.ask({
        method: 'PUT',
        path: `/inference/uploads/${id}?offset=${offset}`,
        body: Buffer.alloc(300_000),
        headers: { 'content-type': 'application/octet-stream' }
      });
    expect((await put(0))?.status).toBe(200);
    fill();
    expect((await put(300_000))?.status).toBe(507);
    const kept = (await service.get(`/inference/uploads/${id}`)).json;
    expect(kept.receivedBytes).toBe(300_000);
    rmSync(filler());
    expect((await put(300_000))?.json.receivedBytes).toBe(sizeBytes);
  });

  it('acknowledges no piece that has room only in part', async () => {
    service = await ServiceProcess.start(bundles.service, home);
    const uploads = path.join(home.store, 'uploads');
    mkdirSync(uploads);
    // Of their own, so that only the piece finds no room.
    mount(uploads, '200k');
    try {
      const sizeBytes = 300_000;
      const { id } = (
        await service.post('/inference/uploads', { filename: 'a', sizeBytes })
      ).json;
      const put = () =>
        service?.ask({
          method: 'PUT',
          path: `/inference/uploads/${id}?offset=0`,
          body: Buffer.alloc(sizeBytes),
          headers: { 'content-type': 'application/octet-stream' }
        });
      expect((await put())?.status).toBe(507);
      execFileSync('mount', ['-o', 'remount,size=1m', uploads]);
      expect((await put())?.json.receivedBytes).toBe(sizeBytes);
    } finally {
      execFileSync('umount', [uploads]);
    }
  });

  (existsSync(BUILT) ? it : it.skip)(
    'fails a run that cannot keep its result, in words (needs the built image classifier)',
    async () => {
      service = await ServiceProcess.start(bundles.service, home);
      await service.post('/deployments', {
        module: 'builtin/image-classifier'
      });
      const deployment = await until(async () => {
        const { deployments } =
          (await service?.get('/deployments'))?.json ?? {};
        return deployments[0].state === 'ready' ? deployments[0] : undefined;
      });
      process.kill(deployment.pid, 'SIGSTOP');
      const { id } = (
        await service.post('/inference/predictions', {
          module: 'builtin/image-classifier',
          arguments: {},
          files: { image: { from: 'example', example: 'cat' } }
        })
      ).json;
      fill();
      process.kill(deployment.pid, 'SIGCONT');
      const run = await until(async () => {
        const run = (await service?.get(`/runs/${id}`))?.json;
        return run.state === 'failed' ? run : undefined;
      });
      expect(run.error.type).toBe('urn:jupyterlab-deep:no-space');
      rmSync(filler());
      const [listed] = (await service.get('/runs')).json.runs;
      expect(listed.state).toBe('failed');
    }
  );

  it('is named by a service that cannot start on it', async () => {
    mkdirSync(home.store, { recursive: true });
    fill();
    const starting = ServiceProcess.spawn(bundles.service, home);
    expect(await starting.exited).toBe(3);
    expect(starting.problem.type).toBe('urn:jupyterlab-deep:no-space');
  });
});
