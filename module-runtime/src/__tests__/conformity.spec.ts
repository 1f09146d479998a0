import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MODEL, ROOT, Workplace } from './bundle';
import { type Address, ask, type IAsk, pictureForm } from './client';
import { observe, parametersOf } from './observe';
import { freePort, ServerProcess, startRuntime } from './server';

jest.setTimeout(60_000);

const PEER = path.join(ROOT, '.venv-peers/bin/deepaas-run');
const hasPeer = existsSync(PEER);
const reason = hasPeer ? '' : ': skipped, .venv-peers is missing';
const CAT = readFileSync(path.join(MODEL, 'examples/cat.jpg'));
const TYPES = ['application/json', 'text/csv'];

type Variant = 'image-classifier' | 'image-classifier-headers';
interface IPair {
  ours: ServerProcess;
  theirs: ServerProcess;
}

const loopback = async (): Promise<Address & { port: number }> => ({
  host: '127.0.0.1',
  port: await freePort()
});

async function startPeer(name: Variant): Promise<ServerProcess> {
  const address = await loopback();
  const args = ['--listen-ip', '127.0.0.1', '--model-name', name];
  const env = { LITE0_MODEL: MODEL, LITE0_THREADS: '1' };
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
  const manifest = { accept: { types: TYPES, in: where } };
  const more = {
    title: 'Image classifier',
    description: 'Says what a photograph shows'
  };
  const model = workplace.copyModel(name, { ...manifest, ...more });
  const address = await loopback();
  return startRuntime(workplace.runtime, model, address, [
    ...['--threads', '1']
  ]).ready();
}

const cat = (fields?: Record<string, string>): FormData =>
  pictureForm(CAT, fields);

/** A form in which a name comes twice. */
function repeated(): FormData {
  const form = cat({ top_k: '3' });
  form.append('top_k', '4');
  return form;
}

const asField = (): FormData => {
  const form = new FormData();
  form.set('image', 'not a file');
  return form;
};

/** As curl and other clients may write it: name unquoted, other header order, a preamble. */
const handWritten = (): IAsk => ({
  path: '',
  headers: { 'Content-Type': 'multipart/form-data; boundary="a b"' },
  body: Buffer.concat([
    Buffer.from(
      'preamble\r\n--a b\r\nContent-Type: image/jpeg\r\nContent-Disposition: form-data; name=image; filename=cat.jpg\r\n\r\n'
    ),
    CAT,
    Buffer.from(
      '\r\n--a b\r\ncontent-disposition: form-data; name="top_k"\r\n\r\n2\r\n--a b--\r\nepilogue'
    )
  ])
});

const junk = (type: string): IAsk => ({
  path: '',
  headers: { 'Content-Type': type },
  body: 'junk'
});

const DISCOVERY: Record<string, IAsk> = {
  'the root': { path: '/' },
  'the version': { path: '/v2/' },
  'the version without its slash': { path: '/v2' },
  'the models': { path: '/v2/models/' },
  'the models without their slash': { path: '/v2/models' },
  'the models without their slash, with a query': { path: '/v2/models?a=b' },
  'doubled slashes': { path: '//v2//models/' },
  'the model': { path: '/v2/models/NAME/' },
  'the model without its slash': { path: '/v2/models/NAME' },
  'an unknown model': { path: '/v2/models/nobody/' },
  'an unknown model without its slash': { path: '/v2/models/nobody' },
  'an unknown path': { path: '/nowhere' },
  'the Swagger page by its old address': { path: '/ui' },
  'Swagger with a slash too many': { path: '/swagger.json/' },
  'the log': { path: '/v2/debug/' },
  'the log without its slash': { path: '/v2/debug' },
  'only the headers of the root': { method: 'HEAD', path: '/' },
  'only the headers of the model': {
    method: 'HEAD',
    path: '/v2/models/NAME/'
  },
  'only the headers of what is not there': { method: 'HEAD', path: '/nowhere' },
  'a name with an escape': { path: '/v2/models/%69mage-classifier/' },
  'a write to the root': { method: 'POST', path: '/' },
  'a write to the models': { method: 'POST', path: '/v2/models/' },
  'a removal of the model': { method: 'DELETE', path: '/v2/models/NAME/' }
};

const TRAINING: Record<string, IAsk> = {
  'the trainings': { path: '/v2/models/NAME/train/' },
  'the trainings without their slash': { path: '/v2/models/NAME/train' },
  'the start of a training': {
    method: 'POST',
    path: '/v2/models/NAME/train/'
  },
  'an unknown training': { path: '/v2/models/NAME/train/0123abcd' },
  'an unknown training with a slash': {
    path: '/v2/models/NAME/train/0123abcd/'
  },
  'the removal of an unknown training': {
    method: 'DELETE',
    path: '/v2/models/NAME/train/0123abcd'
  },
  'a write to a training': {
    method: 'POST',
    path: '/v2/models/NAME/train/0123abcd'
  },
  'a change of the trainings': {
    method: 'PUT',
    path: '/v2/models/NAME/train/'
  }
};

const METHODS: Record<string, IAsk> = {
  'what a browser asks first': {
    method: 'OPTIONS',
    path: '/v2/models/NAME/predict/',
    headers: {
      Origin: 'https://example.org',
      'Access-Control-Request-Method': 'POST'
    }
  },
  'a prediction by GET': { path: '/v2/models/NAME/predict/' },
  'a prediction by PUT': { method: 'PUT', path: '/v2/models/NAME/predict/' }
};

