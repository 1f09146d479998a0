import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { type ClientRequest } from 'node:http';
import { connect } from 'node:net';
import { Workplace } from './bundle';
import { collect } from './client';
import { CAT, declaredPng, FORMS } from './pictures';
import { type ServerProcess, startRuntime, until } from './server';
import { beginUpload, END, predictWith } from './upload';

jest.setTimeout(60_000);

const MB = 1024 ** 2;
let workplace: Workplace;

beforeAll(() => {
  workplace = new Workplace();
});

afterAll(() => workplace.remove());

const spooled = (): string[] =>
  readdirSync(workplace.uploads).filter(name =>
    name.startsWith('deep-upload-')
  );

const drained = (request: ClientRequest): Promise<void> =>
  new Promise(resolve => request.once('drain', () => resolve()));

describe('a runtime on a unix socket', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startRuntime(workplace, 'faults').ready();
  });

  afterAll(() => server.stop());

  afterEach(async () => {
    // Whatever was sent, the next cat is a cat.
    const { json, status } = await predictWith(server, CAT);
    expect(status).toBe(200);
    expect(json.predictions.labels[0]).toBe('Egyptian Mau');
  });

  it('is for its owner alone', () => {
    expect(statSync(workplace.socket('faults')).mode & 0o777).toBe(0o600);
  });

  it('says on its first line that it is ready, and with what', () => {
    const [line] = server.stdout.split('\n');
    expect(JSON.parse(line)).toMatchObject({
      event: 'ready',
      pid: server.child.pid,
      backend: expect.stringMatching(/^(cpu|cuda)$/),
      endpoint: `unix:${workplace.socket('faults')}`,
      modelPath: '/v2/models/image-classifier/'
    });
  });

  const BROKEN: [string, Buffer, string, string][] = [
    ['an empty file', Buffer.alloc(0), 'a.jpg', 'The file is empty.'],
    [
      'a text that is named .jpg',
      Buffer.from('no picture at all\n'.repeat(50)),
      'notes.jpg',
      'not a picture that can be read'
    ],
    [
      'random bytes behind the beginning of a JPEG',
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8]),
      'a.jpg',
      'picture'
    ],
    [
      'half a JPEG',
      CAT.subarray(0, CAT.length / 2),
      'cat.jpg',
      'The picture is damaged'
    ],
    [
      'an SVG, which could name files of this machine',
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>'
      ),
      'a.svg',
      'not a picture that can be read'
    ]
  ];

  it.each(BROKEN)('refuses %s in words', async (_what, bytes, name, text) => {
    const { status, json } = await predictWith(
      server,
      Buffer.from(bytes),
      name
    );
    expect(status).toBe(422);
    expect(Object.keys(json)).toEqual(['image']);
    expect(json.image[0]).toContain(text);
  });

  it.each([
    ['too many pixels', 30_000, 30_000, '30000 × 30000'],
    ['a side too long', 70_000, 1, 'picture']
  ])(
    'refuses a PNG that declares %s, without making room for it',
    async (_what, width, height, text) => {
      const before = server.residentBytes;
      const began = performance.now();
      const { status, json } = await predictWith(
        server,
        declaredPng(width, height)
      );
      expect(status).toBe(422);
      expect(json.image[0]).toContain(text);
      expect(performance.now() - began).toBeLessThan(1000);
      expect(server.residentBytes - before).toBeLessThan(50 * MB);
    }
  );

  it.each(Object.keys(FORMS))('knows the cat as %s', async what => {
    const picture = await FORMS[what]();
    const { status, json } = await predictWith(server, Buffer.from(picture));
    expect(status).toBe(200);
    expect(json.predictions.labels.slice(0, 3)).toContain('Egyptian Mau');
  });

  it('refuses an upload that is announced as too large before it comes', async () => {
    const request = beginUpload(server, 300 * MB).on('error', () => undefined);
    const [response] = await once(request, 'response');
    const { status, json } = await collect(response);
    request.destroy();
    expect(status).toBe(413);
    expect(json.image[0]).toContain('more than 200 MB');
  });

  it('refuses an upload that turns out too large, and keeps neither it nor memory', async () => {
    const before = server.residentBytes;
    const request = beginUpload(server);
    const answered = once(request, 'response');
    request.on('error', () => undefined);
    const block = Buffer.alloc(MB, 1);
    let peak = 0;
    for (let sent = 0; sent < 210 && !request.destroyed; sent++) {
      if (!request.write(block)) {
        await Promise.race([drained(request), answered]);
      }
      peak = Math.max(peak, server.residentBytes);
    }
    const [response] = await answered;
    const { status, json } = await collect(response);
    request.destroy();
    expect(status).toBe(413);
    expect(json.image[0]).toContain('more than 200 MB');
    expect(peak - before).toBeLessThan(100 * MB);
    await until(() => spooled().length === 0, 'no spooled upload');
  });

  it('takes 8 large uploads at once within bounded memory', async () => {
    const before = server.residentBytes;
    // Data behind a picture's end are allowed.
    const large = Buffer.concat([CAT, Buffer.alloc(40 * MB)]);
    let peak = 0;
    const timer = setInterval(
      () => (peak = Math.max(peak, server.residentBytes)),
      10
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => predictWith(server, large))
    );
    clearInterval(timer);
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(peak - before).toBeLessThan(300 * MB);
    await until(() => spooled().length === 0, 'no spooled upload');
  });

  it('frees what a client sent that hangs up in the middle of an upload', async () => {
    const request = beginUpload(server, 100 * MB).on('error', () => undefined);
    request.write(Buffer.alloc(20 * MB));
    await until(() => spooled().length === 1, 'a spooled upload');
    request.destroy();
    await until(() => spooled().length === 0, 'no spooled upload');
    expect(server.stderr).toBe('');
  });

  it('gives up what nobody waits for', async () => {
    const large = await FORMS['a 16-bit PNG']();
    const clients = Array.from({ length: 40 }, () => {
      const client = beginUpload(server, large.length);
      client.on('error', () => undefined).end(Buffer.concat([large, END]));
      return client;
    });
    await Promise.all(clients.map(client => once(client, 'finish')));
    clients.forEach(client => client.destroy());
    const began = performance.now();
    const { status } = await predictWith(server, CAT);
    const waitedMs = performance.now() - began;
    const alone = performance.now();
    await predictWith(server, Buffer.from(large));
    expect(status).toBe(200);
    expect(waitedMs).toBeLessThan(20 * (performance.now() - alone));
    expect(server.stderr).toBe('');
  });

  it('keeps no record of its use: onnxruntime would, for its makers', () => {
    expect(readdirSync(workplace.uploads)).toEqual([]);
  });

  it('lives on when it is sent what is not HTTP', async () => {
    const junk = connect(workplace.socket('faults')).on(
      'error',
      () => undefined
    );
    junk.end('\0\0 not HTTP\r\n\r\n').resume();
    await once(junk, 'close');
  });

  it('refuses a second process on its socket', async () => {
    const second = startRuntime(workplace, 'faults');
    expect(await second.ended).toBe(2);
    expect(JSON.parse(second.stderr).detail).toContain('is in use');
  });
});
