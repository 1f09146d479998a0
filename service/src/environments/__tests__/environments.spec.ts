import {
  ChildProcess,
  execFile,
  execFileSync,
  spawn
} from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { environments } from '@jupyterlab-deep/kernel-helpers';
import { SHOWN_AS } from '@jupyterlab-deep/kernel-helpers/display/bundle';
import { KernelEnvironment, Run } from '@jupyterlab-deep/protocol';
import { Bundles, ROOT } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { missing, TOOLS } from '../../pythonModules/__tests__/samples';

jest.setTimeout(180_000);

const run = promisify(execFile);
const DEFINITIONS = path.join(ROOT, 'environments');
const suite = missing ? describe.skip : describe;
const title = missing
  ? `environments for notebooks (skipped: there is no ${missing})`
  : 'environments for notebooks';
/** Cells as a person writes them: the library of the environment, ours, and what must not be seen of Jupyter's own. */
const CELLS = `
import sys, onnx, numpy
from importlib.util import find_spec
from jupyterlab_deep import client
print("MADE", onnx.__version__, sys.prefix, find_spec("jupyterlab") is None, len(client.search("classifier")))
`;

suite(title, () => {
  const home = new TestHome();
  const definitions = path.join(home.folder, 'definitions');
  const folder = path.join(home.store, 'environments');
  const kernel = path.join(folder, 'kernels', 'deep-onnx');
  const env = {
    ...TOOLS,
    DEEP_ENVIRONMENTS_PATH: `${definitions}:${DEFINITIONS}`
  };
  let bundles: Bundles;
  let service: ServiceProcess;

  const launch = async (more: Record<string, string> = {}): Promise<void> => {
    service = await ServiceProcess.start(bundles.service, home, {
      ...env,
      ...more
    });
  };

  beforeAll(async () => {
    bundles = new Bundles();
    mkdirSync(home.modules);
    define('broken-text', text => text.slice(0, 100));
    define('broken-lock', undefined, () => 'onnx==1.0.0\n');
    define('altered', undefined, lock =>
      lock.replace(/sha256:[0-9a-f]{8}/g, 'sha256:00000000')
    );
    await launch();
  });

  afterAll(async () => {
    await service?.stop();
    bundles?.remove();
    home.remove();
  });

  /** A copy of ONNX's definition with another description or list of packages. */
  function define(
    name: string,
    change = (text: string): string => text,
    changeLock = (lock: string): string => lock
  ): void {
    const to = path.join(definitions, name);
    cpSync(path.join(DEFINITIONS, 'onnx'), to, { recursive: true });
    const about = JSON.parse(read(path.join(to, 'environment.json')));
    const text = JSON.stringify({ ...about, name, title: name });
    writeFileSync(path.join(to, 'environment.json'), change(text));
    for (const lock of readdirSync(to).filter(file => file.endsWith('.txt'))) {
      const file = path.join(to, lock);
      writeFileSync(file, changeLock(read(file)));
    }
  }

  const read = (file: string): string => readFileSync(file, 'utf8');
  const list = async (): Promise<KernelEnvironment[]> =>
    (await service.get('/environments')).json.environments;
  const get = async (name: string): Promise<KernelEnvironment> =>
    (await service.get(`/environments/${name}`)).json;
  const remove = (name: string) =>
    service.ask({ method: 'DELETE', path: `/environments/${name}` });
  const runOf = async (id: string): Promise<Run> =>
    (await service.get(`/runs/${id}`)).json;
  const ended = (id: string): Promise<Run> =>
    until(async () => {
      const now = await runOf(id);
      return now.endedAt ? now : undefined;
    });
  const logOf = async (id: string): Promise<string> =>
    (await service.get(`/runs/${id}/log`)).text;

  async function create(name: string): Promise<Run> {
    const { status, json, text } = await service.post(`/environments/${name}`);
    expect([status, text]).toEqual([202, expect.any(String)]);
    return json;
  }

  it('tells what there is, what each takes here, and which descriptions are broken', async () => {
    const all = await list();
    const byName = new Map(all.map(each => [each.name, each]));
    expect([...byName.keys()]).toEqual(
      expect.arrayContaining([
        ...['jax', 'onnx', 'pytorch', 'scikit-learn', 'tensorflow'],
        ...['altered', 'broken-lock', 'broken-text']
      ])
    );
    const { plan, made, run } = byName.get('onnx')!;
    expect([made, run]).toEqual([undefined, undefined]);
    expect(plan).toMatchObject({
      device: 'cpu',
      why: expect.stringContaining('CPU'),
      packages: expect.any(Number),
      freeBytes: expect.any(Number)
    });
    expect(plan!.downloadBytes).toBeGreaterThan(10e6);
    expect(plan!.versions.map(({ name }) => name)).toContain('onnxruntime');
    expect(byName.get('broken-text')!.whyNot).toMatch(/is damaged/);
    expect(byName.get('broken-lock')!.whyNot).toMatch(
      /no package with its hashes: onnx==1.0.0/
    );
    const refused = await service.post('/environments/broken-lock');
    expect([refused.status, refused.json.type]).toEqual([
      503,
      'urn:jupyterlab-deep:environment-failed'
    ]);
    expect((await service.post('/environments/nothing')).status).toBe(404);
  });

  it('tells what this machine has', async () => {
    const { status, json } = await service.get('/machine');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      cpus: expect.any(Number),
      memoryBytes: expect.any(Number),
      gpuNote: expect.any(String),
      disk: { folder: home.store },
      python: expect.stringMatching(/^3\.\d+\.\d+/)
    });
    expect(json.disk.totalBytes).toBeGreaterThan(json.disk.freeBytes);
  });

  it('refuses a package whose file has another hash, and leaves nothing', async () => {
    const { id } = await create('altered');
    const { state, error } = await ended(id);
    expect(state).toBe('failed');
    expect(error!.detail).toMatch(/its hash differs/);
    expect(await until(() => isEmpty('making'))).toBe(true);
    expect((await get('altered')).made).toBeUndefined();
  });

  const isEmpty = (name: string): boolean =>
    readdirSync(path.join(folder, name)).length === 0;

  it('is made although the service is killed in the middle, and its kernel runs', async () => {
    const { id, kind } = await create('onnx');
    expect(kind).toBe('environment');
    // Asked for again, it is the same.
    expect((await create('onnx')).id).toBe(id);
    expect((await get('onnx')).run).toBe(id);
    await until(async () => {
      const { progress, endedAt } = await runOf(id);
      expect(endedAt).toBeUndefined();
      return progress && progress.done > 0;
    });
    expect(existsSync(kernel)).toBe(false);
    await service.kill();
    await launch();
    const { state, error } = await ended(id);
    expect([state, error]).toEqual(['succeeded', undefined]);
    expect(await logOf(id)).toMatch(/Going on/);
    const { made, plan, run: now } = await get('onnx');
    expect(now).toBeUndefined();
    expect(made).toMatchObject({
      kernel: 'deep-onnx',
      isCurrent: true,
      processes: 0,
      packages: plan!.packages,
      versions: plan!.versions
    });
    const { packages } = (await service.get('/environments/onnx/packages'))
      .json;
    expect(packages).toContainEqual(
      plan!.versions.find(({ name }) => name === 'onnx')
    );
    const said = await runCells();
    expect(said).toMatch(
      new RegExp(`^MADE [\\d.]+ ${kernel}/venv True \\d+$`, 'm')
    );
  });

  /** By a client of Jupyter that looks for kernels where we say. */
  async function runCells(): Promise<string> {
    const cells = path.join(home.folder, 'cells.py');
    writeFileSync(cells, CELLS);
    const { stdout, stderr } = await run(
      path.join(ROOT, '.venv/bin/jupyter'),
      ['run', '--kernel=deep-onnx', cells],
      { env: { ...home.env, JUPYTER_PATH: folder } }
    );
    return stdout + stderr;
  }

  it('is seen by cells, and neither removed nor replaced while something runs in it', async () => {
    const before = process.env;
    process.env = { ...before, ...home.env };
    const child = spawn(
      path.join(kernel, 'venv/bin/python'),
      ['-c', 'import time; time.sleep(600)'],
      { stdio: 'ignore' }
    );
    try {
      await until(async () => (await get('onnx')).made!.processes === 1);
      const refused = await remove('onnx');
      expect([refused.status, refused.json.detail]).toEqual([
        409,
        expect.stringContaining('a kernel or another program runs in it')
      ]);
      const found = await environments.list();
      const shown = (found as never)[SHOWN_AS] as () => Record<string, string>;
      expect(shown()['text/plain']).toMatch(/onnx +ONNX +ready +onnx \d/);
      const names = await environments.packages('onnx');
      expect(names.map(({ name }) => name)).toContain('ipykernel');
      await expect(environments.create('altered')).rejects.toMatchObject({
        key: 'environment-failed'
      });
      const making = environments.create('onnx', { device: 'cpu' });
      const { id } = await until(async () => {
        const { run } = await get('onnx');
        return run ? runOf(run) : undefined;
      });
      expect((await runOf(id)).environment!.act).toBe('update');
      await until(async () => /Waiting/.test((await runOf(id)).phase));
      const { madeAt } = (await get('onnx')).made!;
      await end(child);
      const { made } = await making;
      expect(made!.madeAt).not.toBe(madeAt);
    } finally {
      process.env = before;
      await end(child);
    }
  });

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
  }

  it('is removed whole, and a cancelled one leaves nothing', async () => {
    expect((await remove('onnx')).status).toBe(204);
    expect(isEmpty('kernels')).toBe(true);
    expect((await remove('onnx')).status).toBe(404);
    const { id } = await create('onnx');
    await until(async () => (await runOf(id)).progress !== undefined);
    expect((await remove('onnx')).status).toBe(409);
    expect((await service.post(`/runs/${id}/cancel`)).status).toBe(202);
    expect(await until(() => isEmpty('making'))).toBe(true);
    expect((await get('onnx')).run).toBeUndefined();
  });

  it('says when the package index cannot be reached', async () => {
    await service.stop();
    await launch({
      UV_CACHE_DIR: path.join(home.folder, 'cache'),
      UV_DEFAULT_INDEX: 'http://127.0.0.1:9/simple'
    });
    const { id } = await create('onnx');
    const { state, error } = await ended(id);
    expect([state, error!.detail]).toEqual([
      'failed',
      'The environment ONNX could not be made: the package index could not be reached.'
    ]);
    expect(error!.hint).toMatch(/mirror/);
  });

  const whenMountable = canMount() ? it : it.skip;

  whenMountable(
    'says that the disk is too small before anything, and when it fills (needs the right to mount a tmpfs)',
    async () => {
      await service.stop();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=50m', 'deep', folder]);
      try {
        await launch();
        const refused = await service.post('/environments/onnx');
        expect([refused.status, refused.json.detail]).toEqual([
          507,
          expect.stringMatching(/needs about .* on the disk of .* are free/)
        ]);
        execFileSync('mount', ['-o', 'remount,size=230m', folder]);
        define('too-large', text =>
          text.replaceAll(/"(installed|download)Bytes":\d+/g, '"$1Bytes":0')
        );
        const { id } = await create('too-large');
        const { state, error } = await ended(id);
        expect([state, error!.type]).toEqual([
          'failed',
          'urn:jupyterlab-deep:no-space'
        ]);
        expect(await until(() => isEmpty('making'))).toBe(true);
      } finally {
        await service.stop();
        execFileSync('umount', [folder]);
      }
    }
  );
});

/** Only root may mount, and not in every container. */
function canMount(): boolean {
  const home = new TestHome();
  try {
    const options = { stdio: 'ignore' } as const;
    execFileSync('mount', ['-t', 'tmpfs', 'deep', home.folder], options);
    execFileSync('umount', [home.folder]);
    return true;
  } catch {
    return false;
  } finally {
    home.remove();
  }
}
