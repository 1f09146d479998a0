import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MODEL, Workplace } from './bundle';
import { ask, collect, type IAnswer, pictureForm } from './client';
import { externalModel } from './onnxFile';
import { CAT, declaredPng, FORMS } from './pictures';
import { type ServerProcess, startRuntime, until } from './server';

jest.setTimeout(60_000);

const MB = 1024 ** 2;
const PREDICT = '/v2/models/image-classifier/predict/';
let workplace: Workplace;

beforeAll(() => {
  workplace = new Workplace();
});

afterAll(() => workplace.remove());

const socketPath = (name: string): string =>
  path.join(workplace.folder, `${name}.sock`);

const start = (
  name: string,
  more: string[] = [],
  model = MODEL
): ServerProcess =>
  startRuntime(
    workplace.runtime,
    model,
    { socketPath: socketPath(name) },
    more
  );

const predictWith = (
  { address }: ServerProcess,
  picture: Uint8Array<ArrayBuffer>,
  fileName?: string
): Promise<IAnswer> =>
  ask(address, {
    method: 'POST',
    path: PREDICT,
    body: pictureForm(picture, {}, fileName)
  });

/** Head of a multipart request for a file of `fileBytes`, as a client begins to send it. */
function beginUpload(
  { address }: ServerProcess,
  fileBytes: number,
  headers: http.OutgoingHttpHeaders = {}
): http.ClientRequest {
  const request = http.request({
    ...address,
    agent: false,
    method: 'POST',
    path: PREDICT,
    headers: {
      'Content-Type': 'multipart/form-data; boundary=x',
      'Content-Length': fileBytes + PART.length + END.length,
      ...headers
    }
  });
  request.write(PART);
  return request;
}
const PART = Buffer.from(
  '--x\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
);
const END = Buffer.from('\r\n--x--\r\n');

const spooled = (): string[] =>
  readdirSync(tmpdir()).filter(name => name.startsWith('deep-upload-'));

