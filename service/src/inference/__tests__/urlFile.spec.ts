import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { Run } from '@jupyterlab-deep/protocol';
import type { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';
import { Loopback, standIn } from '../../deployments/__tests__/loopback';

/** A module that answers with the body that it was sent. */
const answersItsBody: RequestListener = (request, response) => {
  if (request.method !== 'POST') {
    return standIn(['tiny'])(request, response);
  }
  void request.toArray().then(chunks => {
    const body = Buffer.concat(chunks).toString('latin1');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ body }));
  });
};

describe('A file at an address', () => {
  let home: TestHome;
  let service: ServiceHere;
  let files: Loopback;
  let module: Loopback;

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    files = await Loopback.start((_, response) => {
      response.setHeader('content-type', 'image/x-test');
      response.end('the bytes');
    });
    module = await Loopback.start(answersItsBody);
    service = await ServiceHere.open(home, { DEEP_LIMITS_UPLOAD_MB: '1' });
    const connected = await service.post('/deployments/connections', {
      address: module.url,
      allowPrivate: true
    });
    expect(connected.json.state).toBe('ready');
  });

  afterEach(async () => {
    await service.close();
    await files.stop();
    await module.stop();
    home.remove();
  });

  const begin = (url: string, allowPrivate?: boolean): Promise<IAnswer> =>
    service.post('/inference/predictions', {
      module: 'connected/tiny',
      arguments: {},
      files: { image: { from: 'url', url, allowPrivate } }
    });

  async function ended(answer: IAnswer): Promise<Run> {
    expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
    const { id } = answer.json as Run;
    return until(async () => {
      const run: Run = (await service.get(`/runs/${id}`)).json;
      return ['queued', 'running'].includes(run.state) ? undefined : run;
    });
  }

  it('is fetched, sent to the module and kept with its run', async () => {
    const run = await ended(
      await begin(`${files.url}/a%20%22cat%22.png?size=1`, true)
    );
    expect(run).toMatchObject({
      state: 'succeeded',
      inputs: [{ argument: 'image', name: 'a "cat".png', sizeBytes: 9 }]
    });
    expect(files.asked).toEqual(['GET /a%20%22cat%22.png?size=1']);
    const { body } = (await service.get(`/runs/${run.id}/result`)).json;
    expect(body).toContain('the bytes');
    expect(body).toContain('image/x-test');
    const input = await service.get(`/inference/inputs/${run.id}/image`);
    expect(input.text).toBe('the bytes');
    expect(input.headers['content-disposition']).toContain('attachment');
  });

  it('that is not public is asked for after a confirmation only', async () => {
    const refused = await begin(`${files.url}/cat.png`);
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({
      type: 'urn:jupyterlab-deep:address-private',
      fields: { image: ['127.0.0.1 is not a public address.'] }
    });
    expect(files.asked).toEqual([]);
    expect((await service.get('/runs')).json.runs).toEqual([]);
  });

  it.each([
    ['file:///etc/passwd', 'is not an address of the web'],
    ['nonsense', 'is not an address of the web'],
    ['https://ada:secret@x.example/cat.png', 'holds a name or a password']
  ])('such as %s is refused before anything is begun', async (url, says) => {
    const refused = await begin(url, true);
    expect(refused.status).toBe(422);
    expect(refused.json.detail).toContain(says);
    expect(refused.text).not.toContain('secret@');
  });

  it('does not lead elsewhere on this machine', async () => {
    const inside = await Loopback.start((_, response) =>
      response.end('inside')
    );
    files.answer = (_, response) =>
      response.writeHead(302, { location: `${inside.url}/secret` }).end();
    const run = await ended(await begin(`${files.url}/cat.png`, true));
    expect(run.state).toBe('failed');
    expect(run.error?.fields?.image[0]).toContain('is not asked');
    expect(inside.asked).toEqual([]);
    await inside.stop();
  });

  it.each<[string, RequestListener, string]>([
    ['is missing', (_, reply) => reply.writeHead(404).end(), 'answered 404'],
    ['is empty', (_, reply) => reply.end(), 'an empty file'],
    [
      'is a login page',
      (_, reply) =>
        reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'a web page instead of a file'
    ],
    [
      'is said to be too large',
      (_, reply) =>
        reply.writeHead(200, { 'content-length': 2 ** 31 }).flushHeaders(),
      'larger than 1 MB'
    ],
    [
      'turns out to be too large',
      (_, reply) => reply.end(Buffer.alloc(1024 * 1024 + 1)),
      'larger than 1 MB'
    ],
    [
      'breaks off',
      (request, reply) => {
        reply.writeHead(200, { 'content-length': 100 }).write('half');
        setTimeout(() => request.socket.destroy(), 50);
      },
      'could not be fetched'
    ]
  ])('that %s is told at its argument', async (_, answer, says) => {
    files.answer = answer;
    const run = await ended(await begin(`${files.url}/cat.png`, true));
    expect(run.state).toBe('failed');
    expect(run.error).toMatchObject({ status: 422 });
    expect(run.error?.fields?.image[0]).toContain(says);
    expect(module.asked).not.toContain('POST /v2/models/tiny/predict/');
  });

  it('is given up when its run is cancelled', async () => {
    let isClosed = false;
    files.answer = (request, reply) => {
      reply.writeHead(200).write('a beginning');
      request.socket.on('close', () => (isClosed = true));
    };
    const { id } = (await begin(`${files.url}/cat.png`, true)).json as Run;
    await until(async () =>
      (await service.get(`/runs/${id}`)).json.phase.startsWith('Fetching')
    );
    await until(() => files.asked.length > 0);
    const cancelled = await service.post(`/runs/${id}/cancel`);
    expect(cancelled.json.state).toBe('cancelled');
    await until(() => isClosed);
  });
});
