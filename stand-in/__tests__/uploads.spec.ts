import { createHash, randomBytes } from 'node:crypto';
import { startNextcloud } from '../nextcloud/server.ts';
import type { INextcloud } from '../nextcloud/server.ts';
import { asker } from './asking.ts';
import type { Ask } from './asking.ts';

let cloud: INextcloud;
let ask: Ask;

beforeEach(async () => {
  cloud = await startNextcloud();
  ask = asker(cloud);
});
afterEach(() => cloud.close());

const FILE = '/remote.php/dav/files/ada/big.bin';
const UPLOAD = '/remote.php/dav/uploads/ada/one';
const bytes = (count: number) => new Uint8Array(randomBytes(count));

/** One step of an upload. */
const step = (
  method: string,
  name: string,
  body?: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {}
) => {
  const destination = cloud.url + FILE;
  return ask(method, UPLOAD + name, {
    body,
    headers: { destination, ...headers }
  });
};

async function bigEnough() {
  const whole = bytes(5_000_010);
  await step('MKCOL', '');
  await step('PUT', '/00002', whole.slice(5_000_000));
  await step('PUT', '/00001', whole.slice(0, 5_000_000));
  return whole;
}

const finish = (headers = {}) =>
  step('MOVE', '/.file', undefined, {
    'oc-total-length': '5000010',
    ...headers
  });

const sumOf = async () => {
  const { url, user } = cloud;
  const response = await fetch(url + FILE, {
    headers: {
      authorization: `Basic ${btoa(`${user.uid}:${user.appPassword}`)}`
    }
  });
  return createHash('sha256')
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest('hex');
};

describe('a chunked upload', () => {
  it('joins its chunks in the order of their names and then is gone', async () => {
    const whole = await bigEnough();
    expect(
      (await ask('PROPFIND', UPLOAD, { headers: { depth: '1' } })).text
    ).toContain('one/00001</d:href><d:propstat><d:prop>');
    const done = await finish({ 'x-oc-mtime': '1700000000' });
    expect([done.status, done.headers.get('x-oc-mtime')]).toEqual([
      201,
      'accepted'
    ]);
    expect(await sumOf()).toBe(
      createHash('sha256').update(whole).digest('hex')
    );
    expect((await ask('PROPFIND', UPLOAD)).status).toBe(404);
  });

  it.each(['0', '10001', 'abc'])('refuses the name %s', async name => {
    await step('MKCOL', '');
    const { status, text } = await step('PUT', `/${name}`, bytes(10));
    expect([status, text]).toEqual([
      400,
      expect.stringContaining('must be numeric between 1 and 10000')
    ]);
  });

  it('refuses a small chunk in the middle', async () => {
    await step('MKCOL', '');
    await step('PUT', '/1', bytes(1000));
    await step('PUT', '/2', bytes(10));
    expect((await step('MOVE', '/.file')).status).toBe(400);
    cloud.switches.minChunkBytes = 100;
    expect((await step('MOVE', '/.file')).status).toBe(201);
  });

  it('wants its destination with each request', async () => {
    expect((await ask('MKCOL', UPLOAD)).status).toBe(400);
    await step('MKCOL', '');
    expect((await ask('PUT', `${UPLOAD}/1`, { body: 'x' })).status).toBe(400);
    await step('PUT', '/1', bytes(10));
    expect((await ask('MOVE', `${UPLOAD}/.file`)).status).toBe(400);
  });

  it('answers 412 when the server has lost what it knew', async () => {
    await bigEnough();
    cloud.switches.loseUploadMetadata = true;
    expect((await finish()).text).toContain(
      'Missing metadata for chunked upload'
    );
  });

  it('is refused on its first chunk over quota, and at the end when the sum is another', async () => {
    cloud.users.add({ ...cloud.user, quotaBytes: 6_000_000 });
    await step('MKCOL', '');
    const over = { 'oc-total-length': '7000000' };
    expect((await step('PUT', '/1', bytes(10), over)).status).toBe(507);
    await step('PUT', '/1', bytes(10), { 'oc-total-length': '5' });
    const { status, text } = await step('MOVE', '/.file', undefined, {
      'oc-total-length': '5'
    });
    expect([status, text]).toEqual([
      400,
      expect.stringContaining('do not sum up to 5 but to 10 bytes')
    ]);
  });

  it('needs the folder above its file: 404 for chunks, 409 for the end', async () => {
    await ask('MKCOL', 'deep');
    const destination = `${cloud.url}/remote.php/dav/files/ada/deep/big.bin`;
    const at = (method: string, name: string) =>
      step(method, name, method === 'PUT' ? bytes(10) : undefined, {
        destination
      });
    await at('MKCOL', '');
    await at('PUT', '/1');
    await ask('DELETE', 'deep');
    expect((await at('PUT', '/2')).status).toBe(404);
    expect((await at('MOVE', '/.file')).status).toBe(409);
  });

  it('may time out although it was joined, or without', async () => {
    await bigEnough();
    cloud.switches.moveTimeout = 'before';
    expect((await finish()).status).toBe(504);
    expect((await ask('HEAD', FILE)).status).toBe(404);
    cloud.switches.moveTimeout = 'after';
    expect((await finish()).status).toBe(504);
    expect((await ask('HEAD', FILE)).headers.get('content-length')).toBe(
      '5000010'
    );
  });

  it('goes on after a restart of the server', async () => {
    await bigEnough();
    const again = await startNextcloud({ folder: cloud.folder });
    const listed = await asker(again)('PROPFIND', UPLOAD);
    expect(listed.text).toContain('<d:getcontentlength>5000000<');
    await again.close();
  });
});

describe('a bulk upload', () => {
  const part = (path: string, content: string, sum?: string) =>
    [
      '--b',
      `X-File-Path: ${path}`,
      `Content-Length: ${content.length}`,
      `X-File-MD5: ${sum ?? createHash('md5').update(content).digest('hex')}`,
      'X-OC-Mtime: 1700000000',
      '',
      content
    ].join('\r\n') + '\r\n';
  const send = (...parts: string[]) =>
    ask('POST', '/remote.php/dav/bulk', {
      body: `${parts.join('')}--b--\r\n`,
      headers: { 'content-type': 'multipart/related; boundary=b' }
    });

  it('is 200 with a failure inside', async () => {
    const { status, json } = await send(
      part('/a.txt', 'abc'),
      part('/missing/b.txt', 'x')
    );
    expect(status).toBe(200);
    expect(json()).toEqual({
      '/a.txt': expect.objectContaining({
        error: false,
        permissions: 'RGDNVW'
      }),
      '/missing/b.txt': expect.objectContaining({ error: true })
    });
    expect((await ask('GET', 'a.txt')).text).toBe('abc');
  });

  it('is 400 with an empty list when the first sum is wrong', async () => {
    const { status, json } = await send(part('/a.txt', 'abc', '0'.repeat(32)));
    expect([status, json()]).toEqual([400, []]);
  });
});
