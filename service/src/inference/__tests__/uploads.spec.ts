import { statSync } from 'node:fs';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import { IAnswer } from '../../__tests__/client';
import { ServiceHere } from '../../__tests__/serviceHere';

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

  it.each(['../../x.png', 'C:\\photos\\x.png', 'a/b/x.png'])(
    'called %s is only x.png here',
    async name => {
      expect((await begin(name, 1)).json.filename).toBe('x.png');
    }
  );

  it('that nobody began is not found', async () => {
    const missing = await put('0123', 0, Buffer.alloc(1));
    expect(missing.status).toBe(404);
  });
});
