import { existsSync } from 'node:fs';
import path from 'node:path';
import { MODEL, ROOT, Workplace } from './bundle';
import { ask, type IAsk } from './client';
import {
  ACCEPT,
  BETTER,
  cat,
  DISCOVERY,
  METHODS,
  PREDICTIONS,
  TRAINING
} from './conformityRequests';
import { observe, parametersOf } from './observe';
import { freePort, ServerProcess, startRuntime } from './server';

jest.setTimeout(60_000);

const PEER = path.join(ROOT, '.venv-peers/bin/deepaas-run');
const hasPeer = existsSync(PEER);
const reason = hasPeer ? '' : ': skipped, .venv-peers is missing';
const TYPES = ['application/json', 'text/csv'];

type Variant = 'image-classifier' | 'image-classifier-headers';
interface IPair {
  ours: ServerProcess;
  theirs: ServerProcess;
}

const loopback = async (): Promise<{ host: string; port: number }> => ({
  host: '127.0.0.1',
  port: await freePort()
});

async function startPeer(name: Variant): Promise<ServerProcess> {
  const address = await loopback();
  const args = ['--listen-ip', '127.0.0.1', '--model-name', name];
  const env = {
    LITE0_MODEL: MODEL,
    LITE0_THREADS: '1',
    ORT_DISABLE_TELEMETRY: '1'
  };
  const port = String(address.port);
  const peer = new ServerProcess(
    PEER,
    [...args, '--listen-port', port],
    address,
    env
  );
  return peer.ready();
}

async function startOurs(
  workplace: Workplace,
  name: Variant
): Promise<ServerProcess> {
  const where = name.endsWith('headers') ? 'headers' : 'query';
  const manifest = { accept: { types: TYPES, in: where }, author: undefined };
  const more = {
    title: 'Image classifier',
    description: 'Says what a photograph shows'
  };
  const model = workplace.copyModel(name, { ...manifest, ...more });
  const address = await loopback();
  const options = { model, address, more: ['--threads', '1'] };
  return startRuntime(workplace, name, options).ready();
}

const named = (request: IAsk, name: string): IAsk => ({
  ...request,
  path: request.path.replace('NAME', name)
});

const prediction = (request: IAsk): IAsk => ({
  method: 'POST',
  ...request,
  path: `/v2/models/NAME/predict${request.path}`
});

async function both(pair: IPair, request: IAsk, name: string) {
  const { ours, theirs } = pair;
  const asked = named(request, name);
  return Promise.all([ask(ours.address, asked), ask(theirs.address, asked)]);
}

const VARIANTS: [Variant, string][] = [
  ['image-classifier', 'the query'],
  ['image-classifier-headers', 'the header']
];
const compared = hasPeer ? describe : describe.skip;

compared(`our runtime and deepaas-run 2.6.0${reason}`, () => {
  const pairs = new Map<Variant, IPair>();
  let workplace: Workplace;
  const started: Promise<ServerProcess>[] = [];

  beforeAll(async () => {
    workplace = new Workplace();
    for (const [name] of VARIANTS) {
      started.push(startOurs(workplace, name), startPeer(name));
    }
    const [ours, theirs, oursByHeader, theirsByHeader] =
      await Promise.all(started);
    pairs.set('image-classifier', { ours, theirs });
    pairs.set('image-classifier-headers', {
      ours: oursByHeader,
      theirs: theirsByHeader
    });
  });

  afterAll(async () => {
    const servers = await Promise.allSettled(started);
    await Promise.all(
      servers.map(server =>
        server.status === 'fulfilled' ? server.value.stop() : undefined
      )
    );
    workplace?.remove();
  });

  const same = (requests: Record<string, IAsk>, name: Variant): void => {
    it.each(Object.entries(requests))(
      'answer %s alike',
      async (_what, request) => {
        const [ours, theirs] = await both(pairs.get(name)!, request, name);
        expect(observe(ours)).toEqual(observe(theirs));
      }
    );
  };
  const allPredictions = (
    requests: Record<string, IAsk>
  ): Record<string, IAsk> =>
    Object.fromEntries(
      Object.entries(requests).map(([what, ask]) => [what, prediction(ask)])
    );

  describe('ways in', () => same(DISCOVERY, 'image-classifier'));
  describe('methods', () => same(METHODS, 'image-classifier'));
  describe('trainings', () => same(TRAINING, 'image-classifier'));
  describe('predictions', () =>
    same(allPredictions(PREDICTIONS), 'image-classifier'));

  describe.each(VARIANTS)('%s, media types by %s', name => {
    same(allPredictions(ACCEPT), name);

    it('describe themselves alike in Swagger', async () => {
      const request = { path: '/swagger.json' };
      const [ours, theirs] = await both(pairs.get(name)!, request, name);
      const [mine, real] = [ours.json, theirs.json];
      const predictPath = `/v2/models/${name}/predict/`;
      const [a, b] = [mine, real].map(
        document => document.paths[predictPath].post
      );
      expect(ours.headers['content-type']).toBe(theirs.headers['content-type']);
      expect(mine.swagger).toBe(real.swagger);
      expect(Object.keys(mine.paths).sort()).toEqual(
        Object.keys(real.paths).sort()
      );
      expect(parametersOf(a.parameters)).toEqual(parametersOf(b.parameters));
      expect(a.produces).toEqual(b.produces);
      expect(a.tags).toEqual(b.tags);
      expect(Object.keys(a.responses)).toEqual(Object.keys(b.responses));
    });

    it('offer the same operations in Swagger', async () => {
      const request = { path: '/swagger.json' };
      const answers = await both(pairs.get(name)!, request, name);
      const [ours, theirs] = answers.map(({ json }) =>
        Object.entries<Record<string, { parameters: [] }>>(json.paths)
          .flatMap(([place, methods]) =>
            Object.entries(methods).map(
              ([method, { parameters }]) =>
                `${method} ${place} ${Object.keys(parametersOf(parameters))}`
            )
          )
          .sort()
      );
      expect(ours).toEqual(theirs);
    });

    it('see the same in a cat', async () => {
      const request = prediction({ path: '/?top_k=3', body: cat() });
      const [ours, theirs] = await both(pairs.get(name)!, request, name);
      const [mine, real] = [ours.json.predictions, theirs.json.predictions];
      expect(mine.labels).toEqual(real.labels);
      mine.probabilities.forEach((value: number, index: number) =>
        expect(value).toBeCloseTo(real.probabilities[index], 1)
      );
    });
  });

  it('takes the query before the form, and of a name given twice the first', async () => {
    const count = async (request: IAsk): Promise<number[]> => {
      const pair = pairs.get('image-classifier')!;
      const answers = await both(pair, prediction(request), 'image-classifier');
      return answers.map(({ json }) => json.predictions.labels.length);
    };
    expect(await count(PREDICTIONS['an argument in both'])).toEqual([2, 2]);
    expect(await count(PREDICTIONS['an argument twice in the query'])).toEqual([
      2, 2
    ]);
    expect(await count(PREDICTIONS['an argument twice in the form'])).toEqual([
      3, 3
    ]);
  });

  it.each(BETTER)(
    'says what is wrong with %s, where deepaas-run answers %i',
    async (_what, theirStatus, ourStatus, text, request) => {
      const pair = pairs.get('image-classifier')!;
      const place = { path: request.path || '/' };
      const asked = prediction({ ...request, ...place });
      const [ours, theirs] = await both(pair, asked, 'image-classifier');
      expect(theirs.status).toBe(theirStatus);
      expect(ours.status).toBe(ourStatus);
      expect(ours.text).toContain(text);
    }
  );
});
