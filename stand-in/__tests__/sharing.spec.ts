import { startNextcloud } from '../nextcloud/server.ts';
import type { INextcloud } from '../nextcloud/server.ts';
import { asker } from './asking.ts';
import type { Ask } from './asking.ts';

const API = '/ocs/v2.php/apps/files_sharing/api/v1';

let cloud: INextcloud;
let ask: Ask;
let grace: string;

beforeEach(async () => {
  cloud = await startNextcloud();
  ask = asker(cloud);
  grace = cloud.users.makePassword('grace');
  await ask('MKCOL', 'plants');
  await ask('PUT', 'plants/leaf.txt', { body: 'green' });
});
afterEach(() => cloud.close());

const share = (fields: Record<string, string>) =>
  ask('POST', `${API}/shares`, {
    body: new URLSearchParams({ path: '/plants', ...fields }).toString(),
    headers: {
      'ocs-apirequest': 'true',
      'content-type': 'application/x-www-form-urlencoded'
    }
  });
const asGrace = (method: string, path: string, body?: string) =>
  ask(method, `/remote.php/dav/files/grace/${path}`, {
    user: 'grace',
    password: grace,
    body
  });

describe('what is shared with a person', () => {
  beforeEach(() =>
    share({ shareType: '0', shareWith: 'grace', permissions: '1' })
  );

  it('appears in their root, read-only, and changes their ETag', async () => {
    const { text } = await ask('PROPFIND', '/remote.php/dav/files/grace/', {
      user: 'grace',
      password: grace,
      body: '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:prop><oc:permissions/><nc:mount-type/><d:getetag/></d:prop></d:propfind>',
      headers: { depth: '1' }
    });
    expect(text).toContain('<oc:permissions>RGDNVCK<');
    expect(text).toContain('<oc:permissions>SGDNV<');
    expect(text).toContain('<nc:mount-type>shared<');
    const etag = async () =>
      (await asGrace('PROPFIND', '')).text.match(/getetag>(.*?)</)![1];
    const before = await etag();
    await ask('PUT', 'plants/leaf.txt', { body: 'brown' });
    expect(await etag()).not.toBe(before);
    expect((await asGrace('GET', 'plants/leaf.txt')).text).toBe('brown');
  });

  it('cannot be written: 403 without a word', async () => {
    const { status, text } = await asGrace('PUT', 'plants/leaf.txt', 'x');
    expect([status, text]).toEqual([
      403,
      expect.stringContaining('<s:message></s:message>')
    ]);
  });

  it('is let go by the receiver and stays with its owner', async () => {
    expect((await asGrace('DELETE', 'plants')).status).toBe(204);
    expect((await asGrace('PROPFIND', 'plants')).status).toBe(404);
    expect((await ask('GET', 'plants/leaf.txt')).text).toBe('green');
  });
});

describe('a link', () => {
  it('comes back with permissions 17 and the hash of its password, twice', async () => {
    const { status, json } = await share({
      shareType: '3',
      password: 'secret'
    });
    const { data } = json().ocs;
    expect(status).toBe(200);
    expect(data).toMatchObject({ permissions: 17, id: expect.any(String) });
    expect([data.password, data.share_with]).toEqual(
      Array(2).fill(expect.stringContaining('argon2id'))
    );
    const file = `/public.php/dav/files/${data.token}/leaf.txt`;
    expect((await ask('GET', file, { password: null })).status).toBe(401);
    const read = await ask('GET', file, {
      user: 'anonymous',
      password: 'secret'
    });
    expect(read.text).toBe('green');
    const write = await ask('PUT', file, {
      user: 'anonymous',
      password: 'secret',
      body: 'x'
    });
    expect(write.status).toBe(403);
  });

  it('is changed and taken back', async () => {
    const { id, token } = (await share({ shareType: '3' })).json().ocs.data;
    const headers = {
      'ocs-apirequest': 'true',
      'content-type': 'application/json'
    };
    const changed = await ask('PUT', `${API}/shares/${id}`, {
      headers,
      body: '{"note":"for you","permissions":31}'
    });
    expect(changed.json().ocs.data).toMatchObject({
      note: 'for you',
      permissions: 31
    });
    await ask('DELETE', `${API}/shares/${id}`, { headers });
    expect(
      (
        await ask('GET', `/public.php/dav/files/${token}/leaf.txt`, {
          password: null
        })
      ).status
    ).toBe(404);
  });
});

describe('a link of before and after', () => {
  it('is read by its token as a user, as before version 29, where that is switched on', async () => {
    const { token } = (
      await share({ shareType: '3', password: 'secret' })
    ).json().ocs.data;
    const old = '/public.php/webdav/leaf.txt';
    const login = { user: token, password: 'secret' };
    expect((await ask('GET', old, login)).text).toBe('green');
    const wrong = { user: token, password: 'other' };
    expect((await ask('GET', old, wrong)).status).toBe(401);
    cloud.switches.oldLinks = true;
    const status = await ask('GET', '/status.php');
    expect(status.json().version).toMatch(/^28\./);
    const file = `/public.php/dav/files/${token}/leaf.txt`;
    const anonymous = { user: 'anonymous', password: 'secret' };
    expect((await ask('GET', file, anonymous)).status).toBe(404);
  });

  it('ends with the day that it names', async () => {
    const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
    const [tomorrow, before] = [dayOf(Date.now() + 86_400_000), '2020-01-01'];
    for (const [expireDate, status] of [
      [tomorrow, 200],
      [before, 404]
    ] as const) {
      const { token } = (await share({ shareType: '3', expireDate })).json().ocs
        .data;
      const file = `/public.php/dav/files/${token}/leaf.txt`;
      expect((await ask('GET', file, { password: null })).status).toBe(status);
    }
  });
});

describe('people and groups', () => {
  it('are found by a part of their names', async () => {
    const { json } = await ask(
      'GET',
      `${API}/sharees?search=gra&itemType=file&lookup=false`,
      {
        headers: { 'ocs-apirequest': 'true' }
      }
    );
    expect(json().ocs.data.users).toEqual([
      { label: 'Grace', value: { shareType: 0, shareWith: 'grace' } }
    ]);
  });

  it('receive what is shared with their group', async () => {
    await share({ shareType: '1', shareWith: 'botany' });
    expect((await asGrace('GET', 'plants/leaf.txt')).text).toBe('green');
    const received = await ask('GET', `${API}/shares?shared_with_me=true`, {
      user: 'grace',
      password: grace,
      headers: { 'ocs-apirequest': 'true' }
    });
    expect(received.json().ocs.data).toHaveLength(1);
  });
});

describe('a direct link', () => {
  it('gives one file without credentials', async () => {
    const fileId = parseInt(
      (await ask('HEAD', 'plants/leaf.txt')).headers.get('oc-fileid')!,
      10
    );
    const { json } = await ask('POST', '/ocs/v2.php/apps/dav/api/v1/direct', {
      body: `fileId=${fileId}`,
      headers: {
        'ocs-apirequest': 'true',
        'content-type': 'application/x-www-form-urlencoded'
      }
    });
    expect(await (await fetch(json().ocs.data.url)).text()).toBe('green');
  });
});
