import { createServer } from 'node:net';
import { ModuleClient } from '..';
import { StandIn } from './standIn';

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');

describe('ModuleClient with a module that misbehaves', () => {
  let module: StandIn;
  let client: ModuleClient;

  beforeEach(async () => {
    module = await StandIn.start();
    client = new ModuleClient({ endpoint: module.endpoint, token: 'secret' });
  });

  afterEach(async () => {
    await client.close();
    await module.stop();
  });

  const answer = (
    status: number,
    body: string | Buffer,
    contentType = 'text/plain'
  ): void => {
    module.onPredict = (_, response) =>
      response.writeHead(status, { 'content-type': contentType }).end(body);
  };

  it.each([
    [402, 'module-disabled', 'switched this off'],
    [501, 'module-not-implemented', 'not written'],
    [500, 'module-failed', 'log'],
    [401, 'unauthorized', 'credentials'],
    [404, 'not-found', 'nothing at this address'],
    [413, 'too-large', 'too large'],
    [503, 'module-unreachable', 'not available'],
    [308, 'module-unreachable', 'another address'],
    [418, 'module-failed', 'DEEPaaS']
  ])('says in words what %i means', async (status, key, words) => {
    answer(status, 'plain text of the server');
    await expect(client.predict({}, {})).rejects.toMatchObject({
      key,
      message: expect.stringContaining(words),
      technical: 'plain text of the server'
    });
  });

  it('maps a 422 to arguments, with items of lists', async () => {
    answer(422, '{"a":["Bad."],"b":{"1":["Not a number."]}}');
    await expect(client.predict({}, {})).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { a: ['Bad.'], b: ['1: Not a number.'] }
    });
  });

  it('takes over a problem document of our own runtime', async () => {
    const problem = {
      type: 'urn:jupyterlab-deep:invalid-picture',
      detail: 'x.png is not a picture.'
    };
    answer(422, JSON.stringify(problem), 'application/problem+json');
    await expect(client.predict({}, {})).rejects.toMatchObject({
      key: 'invalid-picture',
      detail: 'x.png is not a picture.'
    });
  });

  it('does not take what is not JSON for an answer', async () => {
    answer(200, '<html>Welcome</html>', 'application/json');
    await expect(client.predict({}, {})).rejects.toMatchObject({
      key: 'module-failed',
      technical: '<html>Welcome</html>'
    });
    answer(200, '<html>Log in</html>', 'text/html; charset=utf-8');
    await expect(client.predict({}, {})).rejects.toMatchObject({
      key: 'module-failed',
      detail: expect.stringContaining('a web page'),
      technical: '<html>Log in</html>'
    });
  });

  it('unwraps only what has exactly status and predictions', async () => {
    const bare = { status: 'OK', predictions: [1], more: 2 };
    answer(200, JSON.stringify(bare), 'application/json');
    expect((await client.predict({}, {})).value).toEqual(bare);
    answer(200, '{"status":"OK","predictions":[1]}', 'application/json');
    expect((await client.predict({}, {})).value).toEqual([1]);
  });

  it('finds the type of a picture by its first bytes, and keeps folders out of its name', async () => {
    module.onPredict = (_, response) =>
      response
        .writeHead(200, {
          'content-type': 'image/*',
          'content-disposition': 'attachment; filename="../../etc/x.png"'
        })
        .end(PNG);
    const reply = await client.predict({}, {}, { accept: 'image/*' });
    expect(reply).toMatchObject({
      contentType: 'image/png',
      filename: 'x.png'
    });
    expect(reply.value).toBeUndefined();
    expect(reply.body).toEqual(PNG);
  });

  it('names exactly one accepted type in header and argument, and sends the token', async () => {
    const image = { data: PNG, filename: 'x.png' };
    await client.predict({}, { image }, { accept: 'image/*' });
    const [{ headers, body }] = module.received;
    expect(headers.accept).toBe('image/*');
    expect(headers.authorization).toBe('Bearer secret');
    expect(body).toContain('name="accept"\r\n\r\nimage/*\r\n');
    await expect(
      client.predict({}, {}, { accept: '*/*' })
    ).rejects.toMatchObject({ fields: { accept: [expect.any(String)] } });
  });

  it('refuses an object beside a file, which no form can carry', async () => {
    const image = { data: PNG, filename: 'x.png' };
    await expect(
      client.predict({ options: { a: 1 } }, { image })
    ).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { options: [expect.any(String)] }
    });
    await client.predict({ options: { a: 1 } }, {});
    expect(module.received[0].body).toBe(
      '{"options":{"a":1},"accept":"application/json"}'
    );
  });

  it('does not let a file name end its header', async () => {
    const filename = 'x"\r\nX-Evil: 1\r\n\r\n.png';
    await client.predict({}, { image: { data: PNG, filename } });
    expect(module.received[0].body).toContain(
      'filename="x%22%0D%0AX-Evil: 1%0D%0A%0D%0A.png"'
    );
  });

  it('says what is wrong with a file that cannot be sent', async () => {
    const predict = (path: string) => client.predict({}, { image: { path } });
    await expect(predict('/nowhere/x.png')).rejects.toMatchObject({
      key: 'not-found',
      detail: expect.stringContaining('/nowhere/x.png')
    });
    await expect(predict(__dirname)).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { image: [expect.stringContaining('not a file')] }
    });
  });

  it('says that the module closed the connection in the middle of its answer', async () => {
    module.onPredict = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"half');
      setImmediate(() => response.destroy());
    };
    await expect(client.predict({}, {})).rejects.toMatchObject({
      key: 'module-unreachable',
      detail: expect.stringContaining('closed the connection')
    });
  });

  it('gives a slow module up after the time it was given', async () => {
    module.onPredict = (_, response) => response.writeHead(200).write('{');
    await expect(
      client.predict({}, {}, { timeoutMs: 200 })
    ).rejects.toMatchObject({ key: 'timeout' });
  });

  it('says that nothing listens when the module has ended', async () => {
    await client.describe();
    await module.stop();
    await expect(client.predict({}, {})).rejects.toMatchObject({
      key: 'module-unreachable',
      detail: expect.stringContaining('socket does not exist')
    });
  });

  it('answers again after the module was started anew', async () => {
    await client.predict({}, {});
    await client.close();
    await expect(client.predict({}, {})).resolves.toMatchObject({
      body: Buffer.from('{}')
    });
  });

  it.each([
    ['not JSON', { '/swagger.json': 'hello' }, 'not a DEEPaaS module'],
    ['no paths', { '/swagger.json': '{}' }, 'no predict route'],
    ['null', { '/v2/models/': 'null', '/swagger.json': 'null' }, 'no model'],
    [
      'two models',
      {
        '/v2/models/': JSON.stringify({
          models: ['a', 'b'].map(name => ({
            links: [
              { rel: 'self', href: `http://evil.example/v2/models/${name}` }
            ]
          }))
        })
      },
      '2 models: /v2/models/a/, /v2/models/b/'
    ]
  ])(
    'says what is wrong with a description: %s',
    async (_, documents, words) => {
      Object.assign(module.documents, documents);
      await expect(client.describe()).rejects.toThrow(words);
    }
  );
});

describe('ModuleClient without a module', () => {
  it('refuses an address that is none', () => {
    expect(() => new ModuleClient({ endpoint: 'ftp://x' })).toThrow(
      'is not the address of a module'
    );
  });

  it('says that nothing listens there', async () => {
    const client = new ModuleClient({ endpoint: 'http://127.0.0.1:1' });
    await expect(client.describe()).rejects.toMatchObject({
      key: 'module-unreachable',
      detail: expect.stringContaining('nothing listens there')
    });
  });

  it('says that what answers is not HTTP', async () => {
    const server = createServer(socket => socket.resume().end('SSH-2.0-x\r\n'));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const client = new ModuleClient({ endpoint: `http://127.0.0.1:${port}` });
    await expect(client.describe()).rejects.toThrow('not HTTP');
    await new Promise(resolve => server.close(resolve));
  });
});
