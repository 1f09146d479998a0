import { mkdirSync } from 'node:fs';
import type { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';
import { Loopback, standIn } from './loopback';

const MODEL = 'v2/models/tiny';

describe('The API of a module for other programs', () => {
  let home: TestHome;
  let service: ServiceHere;
  let server: Loopback;
  let id: string;

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    server = await Loopback.start(standIn(['tiny'], { basePath: '/base' }));
    service = await ServiceHere.open(home, {
      DEEP_LIMITS_API_SECONDS: '1',
      DEEP_LIMITS_UPLOAD_MB: '1'
    });
    const connected = await service.post('/deployments/connections', {
      address: `${server.url}/base`,
      allowPrivate: true
    });
    ({ id } = connected.json);
    expect(connected.json.state).toBe('ready');
  });

  afterEach(async () => {
    await service.close();
    await server.stop();
    home.remove();
  });

  const post = (body: Buffer, headers = {}): Promise<IAnswer> =>
    service.ask({
      method: 'POST',
      path: `/modules/${id}/${MODEL}/predict/?top_k=3`,
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=x', ...headers }
    });

  it('passes multipart on as it came, below the base path of the server', async () => {
    const answer = await post(Buffer.from('--x--'), {
      cookie: 'secret=1',
      authorization: 'token secret'
    });
    expect([answer.status, answer.text]).toEqual([200, '--x--']);
    expect(server.asked.at(-1)).toBe(`POST /base/${MODEL}/predict/?top_k=3`);
    const seen = server.headers.at(-1);
    expect(seen?.['content-type']).toBe('multipart/form-data; boundary=x');
    expect(JSON.stringify(seen)).not.toContain('secret');
  });

  it('never has the module close first, which would lose answers, and leaves no connection open', async () => {
    const before = await server.countConnections();
    expect((await post(Buffer.from('--x--'))).status).toBe(200);
    expect(server.headers.at(-1)?.connection).toBe('keep-alive');
    await until(async () => (await server.countConnections()) === before);
  });

  it('tells what it is, and nothing beside it', async () => {
    const swagger = await service.get(`/modules/${id}/swagger.json`);
    expect(swagger.json.swagger).toBe('2.0');
    for (const path of ['ui', 'api', '', 'v2/../api', 'v2/%2e%2e/api']) {
      const answer = await service.get(`/modules/${id}/${path}`);
      expect([path, answer.status]).toEqual([
        path,
        path.startsWith('v2/') ? 400 : 404
      ]);
      expect(answer.json.type).toMatch(/^urn:jupyterlab-deep:/);
    }
  });

  it('cannot act in the origin of Jupyter', async () => {
    server.answer = (_, response) =>
      response
        .writeHead(200, {
          'content-type': 'text/html',
          'set-cookie': 'a=1',
          'access-control-allow-origin': '*'
        })
        .end('<script>1</script>');
    const { headers } = await service.get(`/modules/${id}/v2/`);
    expect(headers).toMatchObject({
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'content-disposition': 'attachment'
    });
    expect(headers).not.toHaveProperty('set-cookie');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('does not send its callers elsewhere', async () => {
    server.answer = (_, response) =>
      response.writeHead(302, { location: 'https://evil.example/' }).end();
    const answer = await service.get(`/modules/${id}/v2/`);
    expect(answer.status).toBe(502);
    expect(answer.headers).not.toHaveProperty('location');
  });

  it('refuses what is too large, with the limit', async () => {
    const before = server.asked.length;
    const answer = await post(Buffer.alloc(1024 * 1024 + 1));
    expect(answer.status).toBe(413);
    expect(answer.headers['content-type']).toContain(
      'application/problem+json'
    );
    expect(answer.json.detail).toContain('at most 1 MB');
    expect(answer.json.hint).toContain('a run');
    const unsaid = await post(Buffer.from('x'), {
      'transfer-encoding': 'chunked'
    });
    expect(unsaid.status).toBe(400);
    expect(server.asked).toHaveLength(before);
  });

  it('gives a module up that takes too long, and says what to use instead', async () => {
    let isClosed = false;
    server.answer = request => {
      request.socket.on('close', () => (isClosed = true));
    };
    const answer = await post(Buffer.from('--x--'));
    expect(answer.status).toBe(504);
    expect(answer.json.detail).toContain('within 1 s');
    expect(answer.json.hint).toContain('Use a run');
    await until(() => isClosed);
  });

  it('lets a long answer go on once it has begun', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('be');
      setTimeout(() => response.end('gun'), 1500);
    };
    expect((await post(Buffer.from('--x--'))).text).toBe('begun');
  });

  it('says of a deployment that is unknown or not ready that it is', async () => {
    const unknown = await service.get(`/modules/nothing/v2/`);
    expect([unknown.status, unknown.json.type]).toEqual([
      404,
      'urn:jupyterlab-deep:not-found'
    ]);
    await service.ask({ method: 'DELETE', path: `/deployments/${id}` });
    const stopped = await service.get(`/modules/${id}/v2/`);
    expect([stopped.status, stopped.json.type]).toEqual([
      409,
      'urn:jupyterlab-deep:conflict'
    ]);
    expect(stopped.json.hint).toContain('POST deep/deployments');
  });
});
