import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { Deployment, Run } from '@jupyterlab-deep/protocol';
import { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';
import { Loopback, standIn } from './loopback';

describe('connecting to a running module', () => {
  let home: TestHome;
  let service: ServiceHere;
  let servers: Loopback[];

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    servers = [];
    service = await ServiceHere.open(home);
  });

  afterEach(async () => {
    await service.close();
    await Promise.all(servers.map(server => server.stop()));
    home.remove();
  });

  async function serve(
    ...args: Parameters<typeof Loopback.start>
  ): Promise<Loopback> {
    const server = await Loopback.start(...args);
    servers.push(server);
    return server;
  }

  const connect = (address: string, more = {}): Promise<IAnswer> =>
    service.post('/deployments/connections', {
      address,
      allowPrivate: true,
      ...more
    });

  const get = async (id: string): Promise<Deployment> =>
    (await service.get(`/deployments/${id}`)).json;

  async function connected(address: string, more = {}): Promise<Deployment> {
    const answer = await connect(address, more);
    expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
    return answer.json;
  }

  async function ended(answer: IAnswer): Promise<Run> {
    expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
    const { id } = answer.json as Run;
    return until(async () => {
      const run: Run = (await service.get(`/runs/${id}`)).json;
      return ['queued', 'running'].includes(run.state) ? undefined : run;
    });
  }

  /** For this machine, signed by itself. */
  function makeCertificate(): { key: string; cert: string } {
    const [keyFile, certFile] = ['key.pem', 'cert.pem'].map(name =>
      path.join(home.folder, name)
    );
    const words = 'req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x';
    const subject = ['-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [...words.split(' '), ...subject, '-keyout', keyFile, '-out', certFile],
      { stdio: 'ignore' }
    );
    const [key, cert] = [keyFile, certFile].map(file =>
      readFileSync(file, 'utf8')
    );
    return { key, cert };
  }

  const expectRefusal = (
    answer: IAnswer,
    key: string,
    says: string | RegExp
  ): void =>
    expect(answer.json).toMatchObject({
      type: `urn:jupyterlab-deep:${key}`,
      detail: expect.stringMatching(says)
    });

  it('is ready as soon as its API has answered, and is no process', async () => {
    const server = await serve(standIn(['tiny']));
    const deployment = await connected(`${server.url}/ui`);
    expect(deployment).toMatchObject({
      module: 'connected/tiny',
      target: 'address',
      state: 'ready',
      endpoint: server.url,
      modelPath: '/v2/models/tiny/'
    });
    expect(server.asked).toEqual(
      expect.arrayContaining([
        'GET /v2/models/',
        'GET /swagger.json',
        'GET /v2/models/tiny/'
      ])
    );
    expect(await get(deployment.id)).toEqual(deployment);
    expect(deployment).not.toHaveProperty('pid');
    expect(deployment).not.toHaveProperty('memoryBytes');
    const { active } = (await service.get('/health')).json;
    expect(active.deployments).toBe(0);
  });

  it('asks before it goes to an address that is not public', async () => {
    const server = await serve(standIn(['tiny']));
    const refused = await connect(server.url, { allowPrivate: undefined });
    expect(refused.status).toBe(422);
    expectRefusal(refused, 'address-private', /^127\.0\.0\.1 is not a public/);
    expect(server.asked).toEqual([]);
    await service.close();
    service = await ServiceHere.open(home, {
      DEEP_NETWORK_PRIVATE_HOSTS: JSON.stringify([server.host])
    });
    const deployment = await connected(server.url, { allowPrivate: false });
    expect(deployment.state).toBe('ready');
  });

  it('finds the scheme that was not typed', async () => {
    const server = await serve(standIn(['tiny']));
    expect((await connected(server.host)).endpoint).toBe(server.url);
  });

  it('goes below a base path, for the model that the address names', async () => {
    const basePath = '/mods/some thing';
    const encoded = encodeURI(basePath);
    const server = await serve(standIn(['a', 'b'], { basePath: encoded }));
    const deployment = await connected(
      `${server.url}${encoded}/v2/models/b/predict/`
    );
    expect(deployment).toMatchObject({
      endpoint: `${server.url}${encoded}`,
      modelPath: `${encoded}/v2/models/b/`
    });
    const found = await service.get(
      `/deployments/${deployment.id}/http/v2/models/b/`
    );
    expect(found.json.name).toBe('b');
    const whole = await service.get(
      `/deployments/${deployment.id}/http${encoded}/v2/models/b/`
    );
    expect(whole.json.name).toBe('b');
  });

  it('names the models where there are several', async () => {
    const server = await serve(standIn(['a', 'b']));
    const several = await connect(server.url);
    expect(several.status).toBe(422);
    expectRefusal(several, 'invalid-arguments', 'has 2 models: a, b');
    expect(several.json.fields).toEqual({ model: ['a', 'b'] });
    const wrong = await connect(server.url, { model: 'c' });
    expectRefusal(wrong, 'invalid-arguments', 'no “c”: a, b');
    expect(wrong.json.fields).toEqual({ model: ['a', 'b'] });
    const chosen = await connected(server.url, { model: 'b' });
    expect(chosen.module).toBe('connected/b');
  });

  it('keeps one connection to one model, and tells two servers apart', async () => {
    const [one, two] = [
      await serve(standIn(['tiny'])),
      await serve(standIn(['tiny']))
    ];
    const first = await connected(one.url);
    expect((await connected(`${one.url}/v2/models/tiny`)).id).toBe(first.id);
    const second = await connected(two.url);
    expect([first.module, second.module]).toEqual([
      'connected/tiny',
      'connected/tiny-127.0.0.1'
    ]);
  });

  it('refuses a module that the catalogue does not have', async () => {
    const server = await serve(standIn(['tiny']));
    const refused = await connect(server.url, { module: 'builtin/none' });
    expect(refused.status).toBe(404);
    expect(server.asked).toEqual([]);
  });

  it('is in the catalogue with what its server says, while it is remembered', async () => {
    const metadata = { name: 'Tiny plants', description: 'Names plants.' };
    const server = await serve(standIn(['tiny'], { metadata }));
    const { id } = await connected(server.url);
    const path = '/catalogue/modules/connected/tiny';
    expect((await service.get(path)).json).toMatchObject({
      title: 'Tiny plants',
      summary: 'Names plants.',
      input: 'image',
      fit: { state: 'running' }
    });
    const forgotten = await service.ask({
      method: 'DELETE',
      path: `/deployments/${id}`
    });
    expect(forgotten.json).toMatchObject({
      state: 'stopped',
      phase: expect.stringContaining('goes on')
    });
    expect((await service.get(path)).status).toBe(404);
    expect(server.asked).not.toContainEqual(expect.stringMatching(/DELETE/));
    expect((await fetch(`${server.url}/v2/models/`)).status).toBe(200);
    const gone = await service.post('/deployments', {
      module: 'connected/tiny'
    });
    expectRefusal(gone, 'not-found', 'is not connected');
  });

  it('gives its API, and says that its log is elsewhere', async () => {
    const server = await serve(standIn(['tiny']));
    const { id } = await connected(server.url);
    const api = (await service.get(`/deployments/${id}/api`)).json;
    expect(Object.keys(api.predict.properties)).toEqual(['image', 'top_k']);
    const log = await service.get(`/deployments/${id}/log`);
    expect(log.status).toBe(404);
    expectRefusal(log, 'not-found', `it runs at ${server.url}`);
  });

  it('predicts, from a form and as a notebook without its address', async () => {
    const server = await serve(standIn(['tiny']));
    await connected(server.url);
    const begun = await service.post('/inference/predictions', {
      module: 'connected/tiny',
      arguments: { top_k: 3 },
      files: {}
    });
    const run = await ended(begun);
    expect(run).toMatchObject({ state: 'succeeded', title: 'tiny' });
    const result = await service.get(`/runs/${run.id}/result`);
    expect(result.json).toEqual({ top_k: 3 });
    const wrong = await service.post('/inference/predictions', {
      module: 'connected/tiny',
      arguments: { top_k: 11 },
      files: {}
    });
    expect(wrong.json.fields).toEqual({ top_k: ['It must be <= 10.'] });
    const { text } = await service.post('/inference/notebook', {
      module: 'connected/tiny',
      language: 'typescript'
    });
    expect(text).toContain('connected/tiny');
    expect(text).toContain('Connect to a running module');
    expect(text).not.toContain(String(server.port));
  });

  it('takes the place of a container image that nothing here runs', async () => {
    const server = await serve(standIn(['other', 'tiny']));
    const first = await connected(server.url, { model: 'other' });
    const again = await connected(server.url, {
      model: 'tiny',
      module: first.module
    });
    expect(again.module).toBe(first.module);
    await service.ask({ method: 'DELETE', path: `/deployments/${first.id}` });
    const used = await service.post('/deployments', { module: first.module });
    expect(used.json).toMatchObject({ id: again.id, state: 'ready' });
  });

  it('is unreachable when its server is gone, and ready when it is back', async () => {
    const server = await serve(standIn(['tiny']));
    const { id, module } = await connected(server.url);
    const { port } = server;
    await server.stop();
    const run = await ended(
      await service.post('/inference/predictions', {
        module,
        arguments: {},
        files: {}
      })
    );
    expect(run.error?.type).toBe('urn:jupyterlab-deep:module-unreachable');
    const lost = await until(async () => {
      const deployment = await get(id);
      return deployment.state === 'unreachable' ? deployment : undefined;
    });
    expect(lost).toMatchObject({
      phase: 'It does not answer',
      error: expect.stringContaining('nothing listens there')
    });
    expect((await service.get(`/deployments/${id}/api`)).status).toBe(503);
    const start = (): Promise<IAnswer> =>
      service.post('/deployments', { module });
    expect((await start()).json).toMatchObject({ id, state: 'starting' });
    await until(async () => (await get(id)).state === 'unreachable');
    await serve(standIn(['tiny']), { port });
    await start();
    await until(async () => (await get(id)).state === 'ready');
    expect(await get(id)).not.toHaveProperty('error');
  });

  it('is remembered by the next service, with or without its server', async () => {
    const [one, two] = [
      await serve(standIn(['one'])),
      await serve(standIn(['two']))
    ];
    const [first, second] = [
      await connected(one.url),
      await connected(two.url)
    ];
    await service.ask({
      method: 'DELETE',
      path: `/deployments/${(await connected(two.url, { module: first.module })).id}`
    });
    await service.close();
    await two.stop();
    service = await ServiceHere.open(home);
    const back = await until(async () => {
      const deployment = await get(first.id);
      return deployment.state === 'ready' ? deployment : undefined;
    });
    expect(back).toMatchObject({ module: 'connected/one', endpoint: one.url });
    await until(async () => (await get(second.id)).state === 'unreachable');
    const offered = await service.get('/catalogue/modules/connected/two');
    expect(offered.json.title).toBe('two');
    const all: Deployment[] = (await service.get('/deployments')).json
      .deployments;
    expect(all.map(({ state }) => state).sort()).toEqual([
      'ready',
      'stopped',
      'unreachable'
    ]);
  });

  describe('refuses in words', () => {
    const cases: [
      string,
      Parameters<typeof Loopback.start>[0],
      string,
      RegExp
    ][] = [
      [
        'a web page',
        (_, response) =>
          response
            .setHeader('content-type', 'text/html')
            .end('<!doctype html><title>Login</title>'),
        'address-refused',
        /web page/
      ],
      [
        'text that is not JSON',
        (_, response) => response.end('hello'),
        'address-refused',
        /not JSON/
      ],
      [
        'JSON of something else',
        (_, response) => response.end('{"models":{"a":1}}'),
        'address-refused',
        /has another form/
      ],
      [
        'links that lead elsewhere',
        (_, response) =>
          response.end(
            '{"models":[{"links":[{"rel":"self","href":"http://evil.example/x"}]}]}'
          ),
        'address-refused',
        /has another form/
      ],
      [
        'a redirect',
        (_, response) =>
          response
            .writeHead(302, { location: 'http://elsewhere.example/?s3cr3t' })
            .end(),
        'address-refused',
        /elsewhere \(HTTP 302 to http:\/\/elsewhere\.example\/\)/
      ],
      [
        'a login (401)',
        (_, response) => response.writeHead(401).end(),
        'address-refused',
        /wants credentials \(HTTP 401\)/
      ],
      [
        'a login (403)',
        (_, response) => response.writeHead(403).end(),
        'address-refused',
        /wants credentials \(HTTP 403\)/
      ],
      [
        'another server',
        (_, response) => response.writeHead(404).end(),
        'address-refused',
        /has no list of models \(HTTP 404\)/
      ],
      [
        'a proxy without its module',
        (_, response) => response.writeHead(502).end(),
        'module-unreachable',
        /HTTP 502/
      ],
      [
        'an answer that is cut',
        (_, response) => {
          response.writeHead(200, { 'content-length': '100' });
          response.write('{"models"');
          setImmediate(() => response.destroy());
        },
        'module-unreachable',
        /before its answer was complete/
      ],
      [
        'an answer without end',
        (_, response) => {
          const more = (): void => {
            while (!response.destroyed && response.write('x'.repeat(65536)));
          };
          response.on('drain', more);
          more();
        },
        'address-refused',
        /more than a list of models/
      ],
      [
        'a server without an API document',
        (request, response) =>
          request.url === '/swagger.json'
            ? response.writeHead(404).end()
            : standIn(['tiny'])(request, response),
        'address-refused',
        /HTTP 404/
      ],
      [
        'an API document of another form',
        (request, response) =>
          request.url === '/swagger.json'
            ? response.end(
                '{"paths":{"/v2/models/tiny/predict/":{"post":{"parameters":7}}}}'
              )
            : standIn(['tiny'])(request, response),
        'address-refused',
        /form that DEEPaaS does not have/
      ],
      [
        'a model without predict',
        (request, response) =>
          request.url === '/swagger.json'
            ? response.end('{"paths":{}}')
            : standIn(['tiny'])(request, response),
        'address-refused',
        /no predict route/
      ]
    ];

    it.each(cases)('%s', async (_name, answer, key, says) => {
      const server = await serve(answer);
      const refused = await connect(server.url);
      expectRefusal(refused, key, says);
      expect(refused.text).not.toContain('s3cr3t');
      expect((await service.get('/deployments')).json.deployments).toEqual([]);
    });

    it('nobody', async () => {
      const server = await serve(standIn(['tiny']));
      const { url } = server;
      await server.stop();
      expectRefusal(
        await connect(url),
        'module-unreachable',
        'nothing listens'
      );
    });

    it('a server that never answers', async () => {
      const server = await serve(() => undefined);
      expectRefusal(await connect(server.url), 'timeout', 'within 15 s');
    });

    it('credentials, before anything is asked', async () => {
      const refused = await connect('http://ada:s3cr3t@127.0.0.1:1/');
      expect(refused.status).toBe(422);
      expectRefusal(refused, 'address-refused', 'user name or a password');
      expect(refused.text).not.toContain('s3cr3t');
    });

    it('a certificate that nobody vouches for, and https where there is none', async () => {
      const server = await serve(standIn(['tiny']), { tls: makeCertificate() });
      const says =
        /certificate of 127\.0\.0\.1:\d+ is not trusted: self-signed/;
      expectRefusal(await connect(server.url), 'address-refused', says);
      expectRefusal(await connect(server.host), 'address-refused', says);
      const plain = await serve(standIn(['tiny']));
      expectRefusal(
        await connect(`https://${plain.host}`),
        'address-refused',
        'does not speak https'
      );
    });
  });

  it('works by https with an authority that the administrator named', async () => {
    const own = makeCertificate();
    const before = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...before, own.cert]);
    try {
      const server = await serve(standIn(['tiny']), { tls: own });
      const { id, module, endpoint } = await connected(server.host);
      expect(endpoint).toBe(server.url);
      const run = await ended(
        await service.post('/inference/predictions', {
          module,
          arguments: { top_k: 1 },
          files: {}
        })
      );
      expect(run.state).toBe('succeeded');
      const list = await service.get(`/deployments/${id}/http/v2/models/`);
      expect(list.json.models).toHaveLength(1);
    } finally {
      tls.setDefaultCACertificates(before);
    }
  });

  describe('lets its HTTP through harmlessly', () => {
    let server: Loopback;
    let way: string;

    beforeEach(async () => {
      server = await serve(standIn(['tiny'], { basePath: '/mods' }));
      const { id } = await connected(`${server.url}/mods`);
      way = `/deployments/${id}/http`;
    });

    it('without cookies, secrets and scripts', async () => {
      server.answer = (_, response) =>
        response
          .writeHead(200, {
            'content-type': 'text/html',
            'set-cookie': 'a=b',
            'access-control-allow-origin': '*'
          })
          .end('<script>alert(1)</script>');
      const answer = await service.get(`${way}/page`, {
        cookie: 'session=1',
        authorization: 'Bearer x',
        'x-deep-root': '/home'
      });
      expect(answer.headers).toMatchObject({
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff',
        'content-disposition': 'attachment'
      });
      expect(answer.headers).not.toHaveProperty('set-cookie');
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      expect(server.asked.at(-1)).toBe('GET /mods/page');
      const sent = Object.keys(server.headers.at(-1) ?? {});
      expect(sent.sort()).toEqual(['connection', 'host']);
    });

    it('without redirects, and not above its base path', async () => {
      server.answer = (_, response) =>
        response.writeHead(307, { location: 'http://10.0.0.1/' }).end();
      expect((await service.get(`${way}/x`)).status).toBe(502);
      const before = server.asked.length;
      for (const path of [
        '/../admin',
        '/x/../../admin',
        '/%2e%2e/admin',
        '/..%2fadmin',
        '/mods/..',
        '/x/.%2E?a=1'
      ]) {
        expect((await service.get(way + path)).status).toBe(400);
      }
      expect(server.asked).toHaveLength(before);
      expect((await service.get(`${way}/a..b/...`)).status).toBe(502);
    });
  });
});
