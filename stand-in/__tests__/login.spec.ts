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

const start = async () =>
  (
    await ask('POST', '/index.php/login/v2', {
      password: null,
      headers: { 'user-agent': 'jupyterlab-deep on a laptop' }
    })
  ).json();
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const poll = (token: string) =>
  ask('POST', '/login/v2/poll', {
    password: null,
    body: `token=${token}`,
    headers: form
  });
const OCS = { 'ocs-apirequest': 'true' };

describe('login flow v2', () => {
  it('gives the password once, when the user has granted it on the page', async () => {
    const { poll: asked, login } = await start();
    expect(asked.token).toHaveLength(128);
    const waiting = await poll(asked.token);
    expect([waiting.status, waiting.json()]).toEqual([404, []]);
    const page = await (await fetch(login)).text();
    expect(page).toContain('<button type="submit">Grant access</button>');
    const token = login.split('/').at(-1);
    await ask('POST', '/login/v2/grant', {
      password: null,
      body: `token=${token}&user=ada`,
      headers: form
    });
    const granted = (await poll(asked.token)).json();
    expect(granted).toEqual({
      server: cloud.url,
      loginName: 'ada@example.org',
      appPassword: expect.stringMatching(/^.{72}$/)
    });
    expect((await poll(asked.token)).status).toBe(404);
    expect(cloud.users.devices('ada')).toContain('jupyterlab-deep on a laptop');
  });

  it('ends after twenty minutes', async () => {
    const { poll: asked } = await start();
    cloud.users.age(1_200_000);
    expect(cloud.users.grantLast('ada')).toBe(false);
    expect((await poll(asked.token)).status).toBe(404);
  });

  it('may say another scheme, no port or another host', async () => {
    cloud.switches.loginWithoutPort = true;
    expect((await start()).poll.endpoint).toBe(
      'http://127.0.0.1/login/v2/poll'
    );
    Object.assign(cloud.switches, {
      loginScheme: 'https',
      loginHost: 'evil.example.org'
    });
    expect((await start()).login).toMatch(
      /^https:\/\/evil\.example\.org\/login/
    );
  });
});

describe('an app password', () => {
  it('belongs to a user whose id is not the login name', async () => {
    const { json } = await ask('GET', '/ocs/v2.php/cloud/user', {
      headers: OCS
    });
    expect(json().ocs.data).toMatchObject({ id: 'ada', quota: { quota: -3 } });
    expect(cloud.user.loginName).toBe('ada@example.org');
  });

  it('is worth nothing after it was revoked by itself', async () => {
    const gone = await ask('DELETE', '/ocs/v2.php/core/apppassword', {
      headers: OCS
    });
    expect(gone.status).toBe(200);
    const after = await ask('PROPFIND', '');
    expect([after.status, after.text]).toEqual([
      401,
      expect.stringContaining('NotAuthenticated')
    ]);
  });
});

describe('OCS', () => {
  it('is 412 without its header', async () => {
    expect((await ask('GET', '/ocs/v2.php/cloud/user')).status).toBe(412);
  });

  it('puts its status into HTTP in version 2 only', async () => {
    const at = (version: number) =>
      ask('GET', `/ocs/v${version}.php/nonsense`, { headers: OCS });
    expect((await at(2)).status).toBe(404);
    const first = await at(1);
    expect([first.status, first.json().ocs.meta.statuscode]).toEqual([
      200, 404
    ]);
    const user = await ask('GET', '/ocs/v1.php/cloud/user', { headers: OCS });
    expect(user.json().ocs.meta.statuscode).toBe(100);
  });

  it('tells what the server can do', async () => {
    const { json } = await ask('GET', '/ocs/v2.php/cloud/capabilities', {
      headers: OCS
    });
    expect(json().ocs.data.capabilities).toMatchObject({
      bruteforce: { delay: 0, 'allow-listed': false },
      dav: { chunking: '1.0', bulkupload: '1.0' },
      files: { chunked_upload: { max_size: 104857600, max_parallel_count: 5 } }
    });
  });
});

describe('ten wrong passwords', () => {
  it('lock the address out, with the right one too', async () => {
    for (let n = 0; n < 10; n++) {
      expect((await ask('PROPFIND', '', { password: 'wrong' })).status).toBe(
        401
      );
    }
    expect((await ask('PROPFIND', '')).status).toBe(429);
    expect((await ask('GET', '/status.php', { password: null })).status).toBe(
      429
    );
    cloud.parts.throttle.forgive();
    expect((await ask('PROPFIND', '')).status).toBe(207);
  });

  it('show in the capabilities before', async () => {
    await ask('PROPFIND', '', { password: 'wrong' });
    const { json } = await ask('GET', '/ocs/v2.php/cloud/capabilities', {
      headers: OCS
    });
    expect(json().ocs.data.capabilities.bruteforce.delay).toBe(200);
  });
});
