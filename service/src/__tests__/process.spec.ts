import { spawn } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { STORE_VERSION } from '../store/migrations';
import { Bundles } from './bundles';
import { ask } from './client';
import { TestHome, until } from './home';
import { ServiceProcess } from './serviceProcess';

jest.setTimeout(60_000);

describe('the process of the service', () => {
  let bundles: Bundles;
  let home: TestHome;
  let running: ServiceProcess[];

  beforeAll(() => (bundles = new Bundles()));
  afterAll(() => bundles.remove());

  beforeEach(() => {
    home = new TestHome();
    mkdirSync(home.modules);
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map(service => service.kill()));
    home.remove();
  });

  async function start(env = {}): Promise<ServiceProcess> {
    const service = await ServiceProcess.start(bundles.service, home, env);
    running.push(service);
    return service;
  }

  function spawnOne(env = {}): ServiceProcess {
    const service = ServiceProcess.spawn(bundles.service, home, env);
    running.push(service);
    return service;
  }

  async function command(...words: string[]): Promise<string> {
    const child = spawn(process.execPath, [bundles.service, ...words], {
      env: home.env
    });
    const pieces: Buffer[] = await child.stdout.toArray();
    return Buffer.concat(pieces).toString('utf8');
  }

  const mkdir = (folder: string): string => {
    mkdirSync(folder);
    return folder;
  };

  it('answers, and says where it is to its user alone', async () => {
    const service = await start();
    expect((await service.get('/health')).status).toBe(200);
    const { socket, pid, host, token } = service.discovery;
    expect({ pid, host }).toEqual({ pid: service.child.pid, host: hostname() });
    expect(token.length).toBeGreaterThan(30);
    const mode = (file: string): string =>
      (statSync(file).mode & 0o777).toString(8);
    expect(mode(home.discovery)).toBe('600');
    expect(mode(socket)).toBe('600');
    expect(mode(path.dirname(socket))).toBe('700');
    expect(mode(home.store)).toBe('700');
    expect(mode(path.join(home.store, 'deep.sqlite'))).toBe('600');
    expect(mode(path.join(home.store, 'service.log'))).toBe('600');
  });

  it('makes a new token at each start and writes it nowhere else', async () => {
    const first = await start();
    const { token } = first.discovery;
    await first.get('/health');
    await first.stop();
    const second = await start();
    expect(second.discovery.token).not.toBe(token);
    for (const name of readdirSync(home.store)) {
      const file = path.join(home.store, name);
      if (statSync(file).isFile()) {
        expect(readFileSync(file, 'latin1')).not.toContain(token);
      }
    }
  });

  it('ends once its program was updated, and the new one takes its place', async () => {
    const before = await start();
    const update = `${bundles.service}.new`;
    copyFileSync(bundles.service, update);
    renameSync(update, bundles.service);
    expect(await before.exited).toBe(0);
    const log = readFileSync(path.join(home.store, 'service.log'), 'utf8');
    expect(log).toContain('it was updated');
    expect((await (await start()).get('/health')).status).toBe(200);
  });

  it('is one for each store: a second start leaves it to the first', async () => {
    const first = await start();
    const second = spawnOne();
    expect(await second.exited).toBe(0);
    expect(first.discovery.pid).toBe(first.child.pid);
    expect((await first.get('/health')).status).toBe(200);
  });

  it('comes up once when many start at the same time', async () => {
    const many = Array.from({ length: 4 }, () => spawnOne());
    const losers = many.map(({ exited }) => exited.then(code => code));
    await until(() => existsSync(home.discovery));
    const { pid } = many[0].discovery;
    const codes = await Promise.all(
      losers.filter((_, index) => many[index].child.pid !== pid)
    );
    expect(codes).toEqual([0, 0, 0]);
  });

  it('is found from a second runtime folder of the same user', async () => {
    const first = await start();
    const runtime = path.join(home.folder, 'r2');
    const second = spawnOne({ DEEP_RUNTIME_DIR: runtime });
    expect(await second.exited).toBe(0);
    const copy = path.join(runtime, 'deep', 'service.json');
    expect(JSON.parse(readFileSync(copy, 'utf8'))).toEqual(first.discovery);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
  });

  describe('whose runtime folder another store shares', () => {
    const other = (): Record<string, string> => ({
      DEEP_STORE_DIRECTORY: path.join(home.folder, 's2')
    });

    it('says which store it serves, and is still found by its own', async () => {
      const first = await start();
      const { discovery } = first;
      expect(discovery.store).toBe(realpathSync(home.store));
      const second = await start(other());
      expect(second.discovery.store).not.toBe(discovery.store);
      const holder = path.join(home.store, 'holder.json');
      const named = JSON.parse(readFileSync(holder, 'utf8')).discovery;
      expect(JSON.parse(readFileSync(named, 'utf8'))).toEqual(discovery);
      expect(statSync(named).mode & 0o777).toBe(0o600);
      const status = JSON.parse(await command('status'));
      expect(status.health.pid).toBe(first.child.pid);
      const starter = spawnOne();
      expect(await starter.exited).toBe(0);
      expect(starter.discovery).toEqual(discovery);
    });

    it('leaves the other one findable when it ends', async () => {
      const first = await start();
      const second = await start(other());
      expect(await first.stop()).toBe(0);
      expect(second.discovery.pid).toBe(second.child.pid);
      expect((await second.get('/health')).status).toBe(200);
      expect(await second.stop()).toBe(0);
      expect(existsSync(home.discovery)).toBe(false);
    });
  });

  it.each([
    ['is not there', () => undefined],
    ['is a file', (folder: string) => writeFileSync(folder, '')],
    // Only root can make a folder of another user.
    ...(process.getuid?.() === 0
      ? [['is another user’s', (name: string) => chownSync(mkdir(name), 1, 1)]]
      : [])
  ] as [string, (folder: string) => void][])(
    'uses the temporary folder when XDG_RUNTIME_DIR %s',
    async (_, make) => {
      const folder = path.join(home.folder, 'xdg');
      make(folder);
      const temporary = mkdir(path.join(home.folder, 't'));
      const env = { XDG_RUNTIME_DIR: folder, TMPDIR: temporary };
      const { discovery } = await start(env);
      expect(path.dirname(path.dirname(discovery.socket))).toBe(temporary);
    }
  );

  it('starts with a proxy that has no scheme', async () => {
    const service = await start({ HTTP_PROXY: 'myproxy:3128' });
    expect((await service.get('/health')).status).toBe(200);
  });

  it('starts again after a SIGKILL, over its stale socket and discovery file', async () => {
    const first = await start();
    await first.kill();
    expect(existsSync(home.discovery)).toBe(true);
    const second = await start();
    expect((await second.get('/health')).status).toBe(200);
  });

  it('leaves nothing behind when it is told to end', async () => {
    const service = await start();
    const { socket } = service.discovery;
    const events = ask(socket, service.discovery.token, { path: '/events' });
    expect(await service.stop()).toBe(0);
    expect((await events).status).toBe(200);
    expect(existsSync(home.discovery)).toBe(false);
    expect(readdirSync(path.dirname(socket))).toEqual([]);
    expect(existsSync(path.join(home.store, 'holder.json'))).toBe(false);
  });

  it('ends some time after the last client, and not while one lives', async () => {
    const client = spawn('sleep', ['60']);
    const service = await start({ DEEP_LIMITS_IDLE_MINUTES: '0.05' });
    const headers = { 'x-deep-client': `kernel:${client.pid}` };
    await service.ask({ path: '/health', headers });
    await new Promise(resolve => setTimeout(resolve, 4_500));
    expect(service.child.exitCode).toBeNull();
    client.kill('SIGKILL');
    expect(await service.exited).toBe(0);
    expect(existsSync(home.discovery)).toBe(false);
  });

  describe('refuses to start with exit code 3 and one problem', () => {
    async function refusal(env = {}): Promise<ServiceProcess['problem']> {
      const service = spawnOne(env);
      expect(await service.exited).toBe(3);
      expect(service.stderr.trim().split('\n')).toHaveLength(1);
      return service.problem;
    }

    it('when a service of another host holds the store', async () => {
      mkdirSync(home.store, { recursive: true });
      const lock = new DatabaseSync(path.join(home.store, 'lock.sqlite'));
      lock.exec('BEGIN EXCLUSIVE');
      writeFileSync(
        path.join(home.store, 'holder.json'),
        JSON.stringify({ host: 'node-7', pid: 12, startedAt: 'noon' })
      );
      const problem = await refusal();
      lock.close();
      expect(problem.type).toBe('urn:jupyterlab-deep:service-elsewhere');
      expect(problem.detail).toContain('node-7 (process 12');
      expect(problem.hint).toContain('DEEP_STORE_DIRECTORY');
    });

    it('when the store is of a newer version, and then frees the lock', async () => {
      mkdirSync(home.store, { recursive: true });
      const file = path.join(home.store, 'deep.sqlite');
      const newer = new DatabaseSync(file);
      newer.exec('PRAGMA user_version = 99');
      newer.close();
      expect((await refusal()).type).toBe('urn:jupyterlab-deep:store-newer');
      rmSync(file);
      expect((await (await start()).get('/health')).status).toBe(200);
    });

    it("when the administrator's file is wrong", async () => {
      mkdirSync(home.config);
      const file = path.join(home.config, 'deep.json');
      writeFileSync(file, '{"limits":{"uploadMb":"many"}}');
      const problem = await refusal();
      expect(problem.type).toBe('urn:jupyterlab-deep:configuration-invalid');
      expect(problem.detail).toContain(`${file} is not valid`);
      expect(problem.detail).toContain('`limits.uploadMb` must be number');
    });

    it('when the folder for sockets cannot be made', async () => {
      const file = path.join(home.folder, 'file');
      writeFileSync(file, '');
      const problem = await refusal({ XDG_RUNTIME_DIR: '', TMPDIR: file });
      expect(problem.detail).toContain(`The folder for sockets, ${file}/`);
      expect(problem.detail).toContain('cannot be made: ');
      expect(problem.hint).toContain('XDG_RUNTIME_DIR');
    });

    it('when something happens that nobody foresaw, in words about the start', async () => {
      mkdirSync(path.join(home.store, 'lock.sqlite'), { recursive: true });
      const problem = await refusal();
      expect(problem.type).toBe('urn:jupyterlab-deep:internal');
      expect(problem.detail).toMatch(/^The service could not be started: /);
    });

    it('when the folder for sockets is not private', async () => {
      const service = await start();
      const folder = path.dirname(service.discovery.socket);
      await service.stop();
      rmSync(folder, { recursive: true });
      mkdirSync(folder, { mode: 0o755 });
      expect((await refusal()).detail).toContain(folder);
    });
  });

  it('says so in its health when the store was damaged', async () => {
    mkdirSync(home.store, { recursive: true });
    writeFileSync(path.join(home.store, 'deep.sqlite'), 'x'.repeat(10_000));
    const { notes } = (await (await start()).get('/health')).json;
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('deep.sqlite.damaged-');
  });

  it('ends runs of a service that died as interrupted, with the reason', async () => {
    const first = await start();
    await first.stop();
    const database = new DatabaseSync(path.join(home.store, 'deep.sqlite'));
    const run = {
      id: 'r1',
      kind: 'prediction',
      title: 't',
      module: 'm/n',
      state: 'running',
      phase: 'Predicting',
      arguments: {},
      inputs: [],
      createdAt: new Date().toISOString()
    };
    database
      .prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)')
      .run('r1', 'm/n', 'running', run.createdAt, JSON.stringify(run), '[]');
    database.close();
    const second = await start();
    const [ended] = (await second.get('/runs')).json.runs;
    expect(ended).toMatchObject({
      state: 'interrupted',
      error: { type: 'urn:jupyterlab-deep:interrupted' }
    });
    expect(ended.error.detail).toContain('The service ended');
    expect(
      (await second.ask({ method: 'DELETE', path: '/runs/r1' })).status
    ).toBe(204);
    expect((await second.get('/runs')).json.runs).toEqual([]);
  });

  describe('asked without starting anything', () => {
    it('says that no service runs, and makes no folder', async () => {
      expect(JSON.parse(await command('status'))).toEqual({
        isRunning: false
      });
      const report = JSON.parse(await command('doctor', '--json'));
      expect(report.store.exists).toBe(false);
      expect(report.problems).toEqual([]);
      expect(existsSync(home.store)).toBe(false);
    });

    it('says how the running one is, without its token', async () => {
      const service = await start();
      const text = await command('doctor', '--json');
      const report = JSON.parse(text);
      expect(report.service.health.pid).toBe(service.child.pid);
      expect(report.holder.pid).toBe(service.child.pid);
      expect(report.store.schema).toBe(STORE_VERSION);
      expect(text + (await command('status'))).not.toContain(
        service.discovery.token
      );
    });

    it('says what is wrong and how to mend it', async () => {
      const service = await start();
      await service.kill();
      mkdirSync(path.join(home.modules, 'bare'));
      mkdirSync(home.config);
      writeFileSync(path.join(home.config, 'deep.json'), '{"limit":{}}');
      const { problems } = JSON.parse(await command('doctor', '--json'));
      const text = JSON.stringify(problems);
      expect(text).toContain('`limit` is not a known key');
      expect(text).toContain('does not answer');
      expect(text).toContain('builtin/bare: module.json cannot be read');
    });

    it("prints the schema of the administrator's file", async () => {
      const schema = JSON.parse(await command('admin-schema'));
      expect(schema.properties.limits.properties.uploadMb.minimum).toBe(1);
    });
  });
});
