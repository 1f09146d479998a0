import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Consent, Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles, ROOT } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import {
  lendPeers,
  missing,
  missingPeers,
  PEERS,
  TOOLS
} from '../../pythonModules/__tests__/samples';

jest.setTimeout(120_000);

const PROJECT = path.join(ROOT, 'examples/modules/table-classifier');
const MODULE = 'builtin/table-classifier';
const JUPYTER = 'jupyter:1';

/** What the module answers: of one row its classes, of a table a row each. */
interface IAnswered {
  model: string;
  labels: string[];
  probabilities: number[];
  predictions: { label: string }[];
}

const lacking = [missing, missingPeers].filter(Boolean).join(' and ');
const suite = lacking ? describe.skip : describe;

suite(
  lacking
    ? `the example table-classifier (skipped: there is no ${lacking})`
    : 'the example table-classifier',
  () => {
    const home = new TestHome();
    const folder = path.join(home.modules, 'table-classifier');
    const data = path.join(home.folder, 'my data');
    let bundles: Bundles;
    let service: ServiceProcess;
    let consent: Consent;

    beforeAll(async () => {
      bundles = new Bundles();
      mkdirSync(data);
      // What somebody trained or ran in the project's own folder is none of the test's.
      cpSync(PROJECT, folder, {
        recursive: true,
        filter: file =>
          !/__pycache__|egg-info|\.pytest_cache|\/(models|data)\/[^.]/.test(
            file.slice(PROJECT.length)
          )
      });
      service = await ServiceProcess.start(bundles.service, home, TOOLS);
      const { json } = await service.get(`/python/question?module=${MODULE}`);
      expect([json.note, json.requirements]).toEqual([
        undefined,
        expect.arrayContaining(['deepaas==2.6.0'])
      ]);
      lendPeers(home, json.lock);
      const { commit, lock } = json;
      consent = { commit, lock, folders: [data, PEERS] };
    });

    afterAll(async () => {
      await service?.stop();
      bundles?.remove();
      home.remove();
    });

    const begin = async (
      what: 'training/trainings' | 'inference/predictions',
      body: object
    ): Promise<Run> => {
      const { status, json } = await service.ask({
        method: 'POST',
        path: `/${what}`,
        body: { module: MODULE, consent, ...body },
        headers: {
          'x-deep-root': encodeURI(data),
          'x-deep-client': JUPYTER
        }
      });
      expect([status, json.detail]).toEqual([202, undefined]);
      return json;
    };
    const ended = (id: string): Promise<Run> =>
      until(async () => {
        const { json } = await service.get(`/runs/${id}`);
        return json.endedAt ? json : undefined;
      });
    const predict = async (
      args: object,
      files: object = {}
    ): Promise<[Run, IAnswered]> => {
      const { id } = await begin('inference/predictions', {
        arguments: args,
        files,
        accept: 'application/json'
      });
      const run = await ended(id);
      const { json } = await service.get(`/runs/${id}/result`);
      return [run, json];
    };
    const train = (args: object): Promise<Run> =>
      begin('training/trainings', {
        arguments: { target: 'cultivar', ...args },
        data: { data: { from: 'jupyter', path: 'wine.csv' } }
      });
    const ready = (but?: string): Promise<Deployment> =>
      until(async () => {
        const { json } = await service.get('/deployments');
        return (json.deployments as Deployment[]).find(
          ({ id, state }) => state === 'ready' && id !== but
        );
      });
    const offered = async ({ id }: Deployment): Promise<string[]> =>
      (await service.get(`/deployments/${id}/api`)).json.predict.properties
        .model.enum;
    const trained = (): string[] => readdirSync(path.join(folder, 'models'));

    it('is listed with its metadata, which keep to every rule', async () => {
      const { json } = await service.get(`/catalogue/modules/${MODULE}`);
      expect(json).toMatchObject({
        title: 'Table classifier',
        runtime: 'python',
        version: '1.0.0',
        problems: [],
        broken: false
      });
      expect(json.capabilities).toEqual(
        expect.arrayContaining(['inference', 'trainable', 'pre-trained'])
      );
    });

    it('answers at once with what its form shows, by a model that it made when it started', async () => {
      const [run, answer] = await predict({});
      expect([run.state, run.error]).toEqual(['succeeded', undefined]);
      expect(answer).toMatchObject({ model: 'wine-sample' });
      expect(answer.labels[0]).toBe('cultivar 1');
      expect(answer.probabilities[0]).toBeGreaterThan(0.9);
      expect(trained()).toEqual(['.gitignore']);
      cpSync(path.join(folder, 'data/wine.csv'), path.join(data, 'wine.csv'));
    });

    it('says which argument of its training takes the path of data', async () => {
      const { id } = await ready();
      const { json } = await service.get(`/deployments/${id}/api`);
      expect(json.train.properties).toMatchObject({
        data: { type: 'string', format: 'path' },
        target: { type: 'string', default: 'label' }
      });
    });

    it('says at its argument what it cannot use', async () => {
      const [run] = await predict({ values: '{"alcohol": 13}' });
      expect(run).toMatchObject({
        state: 'failed',
        error: {
          type: 'urn:jupyterlab-deep:invalid-arguments',
          fields: { values: [expect.stringContaining('malic_acid, ash')] }
        }
      });
    });

    it('learns with its numbers in sight; restarted, it offers the new model, which is right', async () => {
      const before = await ready();
      const run = await ended((await train({ epochs: 12, name: 'cellar' })).id);
      expect([run.state, run.error]).toEqual(['succeeded', undefined]);
      expect(run.training).toMatchObject({
        steps: 12,
        curve: { metric: 'val_accuracy' },
        data: [{ argument: 'data', files: 1 }],
        metrics: {
          accuracy: expect.any(Number),
          loss: expect.any(Number)
        }
      });
      expect(run.training!.metrics.val_accuracy).toBeGreaterThan(0.9);
      const { json } = await service.get(`/runs/${run.id}/metrics`);
      expect(json.steps.map(({ step }: { step: number }) => step)).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 1)
      );
      const { json: result } = await service.get(`/runs/${run.id}/result`);
      expect(result.confusion.labels).toHaveLength(3);
      const log = await service.get(`/runs/${run.id}/log`);
      expect(log.text).toContain('178 rows, 13 columns and 3 classes');
      expect(log.text).toContain('Saved as models/cellar');

      const after = await ready(before.id);
      expect(await offered(before).catch(() => 'gone')).not.toContain('cellar');
      expect(await offered(after)).toEqual(['cellar', 'wine-sample']);
      const [predicted, answer] = await predict(
        {},
        { table: { from: 'jupyter', path: 'wine.csv' } }
      );
      expect([predicted.state, answer.model]).toEqual(['succeeded', 'cellar']);
      const wines = readFileSync(path.join(data, 'wine.csv'), 'utf8');
      const was = wines.trim().split('\n').slice(1);
      const right = answer.predictions.filter(({ label }, index) =>
        was[index].trim().endsWith(label)
      );
      expect([was.length, answer.predictions.length]).toEqual([178, 178]);
      expect(right.length).toBeGreaterThan(165);
    });

    it('fails in its own words where the data lack the column of classes', async () => {
      const run = await ended((await train({ target: 'grape' })).id);
      expect(run).toMatchObject({
        state: 'failed',
        error: {
          detail: expect.stringContaining(
            'wine.csv has no column grape: it has alcohol, malic_acid'
          )
        }
      });
    });

    it('leaves no model of a training that was cancelled in the middle', async () => {
      const { id } = await train({ epochs: 100_000, name: 'endless' });
      await until(async () => {
        const { json } = await service.get(`/runs/${id}`);
        expect(json.error).toBeUndefined();
        return json.training.steps > 3;
      });
      const { json } = await service.post(`/runs/${id}/cancel`);
      expect(json.state).toBe('cancelled');
      expect(trained().sort()).toEqual(['.gitignore', 'cellar']);
      const [run] = await predict({});
      expect(run.state).toBe('succeeded');
    });
  }
);
