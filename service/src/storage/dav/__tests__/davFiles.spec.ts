import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DeepError, StorageEntry } from '@jupyterlab-deep/protocol';
import {
  FaultProxy,
  PLACES,
  startFaultProxy
} from '../../../../../stand-in/faultProxy';
import type { IBytes, IChunkedUpload } from '../../remoteFiles';
import type { DavFiles } from '../davFiles';
import { filesOf, INextcloud, startNextcloud } from './cloudHere';

/** Bytes in memory as something that can be opened anywhere. */
export const bytesOf = (content: Buffer, modifiedS?: number): IBytes => ({
  sizeBytes: content.length,
  modifiedS,
  open: ({ start, end } = { start: 0, end: content.length }) =>
    Readable.from([content.subarray(start, end)], { objectMode: false })
});

const sha = (content: Buffer): string =>
  createHash('sha256').update(content).digest('hex');

const keyOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    error => (error instanceof DeepError ? error.key : String(error))
  );

async function namesIn(files: DavFiles, folder: string): Promise<string[]> {
  const found: StorageEntry[] = [];
  for await (const piece of files.list(folder)) {
    found.push(...piece);
  }
  return found.map(({ path }) => path).sort();
}

describe('files of a Nextcloud (stand-in)', () => {
  let cloud: INextcloud;
  let files: DavFiles;
  let refusals: string[];

  beforeEach(async () => {
    cloud = await startNextcloud({});
    ({ files, refusals } = filesOf(cloud));
  });
  afterEach(() => cloud.close());

  const read = async (path: string): Promise<Buffer> =>
    buffer((await files.read(path)).body);

  it('are written with the folders above them, listed, read and described', async () => {
    const content = randomBytes(50_000);
    const written = await files.write(
      'plants/a #1%? ü.bin',
      bytesOf(content, 1_700_000_000)
    );
    expect(written).toMatchObject({
      path: 'plants/a #1%? ü.bin',
      sizeBytes: 50_000,
      modifiedAt: '2023-11-14T22:13:20.000Z',
      isReadOnly: false
    });
    expect(await namesIn(files, 'plants')).toEqual(['plants/a #1%? ü.bin']);
    expect(sha(await read(written.path))).toBe(sha(content));
    const range = { start: 10, end: 20 };
    const part = await files.read(written.path, { range });
    expect(await buffer(part.body)).toEqual(content.subarray(10, 20));
  });

  it('are written only over what was seen', async () => {
    const { etag } = await files.write('a.txt', bytesOf(Buffer.from('one')));
    await files.write('a.txt', bytesOf(Buffer.from('two')), { ifMatch: etag });
    const stale = { ifMatch: etag };
    expect(
      await keyOf(files.write('a.txt', bytesOf(Buffer.from('x')), stale))
    ).toBe('conflict');
    const absent = { ifAbsent: true };
    expect(
      await keyOf(files.write('a.txt', bytesOf(Buffer.from('x')), absent))
    ).toBe('conflict');
    expect(String(await read('a.txt'))).toBe('two');
  });

  it('may be empty, moved, copied and deleted', async () => {
    await files.write('a.txt', bytesOf(Buffer.alloc(0)));
    await files.copy('a.txt', 'b.txt');
    await files.makeFolder('x/y/z');
    await files.move('b.txt', 'x/y/b.txt');
    expect(await keyOf(files.copy('a.txt', 'x/y/b.txt'))).toBe('conflict');
    await files.remove('a.txt');
    expect(await namesIn(files, 'x/y')).toEqual(['x/y/b.txt', 'x/y/z']);
    expect(await keyOf(files.stat('a.txt'))).toBe('not-found');
  });

  it('go by chunks where they are large, and again where an upload was left', async () => {
    const content = randomBytes(17_000_000);
    const opened: IChunkedUpload[] = [];
    const written = await files.write('big.bin', bytesOf(content), {
      onOpened: upload => void opened.push(upload)
    });
    expect([written.sizeBytes, opened.length]).toEqual([17_000_000, 1]);
    expect(sha(await read('big.bin'))).toBe(sha(content));

    // The second one is cut after two chunks, as a kill would.
    const stop = new AbortController();
    const half = files.write('other.bin', bytesOf(content), {
      signal: stop.signal,
      onOpened: upload => void opened.push(upload),
      onBytes: done => done >= 10_000_000 && stop.abort()
    });
    await expect(half).rejects.toThrow();
    cloud.requests.length = 0;
    await files.write('other.bin', bytesOf(content), { resume: opened[1] });
    const chunks = cloud.requests.filter(
      ({ method, path, status }) =>
        // Those that were cut are written down when the server notices.
        method === 'PUT' && path.includes('/uploads/') && status === 201
    );
    expect(chunks.length).toBeLessThan(3);
    expect(sha(await read('other.bin'))).toBe(sha(content));
  });

  it.each(['after', 'before'] as const)(
    'are whole when the answer to the joining is lost %s it was done',
    async when => {
      const content = randomBytes(11_000_000);
      cloud.switches.moveTimeout = when;
      cloud.switches.moveTimeouts = 1;
      await files.write('big.bin', bytesOf(content));
      expect(sha(await read('big.bin'))).toBe(sha(content));
    }
  );

  it('go many at once where they are small, each with its answer', async () => {
    await files.makeFolder('many');
    const small = Array.from({ length: 450 }, (_, index) => ({
      path: `many/${index}.txt`,
      content: Buffer.from(`file ${index}`),
      modifiedS: 1_700_000_000
    }));
    cloud.requests.length = 0;
    const results = await files.writeMany([
      ...small,
      { path: 'nowhere/x.txt', content: Buffer.from('x') }
    ]);
    expect(cloud.requests.length).toBe(3);
    expect(results.filter(({ refused }) => refused)).toMatchObject([
      { path: 'nowhere/x.txt', refused: expect.any(String) }
    ]);
    const { etag } = await files.stat('many/7.txt');
    expect(results[7].etag).toBe(etag);
  });

  it('come many at once as one stream, whole or a selection', async () => {
    const content = randomBytes(300_000);
    // What a search for the end of a file could stumble over.
    content.set([0x50, 0x4b, 0x07, 0x08], 1000);
    await files.write('set/a/b.bin', bytesOf(content));
    await files.write('set/empty', bytesOf(Buffer.alloc(0)));
    await files.write('set/c.txt', bytesOf(Buffer.from('c')));
    const got: Record<string, string> = {};
    for await (const { path, body } of files.readMany('set')) {
      got[path] = sha(await buffer(body));
    }
    expect(got).toEqual({
      'a/b.bin': sha(content),
      empty: sha(Buffer.alloc(0)),
      'c.txt': sha(Buffer.from('c'))
    });
    const names: string[] = [];
    const some = { names: ['c.txt'] };
    for await (const { path } of files.readMany('set', some)) {
      names.push(path);
    }
    expect(names).toEqual(['c.txt']);
  });

  it('say it when the server stores nothing of what it was sent', async () => {
    cloud.switches.wrongHash = true;
    expect(await keyOf(files.write('a.txt', bytesOf(Buffer.from('abc'))))).toBe(
      'storage-refused'
    );
  });

  it('are not asked any more after the password was refused once', async () => {
    cloud.users.expire(cloud.user.uid);
    expect(await keyOf(files.stat('a.txt'))).toBe('storage-login');
    cloud.requests.length = 0;
    expect(await keyOf(files.stat('a.txt'))).toBe('storage-login');
    expect(cloud.requests).toEqual([]);
    expect(refusals).toEqual(['refused']);
  });

  it('are refused a path that leads out', async () => {
    expect(await keyOf(files.stat('../grace/a'))).toBe('invalid-request');
    expect(await keyOf(files.stat('a//b'))).toBe('invalid-request');
  });

  it('leave out what a listing names elsewhere', async () => {
    await files.write('set/a.txt', bytesOf(Buffer.from('a')));
    for (const kind of ['parent', 'absolute', 'foreign'] as const) {
      cloud.switches.listing = kind;
      expect(await namesIn(files, 'set')).not.toContain(
        expect.stringContaining('..')
      );
    }
    cloud.switches.listing = 'entities';
    expect(await keyOf(namesIn(files, 'set'))).toBe('storage-refused');
  });
});