/** Predictions: what follows `predict` in the path, and the body. */
const PREDICTIONS: Record<string, IAsk> = {
  'a picture alone': { path: '/', body: cat() },
  'an argument in the query': { path: '/?top_k=3', body: cat() },
  'an argument in the form': { path: '/', body: cat({ top_k: '3' }) },
  'an argument in both': { path: '/?top_k=2', body: cat({ top_k: '3' }) },
  'an argument twice in the query': { path: '/?top_k=2&top_k=4', body: cat() },
  'an argument twice in the form': { path: '/', body: repeated() },
  'an argument that nobody declared': { path: '/?nope=1', body: cat() },
  'an argument with blanks': { path: '/?top_k=%203%20', body: cat() },
  'a hand-written form': { ...handWritten(), path: '/' },
  'a hand-written form in pieces': {
    ...handWritten(),
    path: '/',
    headers: { ...handWritten().headers, 'Transfer-Encoding': 'chunked' }
  },
  'a number with a sign': { path: '/?top_k=%2B3', body: cat() },
  'a number with an exponent': { path: '/?top_k=1e1', body: cat() },
  'a whole number with a point': { path: '/?top_k=3.0', body: cat() },
  'a number beyond all': { path: `/?top_k=${'9'.repeat(30)}`, body: cat() },
  'no picture': { path: '/' },
  'no picture but arguments': {
    path: '/',
    body: new URLSearchParams({ top_k: '3' })
  },
  'no picture and a wrong number in an urlencoded form': {
    path: '/',
    body: new URLSearchParams({ top_k: 'x' })
  },
  'a number that is none': { path: '/?top_k=many', body: cat() },
  'a fraction for an integer': { path: '/?top_k=2.5', body: cat() },
  'an empty number': { path: '/?top_k=', body: cat() },
  'a number too small': { path: '/?top_k=0', body: cat() },
  'a number too large': { path: '/?top_k=1001', body: cat() },
  'JSON without a picture': { path: '/', body: { top_k: 3 } },
  'JSON with a wrong type': { path: '/', body: { top_k: [3] } },
  'JSON with a truth value': { path: '/', body: { top_k: true } },
  'JSON with a fraction': { path: '/', body: { top_k: 2.5 } },
  'a JSON list': { path: '/', body: [] },
  'an empty body that is said to be JSON': {
    path: '/',
    body: '',
    headers: { 'Content-Type': 'application/json' }
  },
  'a number as text in JSON': { path: '/', body: { top_k: '0' } },
  'JSON of another name': {
    path: '/',
    body: '{"top_k": "x"}',
    headers: { 'Content-Type': 'application/vnd.api+json' }
  },
  'JSON with null': { path: '/', body: { top_k: null } },
  'damaged JSON': {
    path: '/',
    body: '{"top_k":',
    headers: { 'Content-Type': 'application/json' }
  },
  'a junk content type': { ...junk(']junk;;'), path: '/' },
  'another content type': { ...junk('text/plain'), path: '/' },
  'a missing slash': { path: '', body: cat() },
  'a missing slash with a query': { path: '?top_k=3', body: cat() }
};

const accepting = (type: string): IAsk => ({
  path: '/',
  body: cat(),
  headers: { Accept: type }
});

const ACCEPT: Record<string, IAsk> = {
  'JSON in the header': accepting('application/json'),
  'CSV in the header': accepting('text/csv'),
  'anything in the header': accepting('*/*'),
  'a type in capitals in the header': accepting('TEXT/CSV'),
  'an empty header': accepting(''),
  'an empty type in the query': { path: '/?accept=', body: cat() },
  'several types in the header': accepting('application/json, text/plain, */*'),
  'a type with a weight in the header': accepting('text/csv;q=0.9'),
  'an unknown type in the header': accepting('image/png'),
  'CSV in the query': { path: '/?accept=text/csv', body: cat() },
  'anything in the query': { path: '/?accept=*/*', body: cat() },
  'an unknown type in the query': { path: '/?accept=image/png', body: cat() },
  'CSV in the form': { path: '/', body: cat({ accept: 'text/csv' }) },
  'JSON in the query, CSV in the form': {
    path: '/?accept=application/json',
    body: cat({ accept: 'text/csv' })
  },
  'an unknown type and a wrong number': {
    path: '/?accept=image/png&top_k=x',
    body: cat(),
    headers: { Accept: 'image/png' }
  }
};

/** Where ours differs on purpose: status of theirs, status and text of ours. */
const BETTER: [string, number, number, string, Partial<IAsk>][] = [
  [
    'a file that is no picture',
    500,
    422,
    'not a picture that can be read',
    { body: pictureForm(Buffer.from('not a picture')) }
  ],
  [
    'a text in the place of a file',
    500,
    422,
    'Not a valid file.',
    { body: asField() }
  ],
  [
    'a form without its boundary',
    500,
    400,
    'its boundary is not given',
    junk('multipart/form-data')
  ],
  [
    'a damaged form',
    500,
    400,
    'The body is damaged',
    junk('multipart/form-data; boundary=x')
  ],
  [
    'a number as only Python writes it',
    200,
    422,
    'Not a valid integer.',
    { path: '/?top_k=1_0', body: cat() }
  ]
];

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
