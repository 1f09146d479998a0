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

const etagOf = async (path: string) =>
  (await ask('PROPFIND', path, { headers: { depth: '0' } })).text.match(
    /<d:getetag>(.*?)</
  )![1];

describe('files by plain WebDAV', () => {
  it('are written, listed, read in ranges and moved to the trash', async () => {
    expect((await ask('PUT', 'leaf.txt', { body: '0123456789' })).status).toBe(
      201
    );
    expect((await ask('PROPFIND', '')).text).toContain(
      '/remote.php/dav/files/ada/leaf.txt'
    );
    const one = await ask('GET', 'leaf.txt', {
      headers: { range: 'bytes=2-4' }
    });
    expect([one.status, one.text]).toEqual([206, '234']);
    const several = await ask('GET', 'leaf.txt', {
      headers: { range: 'bytes=0-1,4-5' }
    });
    expect([several.status, several.text]).toEqual([200, '0123456789']);
    expect((await ask('DELETE', 'leaf.txt')).status).toBe(204);
    expect((await ask('GET', 'leaf.txt')).status).toBe(404);
  });

  it('change the ETags of all folders above them', async () => {
    await ask('MKCOL', 'plants');
    await ask('MKCOL', 'plants/2024');
    await ask('MKCOL', 'other');
    const before = [
      await etagOf(''),
      await etagOf('plants'),
      await etagOf('other')
    ];
    await ask('PUT', 'plants/2024/leaf.txt', { body: 'x' });
    const after = [
      await etagOf(''),
      await etagOf('plants'),
      await etagOf('other')
    ];
    expect(after.map((each, i) => each !== before[i])).toEqual([
      true,
      true,
      false
    ]);
  });

  it('are refused with 404 below a missing folder, unless Auto-Mkcol is spelled rightly', async () => {
    const put = (headers: Record<string, string>) =>
      ask('PUT', 'a/b/leaf.txt', { body: 'x', headers });
    expect((await put({})).status).toBe(404);
    expect((await put({ 'x-nc-webdav-automkcol': '1' })).status).toBe(404);
    expect((await put({ 'x-nc-webdav-auto-mkcol': '1' })).status).toBe(201);
  });

  it('answer 412 with the header that did not hold', async () => {
    const { headers } = await ask('PUT', 'leaf.txt', { body: 'one' });
    const stale = await ask('PUT', 'leaf.txt', {
      body: 'two',
      headers: { 'if-match': '"old"' }
    });
    expect(stale.status).toBe(412);
    expect(stale.text).toContain('<s:header>If-Match</s:header>');
    const there = await ask('PUT', 'leaf.txt', {
      body: 'two',
      headers: { 'if-none-match': '*' }
    });
    expect(there.text).toContain('<s:header>If-None-Match</s:header>');
    const same = { headers: { 'if-none-match': headers.get('etag')! } };
    expect((await ask('GET', 'leaf.txt', same)).status).toBe(304);
  });

  it('are not verified by OC-Checksum, but X-Hash says what was stored', async () => {
    const headers = {
      'oc-checksum': 'SHA1:0000',
      'x-hash': 'sha256',
      'x-oc-mtime': '1700000000'
    };
    const put = await ask('PUT', 'leaf.txt', { body: 'abc', headers });
    expect(put.status).toBe(201);
    expect(put.headers.get('x-oc-mtime')).toBe('accepted');
    expect(put.headers.get('x-hash-sha256')).toMatch(/^ba7816bf/);
  });

  it('are stored as nothing when they come without Content-Length', async () => {
    const body = new Blob(['0123456789']).stream();
    expect((await ask('PUT', 'leaf.txt', { body })).status).toBe(201);
    expect((await ask('GET', 'leaf.txt')).text).toBe('');
  });

  it('list missing properties in a second propstat and come in pages', async () => {
    for (const name of ['a', 'b', 'c']) {
      await ask('PUT', name, { body: name });
    }
    const body =
      '<d:propfind xmlns:d="DAV:"><d:prop><d:getetag/><d:nonsense/></d:prop></d:propfind>';
    const page = (headers: object) =>
      ask('PROPFIND', '', {
        body,
        headers: {
          depth: '1',
          'x-nc-paginate': 'true',
          'x-nc-paginate-count': '2',
          ...headers
        }
      });
    const first = await page({});
    expect(first.text).toContain(
      '<d:nonsense/></d:prop><d:status>HTTP/1.1 404 Not Found'
    );
    expect(first.headers.get('x-nc-paginate-total')).toBe('4');
    const token = first.headers.get('x-nc-paginate-token')!;
    const second = await page({
      'x-nc-paginate-token': token,
      'x-nc-paginate-offset': '2'
    });
    expect(second.text.match(/<d:href>/g)).toHaveLength(2);
    expect(second.text).toContain('/ada/c<');
  });

  it('keep difficult names, and what climbs is not found', async () => {
    const name = encodeURIComponent('a # % ? ü b.txt');
    await ask('PUT', name, { body: 'x' });
    expect((await ask('PROPFIND', '')).text).toContain(name);
    expect((await ask('GET', name)).text).toBe('x');
    expect((await ask('GET', '..%2f..%2fetc')).status).toBe(404);
  });

  it('of another user are a bare folder', async () => {
    const { status, text } = await ask(
      'PROPFIND',
      '/remote.php/dav/files/grace/'
    );
    expect(status).toBe(207);
    expect(text).toContain(
      '<d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop>'
    );
  });

  it('are all there after a restart on the same folder', async () => {
    await ask('PUT', 'leaf.txt', { body: 'abc' });
    const again = await startNextcloud({ folder: cloud.folder });
    expect((await asker(again)('GET', 'leaf.txt')).text).toBe('abc');
    expect(again.user.appPassword).toBe(cloud.user.appPassword);
    await again.close();
  });
});
