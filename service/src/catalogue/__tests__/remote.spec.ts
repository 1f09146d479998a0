import http from 'node:http';
import { AddressInfo } from 'node:net';
import { isPublicAddress } from '../../admin/addresses';
import { AddressGuard } from '../remote/addressGuard';
import { HostPauses } from '../remote/hostPauses';
import { Answer, IGetOptions, Remote } from '../remote/remote';
import { validatorsOf } from '../remote/validators';
import { StandIn } from './standIn/standIn';

const FILE = '/raw/ai4os-hub/plants/main/ai4-metadata.yml';
const OPTIONS = {
  accept: '*/*',
  expects: 'YAML',
  maxBytes: 2_000_000,
  signal: new AbortController().signal
};

let server: StandIn;
beforeAll(async () => {
  server = await StandIn.start();
});
afterAll(() => server.stop());
afterEach(() => server.mend());

const remoteTo = (
  ownAddresses: string[],
  more: Partial<ConstructorParameters<typeof Remote>[0]> = {}
): Remote =>
  new Remote({
    network: {},
    ownAddresses,
    allowPrivate: true,
    timeouts: { stallMs: 500, wholeMs: 2000 },
    ...more
  });

const get = (
  options: Partial<IGetOptions> = {},
  path = FILE
): Promise<Answer> =>
  remoteTo([server.origin]).get(server.origin + path, {
    ...OPTIONS,
    ...options
  });

async function content(asked = get()): Promise<string> {
  const answer = await asked;
  if (answer.state !== 'content') {
    throw new Error(`It is ${answer.state}`);
  }
  return answer.bytes.toString();
}

const statuses = async (): Promise<number[]> =>
  (await server.asked()).map(({ status }) => status);

it('gets a file, and by its validators learns that it has not changed', async () => {
  const first = await get();
  expect(first).toMatchObject({
    state: 'content',
    validators: { etag: expect.any(String) }
  });
  const { validators } = first as { validators: object };
  expect(await get({ validators })).toEqual({ state: 'unchanged', validators });
  expect(await get({}, '/raw/nothing/here')).toEqual({ state: 'missing' });
});

it('reads what is compressed', async () => {
  await server.fault(FILE, 'gzip');
  expect(await content()).toContain('title: Plants');
});

it.each([
  ['html200', /a web page instead of YAML: perhaps a login/],
  ['disguisedHtml', /a web page/],
  ['huge', /larger than 2 MB/],
  ['bomb', /larger than 2 MB/],
  ['cut', /ended the connection|cut/],
  ['cutGzip', /cut/],
  ['wrongLength', /cut|ended the connection/],
  ['stall', /stopped in the middle|longer than 2 seconds/],
  ['slow', /did not answer in time|longer than 2 seconds/],
  ['close', /ended the connection/],
  ['noHttp', /not HTTP/],
  ['500', /127\.0\.0\.1 answered 500/]
])('says in words that the answer is %s', async (fault, words) => {
  await server.fault(FILE, fault);
  await expect(get()).rejects.toThrow(words);
});

it('asks again when an answer was cut once', async () => {
  await server.fault(FILE, 'cut', { once: true });
  expect(await content()).toContain('title: Plants');
});

it('waits as long as a busy server asks for, if that is short', async () => {
  await server.fault(FILE, 'busyOnce', { retryAfter: '1' });
  const began = performance.now();
  expect(await content()).toContain('title: Plants');
  expect(performance.now() - began).toBeGreaterThan(950);
});

it('leaves a server alone that asks for long, until then', async () => {
  await server.fault(FILE, '429', { retryAfter: '3600' });
  const remote = remoteTo([server.origin]);
  const ask = (): Promise<Answer> => remote.get(server.origin + FILE, OPTIONS);
  await expect(ask()).rejects.toThrow(/left alone until \d\d:\d\d UTC/);
  await server.asked();
  await server.mend();
  await expect(ask()).rejects.toThrow(/left alone/);
  expect(await server.asked()).toEqual([]);
});

it('takes no “not modified” from a server that was not asked for it', async () => {
  await server.fault(FILE, 'wrong304');
  expect(await content()).toContain('title: Plants');
  await server.mend();
  await server.fault(FILE, 'wrong304', { always: true });
  await expect(get()).rejects.toThrow(/nothing has changed, but never said/);
});

it('does not ask for what its server said stays for a while', async () => {
  const validators = { etag: '"x"', freshUntil: Date.now() + 60_000 };
  await server.asked();
  expect((await get({ validators })).state).toBe('unchanged');
  expect(await statuses()).toEqual([]);
});

it('believes a server only for some minutes', () => {
  const freshFor = (control: string, age = '0'): number => {
    const { freshUntil } = validatorsOf({ 'cache-control': control, age });
    return Math.round(((freshUntil ?? Date.now()) - Date.now()) / 1000);
  };
  expect(freshFor('max-age=60')).toBe(60);
  expect(freshFor('public, max-age=31536000')).toBe(300);
  expect(freshFor('max-age=60', '50')).toBe(10);
  expect(freshFor('max-age=60', '90')).toBe(0);
  expect(freshFor('no-cache, max-age=60')).toBe(0);
  expect(freshFor('max-age=x')).toBe(0);
});

it('follows some redirects, and none without end', async () => {
  const other = '/raw/ai4os-hub/birds/main/ai4-metadata.yml';
  await server.fault(FILE, 'redirectTo', { location: other });
  expect(await content()).toContain('title: Birds');
  await server.mend();
  await server.fault(FILE, 'redirectTo', { location: FILE });
  await expect(get()).rejects.toThrow(/without end/);
});