it('refuses a listing of something else, which would look like an empty folder', async () => {
  const xml =
    '<d:multistatus xmlns:d="DAV:"><d:response><d:href>/elsewhere/remote.php/dav/files/ada/set/</d:href><d:propstat><d:prop><d:getetag>1</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>';
  const server = createServer((_request, answer) => {
    answer.writeHead(207, { 'content-type': 'application/xml' }).end(xml);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const cloud = await startNextcloud({});
  try {
    const { port } = server.address() as AddressInfo;
    const { files } = filesOf(cloud, `http://127.0.0.1:${port}`);
    expect(await keyOf(namesIn(files, 'set'))).toBe('storage-refused');
  } finally {
    server.close();
    await cloud.close();
  }
});

describe('a connection that is cut (fault proxy before the stand-in)', () => {
  let cloud: INextcloud;
  let proxy: FaultProxy;
  let files: DavFiles;

  beforeEach(async () => {
    cloud = await startNextcloud({});
    proxy = await startFaultProxy({ target: cloud.url, seed: 3 });
    ({ files } = filesOf(cloud, proxy.url));
  });
  afterEach(async () => {
    await proxy.close();
    await cloud.close();
  });

  it.each(PLACES)('at the place “%s” leaves whole files', async place => {
    const content = randomBytes(3_000_000);
    proxy.cut({ place, method: 'PUT' });
    await files.write('a.bin', bytesOf(content));
    proxy.cut({ place, method: 'GET' });
    const { body } = await files.read('a.bin');
    expect(sha(await buffer(body))).toBe(sha(content));
    expect(proxy.done.map(({ method }) => method)).toContain('PUT');
  });

  it.each(PLACES)(
    'at the place “%s” leaves a whole upload in chunks',
    async place => {
      const content = randomBytes(11_000_000);
      proxy.cut({ place, path: '/uploads/' });
      proxy.cut({ place, method: 'MOVE' });
      await files.write('a.bin', bytesOf(content));
      const { body } = await files.read('a.bin');
      expect(sha(await buffer(body))).toBe(sha(content));
    }
  );
});
