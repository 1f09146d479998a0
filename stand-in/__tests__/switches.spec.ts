import { Workers } from '../nextcloud/pace.ts';
import { startNextcloud } from '../nextcloud/server.ts';
import type { INextcloud } from '../nextcloud/server.ts';
import { asker } from './asking.ts';
import type { Ask } from './asking.ts';

let cloud: INextcloud;
let ask: Ask;

beforeEach(async () => {
  cloud = await startNextcloud();
  ask = asker(cloud);
  await ask('PUT', 'leaf.txt', { body: '0123456789' });
});
afterEach(() => cloud.close());

describe('failures', () => {
  const destination = () => `${cloud.url}/remote.php/dav/files/ada/other/x`;
  it.each([
    [
      '400 for forbidden names',
      'PUT',
      '.htaccess',
      {},
      400,
      '<o:retry xmlns:o="o:">false'
    ],
    [
      '400 for long names',
      'PUT',
      'x'.repeat(300),
      {},
      400,
      '<o:reason xmlns:o="o:">'
    ],
    [
      '404 for what is not there',
      'GET',
      'nothing',
      {},
      404,
      'Exception\\NotFound'
    ],
    [
      '405 for a folder that is there',
      'MKCOL',
      'leaf.txt',
      {},
      405,
      'MethodNotAllowed'
    ],
    [
      '409 for a missing destination',
      'MOVE',
      'leaf.txt',
      { destination },
      409,
      'Conflict'
    ],
    [
      '416 behind the end',
      'GET',
      'leaf.txt',
      { range: 'bytes=99-' },
      416,
      'NotSatisfiable'
    ],
    ['501 for LOCK', 'LOCK', 'leaf.txt', {}, 501, 'NotImplemented']
  ])('are %s', async (_, method, path, given, status, words) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        typeof value === 'function' ? value() : value
      ])
    ) as Record<string, string>;
    const answer = await ask(method, path, { headers });
    expect(answer.status).toBe(status);
    expect(answer.text).toContain('<d:error xmlns:d="DAV:"');
    expect(answer.text).toContain(words);
  });

  it('are 507 over quota, and nothing is stored', async () => {
    cloud.users.add({ ...cloud.user, quotaBytes: 15 });
    const { status, text } = await ask('PUT', 'b.txt', { body: '0123456789' });
    expect([status, text]).toEqual([
      507,
      expect.stringContaining(
        'Insufficient space in /, 10 required, 5 available'
      )
    ]);
    expect((await ask('HEAD', 'b.txt')).status).toBe(404);
  });
});

describe('switches', () => {
  it('lock a file', async () => {
    cloud.switches.locked = ['leaf.txt'];
    expect((await ask('PUT', 'leaf.txt', { body: 'x' })).text).toContain(
      'FileLocked'
    );
  });

  it('refuse so many requests of one kind', async () => {
    Object.assign(cloud.switches, {
      refuse: 2,
      refuseWith: 503,
      onlyMethod: 'GET'
    });
    const statuses = [];
    for (const method of ['HEAD', 'GET', 'GET', 'GET']) {
      statuses.push((await ask(method, 'leaf.txt')).status);
    }
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it('answer HTML or lead to another host', async () => {
    cloud.switches.html = true;
    expect((await ask('PROPFIND', '')).headers.get('content-type')).toContain(
      'text/html'
    );
    cloud.switches.redirect = 'http://evil.example.org/';
    expect((await ask('PROPFIND', '')).headers.get('location')).toBe(
      'http://evil.example.org/'
    );
  });

  it.each([
    ['parent', '/../../../../etc/passwd'],
    ['absolute', '<d:href>http://127.0.0.1:1/'],
    ['foreign', '/files/somebody-else/x'],
    ['entities', '<!ENTITY b "&a;&a;']
  ] as const)('make a listing hostile: %s', async (listing, words) => {
    cloud.switches.listing = listing;
    expect((await ask('PROPFIND', '')).text).toContain(words);
  });

  it('make a listing of 50 MB', async () => {
    cloud.switches.listing = 'huge';
    expect((await ask('PROPFIND', '')).text.length).toBeGreaterThan(50_000_000);
  });

  it('lie about sums and store wrong bytes', async () => {
    const put = () =>
      ask('PUT', 'leaf.txt', { body: 'abc', headers: { 'x-hash': 'sha256' } });
    cloud.switches.corrupt = 1;
    const spoilt = await put();
    expect(spoilt.headers.get('x-hash-sha256')).not.toMatch(/^ba7816bf/);
    expect((await ask('GET', 'leaf.txt')).text).not.toBe('abc');
    expect((await put()).headers.get('x-hash-sha256')).toMatch(/^ba7816bf/);
    cloud.switches.wrongHash = true;
    expect((await put()).headers.get('x-hash-sha256')).toMatch(/^0+$/);
  });

  it('break the body in its middle', async () => {
    cloud.switches.half = true;
    await expect(ask('GET', 'leaf.txt')).rejects.toThrow();
  });

  it('never answer', async () => {
    cloud.switches.silent = true;
    const signal = AbortSignal.timeout(100);
    await expect(fetch(cloud.url, { signal })).rejects.toThrow('timeout');
  });

  it.each([-1, -2, -3] as const)('say a quota of %i', async quota => {
    cloud.switches.quotaAvailable = quota;
    const { text } = await ask('PROPFIND', '', { headers: { depth: '0' } });
    expect(text).toContain(`<d:quota-available-bytes>${quota}<`);
  });

  it('let app passwords expire', async () => {
    cloud.users.expire('ada');
    expect((await ask('PROPFIND', '')).status).toBe(401);
  });

  it('are set from other processes too', async () => {
    const set = (switches: object) =>
      ask('POST', '/stand-in/switches', { body: JSON.stringify(switches) });
    await set({ refuse: 1, refuseWith: 429 });
    expect((await ask('GET', 'leaf.txt')).status).toBe(429);
    const { json } = await ask('GET', '/stand-in/requests');
    expect(json()).toContainEqual(
      expect.objectContaining({ method: 'GET', status: 429 })
    );
  });
});

describe('the pace', () => {
  it('lets so many requests work at once and queues the others', async () => {
    const workers = new Workers(1);
    const release = await workers.take();
    let isTaken = false;
    const second = workers.take().then(() => (isTaken = true));
    await Promise.resolve();
    expect(isTaken).toBe(false);
    release();
    await second;
  });

  it('changes nothing but the time', async () => {
    const paced = await startNextcloud({ pace: { requestMs: 5 } });
    const through = asker(paced);
    const put = (n: number) => through('PUT', `${n}.txt`, { body: 'x' });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(put));
    expect(answers.map(each => each.status)).toEqual(Array(6).fill(201));
    await paced.close();
  });
});