describe('of addresses that are not public', () => {
  let inside: http.Server;
  let secret: string;
  let asked = 0;
  beforeAll(async () => {
    inside = http.createServer((_, response) => {
      asked += 1;
      response.end('a secret');
    });
    await new Promise<void>(done => inside.listen(0, '127.0.0.1', done));
    secret = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise(done => inside.close(done)));
  afterEach(() => expect(asked).toBe(0));

  it('asks none to which it is redirected', async () => {
    const targets = [
      secret,
      secret.replace('127.0.0.1', 'localhost'),
      secret.replace('http', 'https'),
      'http://169.254.169.254/latest/meta-data/',
      'https://[::ffff:127.0.0.1]/',
      'https://2130706433/',
      'https://10.0.0.1/',
      'https://100.64.0.1/',
      'https://[fd00::1]/',
      'https://user:password@example.org/',
      'file:///etc/passwd',
      'ftp://example.org/'
    ];
    for (const location of targets) {
      await server.mend();
      await server.fault(FILE, 'redirectTo', { location });
      await expect(get()).rejects.toThrow(/is not asked/);
    }
  });

  it('asks none whose name leads there', async () => {
    const url = `https://localhost:${new URL(secret).port}/`;
    const remote = remoteTo([], { allowPrivate: false });
    await expect(remote.get(url, OPTIONS)).rejects.toThrow(
      /localhost \((127\.0\.0\.1|::1)\) is not asked/
    );
  });

  it('asks not even its own, before that was confirmed', async () => {
    const remote = remoteTo([secret], { allowPrivate: false });
    await expect(remote.get(secret, OPTIONS)).rejects.toThrow(
      /127\.0\.0\.1 is not asked/
    );
  });
});

it('asks hosts that the administrator named, by name or with the port', async () => {
  for (const host of ['127.0.0.1', `127.0.0.1:${server.port}`]) {
    const remote = remoteTo([], {
      allowPrivate: false,
      network: { privateHosts: [host] }
    });
    expect(await content(remote.get(server.origin + FILE, OPTIONS))).toContain(
      'Plants'
    );
  }
  const remote = remoteTo([], {
    allowPrivate: false,
    network: { privateHosts: ['127.0.0.1:1'] }
  });
  await expect(remote.get(server.origin + FILE, OPTIONS)).rejects.toThrow(
    /is not asked/
  );
});

it('ends at once when it is no longer wanted', async () => {
  await server.fault(FILE, 'slow');
  const controller = new AbortController();
  const asked = get({ signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await expect(asked).rejects.toThrow('enough');
});

it('sends some requests ahead over few connections', async () => {
  let waiting = 0;
  let most = 0;
  const sockets = new Set<unknown>();
  const patient = http.createServer((request, response) => {
    sockets.add(request.socket);
    most = Math.max(most, ++waiting);
    setTimeout(() => {
      waiting -= 1;
      response.end('title: Plants');
    }, 50);
  });
  await new Promise<void>(done => patient.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(patient.address() as AddressInfo).port}`;
  const remote = remoteTo([origin]);
  await remote.get(origin, OPTIONS);
  await Promise.all(
    Array.from({ length: 24 }, (_, at) =>
      remote.get(`${origin}/${at}`, OPTIONS)
    )
  );
  patient.closeAllConnections();
  patient.close();
  expect(sockets.size).toBeLessThanOrEqual(7);
  expect(most).toBeGreaterThan(12);
});

it('does not let one slow file hold up the others', async () => {
  await server.fault(FILE, 'slow');
  const remote = remoteTo([server.origin]);
  const others = Array.from({ length: 40 }, () =>
    remote.get(
      `${server.origin}/raw/ai4os-hub/birds/main/ai4-metadata.yml`,
      OPTIONS
    )
  );
  const slow = remote.get(server.origin + FILE, OPTIONS);
  await expect(slow).rejects.toThrow(/in time|longer than/);
  for (const { state } of await Promise.all(others)) {
    expect(state).toBe('content');
  }
});

it('goes through the proxy that is set, and to hosts without one directly', async () => {
  const seen: string[] = [];
  const proxy = http.createServer();
  proxy.on('connect', (request, socket) => {
    seen.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>(done => proxy.listen(0, '127.0.0.1', done));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const network = {
    httpProxy: address,
    httpsProxy: address,
    noProxy: '127.0.0.1'
  };
  try {
    const own = 'https://catalogue.example.invalid/index';
    const remote = remoteTo([own, server.origin], { network });
    await expect(remote.get(own, OPTIONS)).rejects.toThrow();
    expect(seen[0]).toBe('catalogue.example.invalid:443');
    const direct = remote.get(server.origin + FILE, OPTIONS);
    expect(await content(direct)).toContain('Plants');
    await expect(
      remote.get('https://intranet.example.invalid/', OPTIONS)
    ).rejects.toThrow(/only the proxy may know/);
    expect(seen.some(each => each.startsWith('intranet'))).toBe(false);
  } finally {
    proxy.close();
  }
});

it('takes a pause for at most an hour', async () => {
  const pauses = new HostPauses();
  pauses.heed('a', '99999999');
  pauses.heed('b', new Date(Date.now() + 60_000).toUTCString());
  const { signal } = new AbortController();
  const until = new Date(Date.now() + 3_600_000).toISOString().slice(11, 13);
  await expect(pauses.pass('a', signal)).rejects.toThrow(until);
  await expect(pauses.pass('b', signal)).rejects.toThrow('left alone');
  await pauses.pass('c', signal);
});

it('lets public addresses pass', async () => {
  const guard = new AddressGuard({ ownAddresses: [], hasProxy: false });
  expect(isPublicAddress('140.82.121.4')).toBe(true);
  expect(await guard.check(new URL('https://140.82.121.4/x'))).toBe(false);
});
