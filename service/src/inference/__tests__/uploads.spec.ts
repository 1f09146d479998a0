import {
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync
} from 'node:fs';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import { IAnswer } from '../../__tests__/client';
import { ServiceHere } from '../../__tests__/serviceHere';
import { makeModelFolder } from '../../catalogue/__tests__/folders';

jest.setTimeout(60_000);

describe('an upload', () => {
  let home: TestHome;
  let here: ServiceHere;

  beforeEach(async () => {
    home = new TestHome();
    here = await ServiceHere.open(home, { DEEP_LIMITS_UPLOAD_MB: '20' });
  });

  afterEach(async () => {
    await here.close();
    home.remove();
  });

  const begin = (filename: string, sizeBytes: number): Promise<IAnswer> =>
    here.post('/inference/uploads', { filename, sizeBytes });

  const put = (id: string, offset: number, body: Buffer): Promise<IAnswer> =>
    here.ask({
      method: 'PUT',
      path: `/inference/uploads/${id}?offset=${offset}`,
      body,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': body.length
      }
    });

  const contentOf = (id: string): string =>
    path.join(home.store, 'uploads', id, 'content');

  it('grows piece by piece', async () => {
    const upload = (await begin('a.bin', 10)).json;
    expect(upload).toMatchObject({ sizeBytes: 10, receivedBytes: 0 });
    expect((await put(upload.id, 0, Buffer.alloc(6))).json.receivedBytes).toBe(
      6
    );
    expect((await put(upload.id, 6, Buffer.alloc(4))).json.receivedBytes).toBe(
      10
    );
    expect(statSync(contentOf(upload.id)).size).toBe(10);
  });

  it.each([0, 3, 9])(
    'answers a piece for byte %i with the right one and goes on there',
    async offset => {
      const { id } = (await begin('a.bin', 10)).json;
      await put(id, 0, Buffer.alloc(6));
      const refused = await put(id, offset, Buffer.alloc(2));
      expect(refused.status).toBe(409);
      expect(refused.headers['x-deep-offset']).toBe('6');
      expect((await put(id, 6, Buffer.alloc(4))).status).toBe(200);
    }
  );

  it('takes one of two equal pieces that come at once', async () => {
    const { id } = (await begin('a.bin', 10)).json;
    const answers = await Promise.all([
      put(id, 0, Buffer.alloc(5, 'a')),
      put(id, 0, Buffer.alloc(5, 'b'))
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('goes on after the service was started anew', async () => {
    const { id } = (await begin('a.bin', 10)).json;
    await put(id, 0, Buffer.alloc(6));
    await here.close();
    here = await ServiceHere.open(home);
    expect(
      (await here.get(`/inference/uploads/${id}`)).json.receivedBytes
    ).toBe(6);
    expect((await put(id, 6, Buffer.alloc(4))).status).toBe(200);
  });

  it('is refused at its announcement when it is too large', async () => {
    const refused = await begin('big.tif', 21 * 1024 * 1024);
    expect(refused.status).toBe(413);
    expect(refused.json.detail).toContain('big.tif has 21 MB');
    expect(refused.json.hint).toContain('limits.uploadMb');
  });

  it('is refused when more comes than was announced', async () => {
    const { id } = (await begin('a.bin', 3)).json;
    expect((await put(id, 0, Buffer.alloc(4))).status).toBe(413);
  });

  it('is refused in pieces of more than 8 MiB, and takes 8 MiB', async () => {
    const size = 8 * 1024 * 1024;
    const { id } = (await begin('a.bin', 2 * size)).json;
    expect((await put(id, 0, Buffer.alloc(size + 1))).status).toBe(413);
    expect((await put(id, 0, Buffer.alloc(size))).status).toBe(200);
  });

  it('called C:\\photos\\x.png is only x.png here', async () => {
    const { json } = await begin('C:\\photos\\x.png', 1);
    expect(json.filename).toBe('x.png');
  });

  it.each([
    '../../x.png',
    'a/b/x.png',
    '/',
    'a\\',
    'a\nb',
    'a\u0000b',
    'a\u007f'
  ])('called %j is refused', async name => {
    const refused = await begin(name, 1);
    expect(refused.status).toBe(400);
    expect(Object.keys(refused.json.fields)).toEqual(['filename']);
  });

  it.each([
    ['image/svg+xml', 201],
    ['text/plain; charset="utf-8"', 201],
    ['image', 400],
    ['image/png\r\nx-evil: 1', 400],
    ['text/plain;\u0000', 400]
  ])('of the type %j is answered with %i', async (contentType, status) => {
    const answer = await here.post('/inference/uploads', {
      filename: 'a.bin',
      sizeBytes: 1,
      contentType
    });
    expect(answer.status).toBe(status);
  });

  describe('that is used', () => {
    const MODULE = 'builtin/plants';

    async function uploaded(): Promise<string> {
      const { id } = (await begin('a.png', 10)).json;
      await put(id, 0, Buffer.alloc(10));
      return id;
    }

    const predict = (id: string): Promise<IAnswer> =>
      here.post('/inference/predictions', {
        module: MODULE,
        arguments: {},
        files: { image: { from: 'upload', id } }
      });

    beforeEach(() => makeModelFolder(home.modules, 'plants'));

    it('is refused when its file is not whole any more', async () => {
      const id = await uploaded();
      truncateSync(contentOf(id), 7);
      const refused = await predict(id);
      expect(refused.status).toBe(422);
      expect(refused.json.fields.image[0]).toContain('7 of its 10 bytes');
    });

    const shared = '/dev/shm';
    const isOther =
      existsSync(shared) && statSync(shared).dev !== statSync('/tmp').dev;

    (isOther ? it : it.skip)(
      'is copied where it cannot be linked (needs /dev/shm beside /tmp)',
      async () => {
        const elsewhere = mkdtempSync(path.join(shared, 'du-'));
        symlinkSync(elsewhere, path.join(home.store, 'uploads'));
        const id = await uploaded();
        const begun = await predict(id);
        expect(begun.status).toBe(202);
        const input = `/inference/inputs/${begun.json.id}/image`;
        expect((await here.get(input)).headers['content-length']).toBe('10');
        rmSync(elsewhere, { recursive: true });
        expect((await here.get(input)).status).toBe(200);
      }
    );
  });

  it('has a limit that may be any number of megabytes', async () => {
    await here.close();
    here = await ServiceHere.open(home, { DEEP_LIMITS_UPLOAD_MB: '1.1' });
    expect((await begin('a.bin', 1_100_000)).status).toBe(201);
  });

  it('that nobody began is not found', async () => {
    const missing = await put('0123', 0, Buffer.alloc(1));
    expect(missing.status).toBe(404);
  });
});
