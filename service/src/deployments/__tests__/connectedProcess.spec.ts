import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer, AddressInfo } from 'node:net';
import path from 'node:path';
import { modules } from '@jupyterlab-deep/kernel-helpers';
import { Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles, ROOT } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';

const BUILT = path.join(ROOT, 'jupyterlab_deep/modules/image-classifier');
const CAT = path.join(BUILT, 'examples/cat.jpg');
const MODULE = 'builtin/image-classifier';
const whenBuilt = existsSync(path.join(BUILT, 'onnx/model.onnx'))
  ? describe
  : describe.skip;

whenBuilt(
  'a connected module-runtime (needs the built image classifier)',
  () => {
    let bundles: Bundles;
    let home: TestHome;
    let service: ServiceProcess;
    let runtime: ChildProcess;
    let port: number;

    beforeAll(() => (bundles = new Bundles()));
    afterAll(() => bundles.remove());

    beforeEach(async () => {
      home = new TestHome();
      mkdirSync(home.modules);
      symlinkSync(BUILT, path.join(home.modules, 'image-classifier'));
      port = await freePort();
      runtime = await run(port);
      service = await ServiceProcess.start(bundles.service, home);
    });

    afterEach(async () => {
      runtime.kill('SIGKILL');
      if (existsSync(home.discovery)) {
        await service.stop();
      }
      home.remove();
    });

    async function freePort(): Promise<number> {
      const server = createServer();
      await new Promise<void>(resolve =>
        server.listen(0, '127.0.0.1', resolve)
      );
      const { port: free } = server.address() as AddressInfo;
      await new Promise(resolve => server.close(resolve));
      return free;
    }

    /** Somebody else's module. */
    async function run(atPort: number): Promise<ChildProcess> {
      const program = path.join(bundles.folder, 'module-runtime.mjs');
      const child = spawn(
        process.execPath,
        [program, '--model', BUILT, '--name', 'cats', '--port', String(atPort)],
        { stdio: ['ignore', 'pipe', 'inherit'] }
      );
      await once(child.stdout!, 'data');
      return child;
    }

    async function connect(module?: string): Promise<Deployment> {
      const answer = await service.post('/deployments/connections', {
        address: `127.0.0.1:${port}`,
        allowPrivate: true,
        module
      });
      expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
      return answer.json;
    }

    const get = async (id: string): Promise<Deployment> =>
      (await service.get(`/deployments/${id}`)).json;

    async function predict(module: string, image: object): Promise<Run> {
      const { json } = await service.post('/inference/predictions', {
        module,
        arguments: { top_k: 1 },
        files: { image }
      });
      return until(async () => {
        const run: Run = (await service.get(`/runs/${json.id}`)).json;
        return ['queued', 'running'].includes(run.state) ? undefined : run;
      });
    }

    async function labelsOf({ id }: Run): Promise<string[]> {
      return (await service.get(`/runs/${id}/result`)).json.labels;
    }

    it('predicts in the place of the module that it is, examples included', async () => {
      const { id } = await connect(MODULE);
      const example = { from: 'example', example: 'cat' };
      const run = await predict(MODULE, example);
      expect(run).toMatchObject({ state: 'succeeded', deployment: id });
      expect(await labelsOf(run)).toEqual(['Egyptian Mau']);
      const all = (await service.get('/deployments')).json.deployments;
      expect(all).toHaveLength(1);
      const found = await service.get(`/catalogue/modules/${MODULE}`);
      expect(found.json.fit.state).toBe('running');
      runtime.kill('SIGKILL');
      const failed = await predict(MODULE, example);
      expect(failed.error?.type).toBe('urn:jupyterlab-deep:module-unreachable');
      await until(async () => (await get(id)).state === 'unreachable');
      const local = await predict(MODULE, example);
      expect(local.state).toBe('succeeded');
      expect(local.deployment).not.toBe(id);
    });

    it('outlives a killed service, and a service that ends before it', async () => {
      const { id } = await connect();
      await service.kill();
      service = await ServiceProcess.start(bundles.service, home);
      await until(async () => (await get(id)).state === 'ready');
      expect(await service.stop()).toBe(0);
      expect(runtime.exitCode).toBeNull();
      service = await ServiceProcess.start(bundles.service, home);
      const run = await predict('connected/cats', { from: 'path', path: CAT });
      expect(await labelsOf(run)).toEqual(['Egyptian Mau']);
      expect(run.deployment).toBe(id);
    });

    it('does not keep the service from ending when nobody uses it', async () => {
      await service.stop();
      service = await ServiceProcess.start(bundles.service, home, {
        DEEP_LIMITS_IDLE_MINUTES: '0.05'
      });
      await connect();
      expect(await service.exited).toBe(0);
      expect(runtime.exitCode).toBeNull();
      service = await ServiceProcess.start(bundles.service, home);
    });

    it('is opened in cells by its id, its deployment and its address', async () => {
      const { id } = await connect();
      const before = { ...process.env };
      Object.assign(process.env, home.env);
      try {
        const targets = ['connected/cats', id, `http://127.0.0.1:${port}`];
        for (const target of targets) {
          const m = await modules.open(target);
          const { labels } = await m.predict({ image: CAT, top_k: 1 });
          expect(labels).toEqual(['Egyptian Mau']);
          await m.close();
        }
        runtime.kill('SIGKILL');
        await expect(modules.open(id)).resolves.toBeDefined();
        await until(async () => (await get(id)).state === 'unreachable');
        for (const target of ['connected/cats', id]) {
          await expect(modules.open(target)).rejects.toMatchObject({
            key: 'module-unreachable',
            detail: expect.stringContaining(`127.0.0.1:${port}`)
          });
        }
      } finally {
        process.env = before;
      }
    });
  }
);
