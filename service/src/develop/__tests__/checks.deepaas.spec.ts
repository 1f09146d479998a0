import { cpSync, mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import path from 'node:path';
import type { CheckReport, Run } from '@jupyterlab-deep/protocol';
import {
  missing,
  startDeepaas
} from '../../../../kernel-helpers/src/deepaas/__tests__/deepaasServer';
import { Bundles, ROOT } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';

jest.setTimeout(120_000);

const PENGUINS = path.join(ROOT, 'jupyterlab_deep/modules/penguin-species');

/** A server that speaks the API and breaks its rules one by one. */
function wrongServer(): Server {
  const swagger = {
    swagger: '2.0',
    paths: {
      '/v2/models/wrong/predict/': {
        post: {
          parameters: [
            {
              name: 'count',
              in: 'query',
              type: 'integer',
              minimum: 1,
              default: 0
            },
            { name: 'text', in: 'query', type: 'string', required: true },
            {
              name: 'accept',
              in: 'query',
              type: 'string',
              enum: ['application/json', 'image/png']
            }
          ],
          responses: {}
        }
      },
      '/v2/models/wrong/train/': { post: { parameters: [] } }
    }
  };
  return createServer((request, response) => {
    const [place] = (request.url ?? '').split('?');
    const say = (value: unknown): void => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    request.resume().on('end', () => {
      switch (place) {
        case '/swagger.json':
          return say(swagger);
        case '/v2/models/':
          return say({ models: [{ id: '0', name: 'wrong' }] });
        case '/v2/models/wrong/':
          return say({ id: '0', name: 'wrong' });
        case '/v2/models/wrong':
          response.writeHead(302, { location: '/v2/models/wrong/' });
          return response.end();
        case '/v2/models/wrong/train/':
          return say({ trainings: [] });
        default:
          // Whatever comes is a success.
          return say({ labels: [] });
      }
    });
  });
}

describe('The check of a server', () => {
  const home = new TestHome();
  let bundles: Bundles;
  let service: ServiceHere;

  beforeAll(async () => {
    bundles = new Bundles();
    mkdirSync(home.modules);
    cpSync(PENGUINS, path.join(home.modules, 'penguin-species'), {
      recursive: true
    });
    service = await ServiceHere.open(home, { DEEP_NODE_HOME: bundles.folder });
  });

  afterAll(async () => {
    await service?.close();
    bundles?.remove();
    home.remove();
  });

  async function check(request: object): Promise<CheckReport> {
    const { status, json } = await service.post('/modules/checks', request);
    expect([status, json.detail]).toEqual([202, undefined]);
    const run = await until(async () => {
      const now: Run = (await service.get(`/runs/${json.id}`)).json;
      return now.endedAt ? now : undefined;
    });
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    return (await service.get(`/runs/${run.id}/result`)).json;
  }

  const broken = ({ findings }: CheckReport, outcome = 'failed'): string[] =>
    findings.filter(each => each.outcome === outcome).map(({ rule }) => rule);

  (missing ? it.skip : it)(
    `finds nothing wrong with real DEEPaaS${missing && ` (skipped: needs ${missing})`}`,
    async () => {
      for (const model of ['tiny', 'tiny_headers'] as const) {
        const deepaas = await startDeepaas(model);
        try {
          const report = await check({
            address: deepaas.endpoint,
            allowPrivate: true
          });
          expect(report.model).toBe(model);
          const failures = report.findings.filter(
            ({ outcome }) => outcome === 'failed'
          );
          expect(failures).toEqual([]);
          expect(report.counts.passed).toBeGreaterThan(20);
        } finally {
          await deepaas.stop();
        }
      }
    }
  );

  it('finds nothing wrong with what serves model folders, and sees its memory', async () => {
    const begun = await service.post('/deployments', {
      module: 'builtin/penguin-species'
    });
    await until(async () => {
      const { json } = await service.get(`/deployments/${begun.json.id}`);
      return json.state === 'ready';
    });
    const report = await check({ deployment: begun.json.id });
    const failures = report.findings.filter(
      ({ outcome }) => outcome === 'failed'
    );
    expect(failures).toEqual([]);
    const found = new Map(report.findings.map(each => [each.rule, each]));
    expect(found.get('predict')?.outcome).toBe('passed');
    expect(found.get('memory')?.found).toMatch(/From \d+ MB to \d+ MB/);
    expect(found.get('concurrent')?.outcome).toBe('passed');
  });

  it('names every rule that a wrong server breaks, with what was sent and answered and what to do', async () => {
    const server = wrongServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}`;
    const refused = await service.post('/modules/checks', { address });
    expect([refused.status, refused.json.type]).toEqual([
      422,
      'urn:jupyterlab-deep:address-private'
    ]);
    const report = await check({ address, allowPrivate: true });
    server.close();
    expect(broken(report)).toEqual([
      'models-list',
      'unknown-model',
      'wrong-method',
      'defaults',
      'arguments-query',
      'arguments-form',
      'arguments-urlencoded',
      'arguments-json',
      'required-arguments',
      'damaged-json',
      'trainings-list',
      'unknown-training',
      'media-types',
      'unknown-media-type'
    ]);
    expect(broken(report, 'warning')).toEqual(
      expect.arrayContaining([
        'missing-slash',
        'metadata',
        'metadata-id',
        'described-arguments',
        'answer-shape'
      ])
    );
    const query = report.findings.find(
      ({ rule }) => rule === 'arguments-query'
    );
    expect(query).toMatchObject({
      sent: expect.stringMatching(
        /^POST .*predict\/\?count=no-such-value-here/
      ),
      answered: expect.stringMatching(/^200 application\/json/),
      remedy: expect.any(String)
    });
  });

  it('says that nothing answers where nothing does', async () => {
    const { json } = await service.post('/modules/checks', {
      address: 'http://127.0.0.1:9',
      allowPrivate: true
    });
    const run = await until(async () => {
      const now: Run = (await service.get(`/runs/${json.id}`)).json;
      return now.endedAt ? now : undefined;
    });
    expect(run.error).toMatchObject({
      type: 'urn:jupyterlab-deep:module-unreachable',
      detail: expect.stringContaining('http://127.0.0.1:9')
    });
  });
});