describe('a runtime on a unix socket', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await start('faults', ['--max-upload-mb', '200']).ready();
  });

  afterAll(() => server.stop());

  afterEach(async () => {
    // Whatever was sent, the next cat is a cat.
    const { json, status } = await predictWith(server, CAT);
    expect(status).toBe(200);
    expect(json.predictions.labels[0]).toBe('Egyptian Mau');
  });

  it('is for its owner alone', () => {
    expect(statSync(socketPath('faults')).mode & 0o777).toBe(0o600);
  });

  it('says on its first line that it is ready, and with what', () => {
    const [line] = server.stdout.split('\n');
    expect(JSON.parse(line)).toMatchObject({
      event: 'ready',
      pid: server.child.pid,
      backend: expect.stringMatching(/^(cpu|cuda)$/),
      endpoint: `unix:${socketPath('faults')}`,
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
    const headers = { 'Transfer-Encoding': 'chunked' };
    const request = beginUpload(server, 0, headers);
    request.removeHeader('Content-Length');
    const answered = once(request, 'response');
    request.on('error', () => undefined);
    const block = Buffer.alloc(MB, 1);
    let peak = 0;
    for (let sent = 0; sent < 210 && !request.destroyed; sent++) {
      if (!request.write(block)) {
        await Promise.race([once(request, 'drain'), answered]);
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

  it('lives on when it is sent what is not HTTP', async () => {
    const junk = connect(socketPath('faults')).on('error', () => undefined);
    junk.end('\0\0 not HTTP\r\n\r\n').resume();
    await once(junk, 'close');
  });

  it('refuses a second process on its socket', async () => {
    const second = start('faults');
    expect(await second.ended).toBe(2);
    expect(JSON.parse(second.stderr).detail).toContain('is in use');
  });
});

describe('the end of a runtime', () => {
  it('comes with SIGTERM: exit code 0, and the socket gone', async () => {
    const server = await start('term').ready();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(existsSync(socketPath('term'))).toBe(false);
    expect(server.stderr).toBe('');
  });

  it('waits for the prediction that is under way', async () => {
    const server = await start('busy').ready();
    const answer = predictWith(server, CAT);
    await new Promise(resolve => setImmediate(resolve));
    const request = beginUpload(server, CAT.length);
    await until(
      async () => (await answer).status === 200,
      'an answer before the end'
    );
    const answered = once(request, 'response');
    server.child.kill('SIGTERM');
    request.end(Buffer.concat([CAT, END]));
    const [response] = await answered;
    expect((await collect(response)).status).toBe(200);
    expect(await server.ended).toBe(0);
  });

  it('comes by itself after the idle time, which requests put off', async () => {
    // 1.2 seconds.
    const server = await start('idle', ['--idle-minutes', '0.02']).ready();
    const began = performance.now();
    while (performance.now() - began < 2500) {
      expect((await predictWith(server, CAT)).status).toBe(200);
    }
    expect(await server.ended).toBe(0);
    expect(existsSync(socketPath('idle'))).toBe(false);
  });

  it('by force leaves a socket that the next process takes over', async () => {
    const killed = await start('killed').ready();
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(socketPath('killed'))).toBe(true);
    const next = await start('killed').ready();
    expect((await predictWith(next, CAT)).status).toBe(200);
    await next.stop();
  });
});

describe('a model folder that cannot be served', () => {
  let copies = 0;
  type Damage = (inFolder: (name: string) => string) => void;

  const DAMAGES: [string, string, Damage][] = [
    ['no config', 'config.json', at => rmSync(at('config.json'))],
    ['no model', 'onnx/model.onnx', at => rmSync(at('onnx/model.onnx'))],
    [
      'no preprocessor config',
      'preprocessor_config.json',
      at => rmSync(at('preprocessor_config.json'))
    ],
    [
      'an empty model',
      'onnx/model.onnx',
      at => truncateSync(at('onnx/model.onnx'))
    ],
    [
      'half a model',
      'onnx/model.onnx',
      at => truncateSync(at('onnx/model.onnx'), 9 * MB)
    ],
    [
      'a model that is a text',
      'onnx/model.onnx',
      at => writeFileSync(at('onnx/model.onnx'), 'not a model')
    ],
    [
      'a model whose weights are damaged in the middle',
      'onnx/model.onnx',
      at => {
        const bytes = readFileSync(at('onnx/model.onnx'));
        writeFileSync(at('onnx/model.onnx'), bytes.fill(0xff, 0, 4096));
      }
    ],
    [
      'damaged JSON',
      'config.json',
      at => truncateSync(at('config.json'), 1000)
    ],
    [
      'a manifest with a wrong type',
      'module.json',
      at => writeFileSync(at('module.json'), '{"name": 3}')
    ],
    ['no labels', 'config.json', at => writeFileSync(at('config.json'), '{}')],
    [
      'a link that leads outside',
      'config.json',
      at => {
        rmSync(at('config.json'));
        symlinkSync(path.join(MODEL, 'config.json'), at('config.json'));
      }
    ],
    [
      'a model link that leads outside',
      'onnx/model.onnx',
      at => {
        rmSync(at('onnx/model.onnx'));
        symlinkSync(path.join(MODEL, 'onnx/model.onnx'), at('onnx/model.onnx'));
      }
    ],
    [
      'weights in a file outside',
      '../../../../etc/passwd',
      at =>
        writeFileSync(
          at('onnx/model.onnx'),
          externalModel('../../../../etc/passwd')
        )
    ],
    [
      'weights in a file at an absolute path',
      '/etc/passwd',
      at => writeFileSync(at('onnx/model.onnx'), externalModel('/etc/passwd'))
    ],
    [
      'weights in a link that leads outside',
      'onnx/weights.bin',
      at => {
        symlinkSync('/etc/passwd', at('onnx/weights.bin'));
        writeFileSync(at('onnx/model.onnx'), externalModel('weights.bin'));
      }
    ],
    [
      'weights in a file that is not there',
      'onnx/weights.bin',
      at => writeFileSync(at('onnx/model.onnx'), externalModel('weights.bin'))
    ]
  ];

  it.each(DAMAGES)(
    'for %s: exit code 2 and one line that names %s',
    async (_what, name, damage) => {
      const model = workplace.copyModel(`m${++copies}`);
      damage(file => path.join(model, file));
      const server = start(`m${copies}`, [], model);
      expect(await server.ended).toBe(2);
      const lines = server.stderr.trimEnd().split('\n');
      expect(lines).toHaveLength(1);
      const problem = JSON.parse(lines[0]);
      expect(problem.type).toBe('urn:jupyterlab-deep:model-invalid');
      expect(problem.detail).toContain(name);
      expect(server.stdout).toBe('');
      rmSync(model, { recursive: true });
    }
  );

  it('for no folder: exit code 2 and one line that names it', async () => {
    const missing = path.join(workplace.folder, 'nowhere');
    const server = start('nowhere', [], missing);
    expect(await server.ended).toBe(2);
    expect(JSON.parse(server.stderr).detail).toContain(missing);
  });

  it('for a wrong command line: exit code 2 and the usage', async () => {
    const server = start('usage', ['--workers', 'many']);
    expect(await server.ended).toBe(2);
    expect(JSON.parse(server.stderr).hint).toContain('Usage:');
  });
});
