import net from 'node:net';
import { ask } from '../../__tests__/client';
import { TestHome } from '../../__tests__/home';
import { ServiceHere, TOKEN } from '../../__tests__/serviceHere';

jest.setTimeout(60_000);

describe('the guards of the service', () => {
  let home: TestHome;
  let here: ServiceHere;

  beforeAll(async () => {
    home = new TestHome();
    here = await ServiceHere.open(home);
  });

  afterAll(async () => {
    await here.close();
    home.remove();
  });

  /** Bytes to the socket; what came back until the service closed. */
  function exchange(...pieces: (string | Buffer)[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(here.socket);
      let text = '';
      socket.on('data', data => (text += data));
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
      pieces.forEach(piece => socket.write(piece));
    });
  }

  it('let anybody ask whether the service answers', async () => {
    const reply = await ask(here.socket, undefined, { path: '/' });
    expect(reply.json).toEqual({ service: 'jupyterlab-deep' });
  });

  it.each([{}, { 'x-deep-token': 'wrong' }, { 'x-deep-token': '' }])(
    'refuse a request with the headers %p',
    async headers => {
      for (const path of ['/health', '/events', '/openapi.json', '/nowhere']) {
        const reply = await ask(here.socket, undefined, { path, headers });
        expect(reply.status).toBe(403);
        expect(reply.json.type).toBe('urn:jupyterlab-deep:unauthorized');
      }
    }
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream'
  ])('refuse a body of type %s where JSON is wanted', async type => {
    const reply = await here.ask({
      method: 'POST',
      path: '/deployments',
      body: '{"module":"builtin/x"}',
      headers: { 'content-type': type }
    });
    expect(reply.status).toBe(415);
    expect(reply.json.detail).toContain('application/json');
  });

  it('refuse JSON where a piece of a file is wanted', async () => {
    const reply = await here.ask({
      method: 'PUT',
      path: '/inference/uploads/x?offset=0',
      body: {}
    });
    expect(reply.status).toBe(415);
  });

  it('answer in problem documents whatever is wrong', async () => {
    const wrong = [
      here.get('/nowhere'),
      here.get('/catalogue/modules?limit=many'),
      here.post('/deployments', { modul: 'x' }),
      here.ask({
        method: 'POST',
        path: '/deployments',
        body: '{"module"',
        headers: { 'content-type': 'application/json' }
      }),
      here.get('/runs/none')
    ];
    for (const reply of await Promise.all(wrong)) {
      expect(reply.headers['content-type']).toBe('application/problem+json');
      expect(reply.json).toMatchObject({
        type: expect.stringMatching(/^urn:jupyterlab-deep:/),
        status: reply.status,
        detail: expect.stringMatching(/\w/)
      });
    }
  });

  it('say which parts of a request are wrong', async () => {
    const reply = await here.post('/deployments', { modul: 'x' });
    expect(reply.json.fields).toEqual({
      module: ['is missing'],
      modul: ['is not known here']
    });
  });

  it('change nothing on any GET', async () => {
    const { paths } = (await here.get('/openapi.json')).json;
    const before = (await here.get('/runs')).text;
    const size = (await here.get('/health')).json.store.sizeBytes;
    const routes = Object.keys(paths).filter(
      path => paths[path].get && path !== '/events'
    );
    expect(routes.length).toBeGreaterThan(10);
    for (const route of routes) {
      await here.get(route.replace(/\{\w+\}/g, 'x').replace('*', 'x'));
    }
    expect((await here.get('/runs')).text).toBe(before);
    expect((await here.get('/deployments')).json.deployments).toEqual([]);
    const after = (await here.get('/health')).json.store.sizeBytes;
    expect(after).toBe(size);
  });

  it('do not care for the host that a request names, or that it names none', async () => {
    for (const host of ['', 'Host: evil.example\r\n']) {
      const text = await exchange(
        `GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`
      );
      expect(text).toMatch(/^HTTP\/1.1 200/);
    }
  });

  it('read a refused request to its end before they answer', async () => {
    const head = (size: number): string =>
      `PUT /inference/uploads/x?offset=0 HTTP/1.1\r\nConnection: close\r\nContent-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n`;
    const socket = net.connect(here.socket);
    let answer = '';
    socket.on('data', data => (answer += data));
    socket.write(head(2_000_000) + 'x'.repeat(1_000_000));
    // Other requests are answered meanwhile, so this one would have been, too.
    await here.get('/health');
    await exchange('GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(answer).toBe('');
    socket.write('x'.repeat(1_000_000));
    await new Promise(resolve => socket.on('close', resolve));
    expect(answer).toMatch(/^HTTP\/1.1 403/);
  });

  it('never write the token or a secret of a query into the log', async () => {
    await here.get('/nowhere?token=abcdef&api_key=ghijkl', {
      authorization: 'Bearer mnopqr',
      cookie: 'session=stuvwx'
    });
    const log = here.lines.join('');
    expect(log).toContain('/nowhere');
    for (const secret of [TOKEN, 'abcdef', 'ghijkl', 'mnopqr', 'stuvwx']) {
      expect(log).not.toContain(secret);
    }
  });
});

describe('the OpenAPI document', () => {
  it('is made from the routes and names each of them', async () => {
    const home = new TestHome();
    const here = await ServiceHere.open(home);
    try {
      const document = (await here.get('/openapi.json')).json;
      expect(document.openapi).toMatch(/^3\./);
      expect(Object.keys(document.paths)).toEqual(
        expect.arrayContaining([
          '/health',
          '/events',
          '/catalogue/modules',
          '/catalogue/modules/{source}/{name}/examples/{example}/{argument}',
          '/deployments/{id}/http/{*}',
          '/inference/predictions',
          '/inference/notebook',
          '/runs/{id}/cancel'
        ])
      );
      expect(Object.keys(document.components.schemas).sort()).toEqual([
        'Account',
        'Dataset',
        'Deployment',
        'Development',
        'ModuleCard',
        'ModuleDetail',
        'Problem',
        'Run',
        'StorageAccount',
        'StorageEntry',
        'Target'
      ]);
    } finally {
      await here.close();
      home.remove();
    }
  });
});
