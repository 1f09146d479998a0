import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Consent, Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import {
  makeModule,
  missing,
  TOOLS
} from '../../pythonModules/__tests__/samples';

jest.setTimeout(60_000);

/** Learns nothing, and says so as modules of Keras do. */
const CODE = `
import os, time
from webargs import fields

def predict(**args):
    return 1

def get_train_args():
    return {
        "data_path": fields.Str(load_default="", metadata={"description": "Path of the data"}),
        "epochs": fields.Int(load_default=3),
        "seconds": fields.Float(load_default=0.2),
        "fail": fields.Bool(load_default=False),
    }

def train(data_path, epochs, seconds, fail):
    files = len(os.listdir(data_path))
    for epoch in range(1, epochs + 1):
        time.sleep(seconds)
        print(f"Epoch {epoch}/{epochs}", flush=True)
        print(f"loss: {1 / epoch:.4f} - accuracy: {1 - 1 / (epoch + 1):.4f}", flush=True)
    if fail:
        raise ValueError("boom")
    return {"files": files}
`;

const suite = missing ? describe.skip : describe;

suite(
  missing
    ? `trainings of DEEPaaS (skipped: there is no ${missing})`
    : 'trainings of DEEPaaS',
  () => {
    const home = new TestHome();
    const data = path.join(home.folder, 'pictures');
    let bundles: Bundles;
    let service: ServiceProcess;
    let module: string;
    let consent: Consent;

    const env = { ...TOOLS, DEEP_LIMITS_PYTHON_START_SECONDS: '60' };
    const launch = async (): Promise<void> => {
      service = await ServiceProcess.start(bundles.service, home, env);
    };

    beforeAll(async () => {
      bundles = new Bundles();
      mkdirSync(data);
      writeFileSync(path.join(data, 'a.txt'), 'a');
      writeFileSync(path.join(data, 'b.txt'), 'b');
      const place = path.join(home.folder, 'learner');
      makeModule(place, 'learner', CODE);
      await launch();
      const added = await service.post('/python/modules', { folder: place });
      module = added.json.id;
      const { json } = await service.get(
        `/python/question?module=${encodeURIComponent(module)}`
      );
      const { commit, lock } = json;
      consent = { commit, lock, folders: [data] };
    });

    afterAll(async () => {
      if (existsSync(home.discovery)) {
        await service.stop();
      }
      bundles.remove();
      home.remove();
    });

    const begin = (args: object): Promise<IAnswer> =>
      service.post('/training/trainings', {
        module,
        arguments: args,
        data: { data_path: { from: 'path', path: data } },
        consent
      });
    const runOf = async (id: string): Promise<Run> =>
      (await service.get(`/runs/${id}`)).json;
    const ended = (id: string): Promise<Run> =>
      until(async () => {
        const run = await runOf(id);
        return run.endedAt ? run : undefined;
      });
    const atWork = (id: string): Promise<Run> =>
      until(async () => {
        const run = await runOf(id);
        expect(run.error).toBeUndefined();
        return (run.training?.steps ?? 0) > 0 ? run : undefined;
      });
    const deployments = async (): Promise<Deployment[]> =>
      (await service.get('/deployments')).json.deployments;

    it('is refused without consent', async () => {
      const { status } = await service.post('/training/trainings', {
        module,
        arguments: {},
        data: { data_path: { from: 'path', path: data } }
      });
      expect(status).toBe(403);
    });

    it('has its numbers and its log from what the module prints; afterwards the module is restarted for its weights', async () => {
      const { status, json } = await begin({ epochs: 4 });
      expect([status, json.error]).toEqual([202, undefined]);
      const run = await ended(json.id);
      expect([run.state, run.error]).toEqual(['succeeded', undefined]);
      expect(run.training).toMatchObject({
        data: [{ argument: 'data_path', files: 2 }],
        environment: expect.stringMatching(/Python \(DEEPaaS\)/),
        steps: 4,
        metrics: { loss: 0.25, accuracy: 0.8 },
        curve: { metric: 'accuracy' }
      });
      const metrics = await service.get(`/runs/${json.id}/metrics`);
      expect(
        metrics.json.steps.map(({ step }: { step: number }) => step)
      ).toEqual([1, 2, 3, 4]);
      const log = await service.get(`/runs/${json.id}/log`);
      expect(log.text).toMatch(/Epoch 1\/4\nloss: 1.0000 - accuracy: 0.5000\n/);
      const result = await service.get(`/runs/${json.id}/result`);
      expect(result.json).toEqual({ files: 2 });
      await until(async () => {
        const [now] = (await deployments()).filter(
          ({ state }) => state === 'ready'
        );
        return now && now.id !== run.deployment;
      });
    });

    it('fails with the words of the module', async () => {
      const { json } = await begin({ epochs: 1, fail: true });
      expect(await ended(json.id)).toMatchObject({
        state: 'failed',
        error: { detail: expect.stringContaining('boom') }
      });
    });

    it('is cancelled although the module answers 500 to it', async () => {
      const { json } = await begin({ epochs: 1000 });
      await atWork(json.id);
      const cancelled = await service.post(`/runs/${json.id}/cancel`);
      expect([cancelled.status, cancelled.json.state]).toEqual([
        202,
        'cancelled'
      ]);
      const { deployment } = await runOf(json.id);
      const model = (await deployments()).find(({ id }) => id === deployment);
      const list = await service.get(
        `/deployments/${deployment}/http${model!.modelPath!.replace(/\/?$/, '/')}train/`
      );
      const running = list.json.filter(
        ({ status }: { status: string }) => status === 'running'
      );
      expect(running).toEqual([]);
    });

    it('goes on through a kill of the service, with every line of its log once', async () => {
      const { json } = await begin({ epochs: 25 });
      await atWork(json.id);
      await service.kill();
      await launch();
      const run = await ended(json.id);
      expect([run.state, run.training?.steps]).toEqual(['succeeded', 25]);
      const { text } = await service.get(`/runs/${json.id}/log`);
      for (const epoch of [1, 2, 10, 25]) {
        expect(text.split(`Epoch ${epoch}/25\n`)).toHaveLength(2);
      }
    });

    it('is interrupted when the module is restarted in the middle', async () => {
      await until(async () =>
        (await deployments()).some(({ state }) => state === 'ready')
      );
      const { json } = await begin({ epochs: 1000 });
      const { deployment } = await atWork(json.id);
      await service.post(`/deployments/${deployment}/restart`);
      expect(await ended(json.id)).toMatchObject({
        state: 'interrupted',
        error: { detail: expect.stringMatching(/stopped or restarted/) }
      });
    });
  }
);
