import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type {
  Dataset,
  StorageAccount,
  StorageLogin,
  StorageShare
} from '@jupyterlab-deep/protocol';
import {
  INextcloud,
  startNextcloud
} from '../../../../stand-in/nextcloud/server';
import { hasWsgidav, startWsgidav } from '../../../../stand-in/wsgidav';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';

let home: TestHome;
let service: ServiceHere;
let cloud: INextcloud;

beforeEach(async () => {
  home = new TestHome();
  cloud = await startNextcloud({});
  service = await ServiceHere.open(home);
});
afterEach(async () => {
  await service.close();
  await cloud.close();
  home.remove();
});

const loginOf = async (id: string): Promise<StorageLogin> =>
  (await service.get(`/storage/logins/${id}`)).json;

const ended = (id: string): Promise<StorageLogin> =>
  until(async () => {
    const login = await loginOf(id);
    return login.state === 'waiting' ? undefined : login;
  });

/** Link as a person does: begin, grant in the other tab, wait. */
async function link(more: object = {}, user = 'ada'): Promise<StorageLogin> {
  const begun = await service.post('/storage/logins', {
    address: cloud.url,
    allowPrivate: true,
    ...more
  });
  expect([begun.status, begun.text]).toEqual([201, expect.any(String)]);
  cloud.users.grantLast(user);
  return ended(begun.json.id);
}

const put = (
  file: string,
  text: string,
  query = ''
): ReturnType<typeof service.ask> =>
  service.ask({
    method: 'PUT',
    path: `/storage/files/cloud/content?path=${encodeURIComponent(file)}${query}`,
    body: Buffer.from(text),
    headers: { 'content-type': 'application/octet-stream' }
  });

const accounts = async (): Promise<StorageAccount[]> =>
  (await service.get('/storage/accounts')).json.accounts;

describe('linking a Nextcloud', () => {
  it('goes by the login flow, and knows the user by the id of OCS', async () => {
    const { account, state } = await link({
      address: `${cloud.url}/index.php/apps/files/`
    });
    expect(state).toBe('done');
    expect(account).toMatchObject({
      id: 'cloud',
      kind: 'nextcloud',
      user: 'ada',
      displayName: 'Ada',
      state: 'connected',
      lacks: [],
      can: { chunked: true, bulk: true, zip: true, shares: true }
    });
    expect(cloud.users.devices('ada').join()).toContain('jupyterlab-deep');
    expect((await accounts()).map(({ id }) => id)).toEqual(['cloud']);
  });

  it('asks before it goes to an address that is not public, and refuses the cloud’s own service of machines', async () => {
    const addresses = [
      cloud.url,
      'http://localhost:1/',
      'http://[::ffff:127.0.0.1]/',
      'http://169.254.169.254/latest',
      'https://10.0.0.1'
    ];
    for (const address of addresses) {
      const { status, json } = await service.post('/storage/logins', {
        address
      });
      expect([address, status, json.type]).toEqual([
        address,
        422,
        'urn:jupyterlab-deep:address-private'
      ]);
    }
    expect(cloud.requests).toEqual([]);
  });

  it('mends a scheme and a port that the server has wrong, and goes to no other host', async () => {
    cloud.switches.loginScheme = 'https';
    cloud.switches.loginWithoutPort = true;
    const { account } = await link();
    expect(account?.server).toBe(cloud.url);
    cloud.switches.loginHost = 'elsewhere.example.org';
    const { status, json } = await service.post('/storage/logins', {
      address: cloud.url,
      allowPrivate: true
    });
    expect([status, json.detail]).toEqual([
      502,
      expect.stringContaining('elsewhere.example.org')
    ]);
  });

  it('goes on after an end of the service', async () => {
    const { json } = await service.post('/storage/logins', {
      address: cloud.url,
      allowPrivate: true
    });
    await service.close();
    service = await ServiceHere.open(home);
    cloud.users.grantLast('ada');
    expect((await ended(json.id)).state).toBe('done');
    await service.close();
    service = await ServiceHere.open(home);
    expect(await accounts()).toMatchObject([{ id: 'cloud', user: 'ada' }]);
    expect((await put('a.txt', 'a')).status).toBe(200);
  });

  it('takes several, under names of their own, and the same person again', async () => {
    await link();
    await link({}, 'grace');
    expect((await accounts()).map(({ id, user }) => [id, user])).toEqual([
      ['cloud', 'ada'],
      ['cloud-2', 'grace']
    ]);
    cloud.users.expire('ada');
    expect((await put('a.txt', 'a')).status).toBe(424);
    expect((await accounts())[0].state).toBe('needs-login');
    const other = await link({ account: 'cloud' }, 'grace');
    expect([other.state, other.error?.type]).toEqual([
      'failed',
      'urn:jupyterlab-deep:conflict'
    ]);
    expect((await link({ account: 'cloud' })).account?.state).toBe('connected');
    expect((await put('a.txt', 'a')).status).toBe(200);
  });

  it('is undone on both sides', async () => {
    await link();
    const devices = cloud.users.devices('ada').length;
    const answer = await service.ask({
      method: 'DELETE',
      path: '/storage/accounts/cloud'
    });
    expect(answer.json.isRevoked).toBe(true);
    expect(cloud.users.devices('ada')).toHaveLength(devices - 1);
    expect(await accounts()).toEqual([]);
  });

  it('keeps the password out of the log, of every answer and of the store', async () => {
    const { json } = await service.post('/storage/logins', {
      address: cloud.url,
      allowPrivate: true
    });
    const answers = [JSON.stringify(json)];
    cloud.users.grantLast('ada');
    answers.push(JSON.stringify(await ended(json.id)));
    answers.push(JSON.stringify(await accounts()));
    const { password } =
      await service.service['_can'].accounts.rcloneAccess('cloud');
    const store = readFileSync(path.join(home.store, 'deep.sqlite'), 'latin1');
    for (const text of [...answers, ...service.lines, store]) {
      expect(text).not.toContain(password);
    }
  });

  it('gives rclone settings with a password of their own, once', async () => {
    await link();
    const { rclone, account } = await link({ purpose: 'rclone' });
    expect(account).toBeUndefined();
    expect(rclone).toContain(`url = ${cloud.url}/remote.php/dav/files/ada`);
    expect(rclone).toContain('RCLONE_CONFIG_RSHARE_VENDOR=nextcloud');
    expect(await accounts()).toHaveLength(1);
  });

  it('gives deployments a password of their own, which nobody sees and can be taken back alone', async () => {
    const given = () =>
      service.service['_can'].accounts.deploymentAccess('cloud');
    await link();
    expect(given).toThrow('Let deployments use it…');
    const stranger = await link(
      { purpose: 'deployments', account: 'cloud' },
      'grace'
    );
    expect([stranger.state, stranger.error?.type]).toEqual([
      'failed',
      'urn:jupyterlab-deep:conflict'
    ]);
    const told = await link({ purpose: 'deployments', account: 'cloud' });
    expect(told.account).toMatchObject({ id: 'cloud', isForDeployments: true });
    const { password, url, user } = given();
    expect([url, user]).toEqual([
      `${cloud.url}/remote.php/dav/files/ada`,
      'ada@example.org'
    ]);
    const own = await service.service['_can'].accounts.rcloneAccess('cloud');
    expect(password).not.toBe(own.password);
    const answers = [JSON.stringify(told), JSON.stringify(await accounts())];
    const store = readFileSync(path.join(home.store, 'deep.sqlite'), 'latin1');
    for (const text of [...answers, ...service.lines, store]) {
      expect(text).not.toContain(password);
    }
    await service.close();
    service = await ServiceHere.open(home);
    expect(given().password).toBe(password);
    expect(cloud.users.devices('ada')).toHaveLength(3);
    const back = await service.ask({
      method: 'DELETE',
      path: '/storage/accounts/cloud/deployments'
    });
    expect(back.json.isRevoked).toBe(true);
    expect(given).toThrow('may not use the cloud storage');
    expect(cloud.users.devices('ada')).toHaveLength(2);
    expect((await put('a.txt', 'a')).status).toBe(200);
    expect((await accounts())[0]).not.toHaveProperty('isForDeployments');
  });
});

describe('files of an account', () => {
  beforeEach(() => link());

  it('are listed in pages, folders first', async () => {
    for (const name of ['b10.txt', 'b9.txt', 'z/x.txt']) {
      await put(name, name);
    }
    const path_ = '/storage/files/cloud?path=&limit=2';
    const first = (await service.get(path_)).json;
    const second = (await service.get(`${path_}&offset=2`)).json;
    const names = [...first.entries, ...second.entries].map(
      ({ name }: { name: string }) => name
    );
    expect(names).toEqual(['z', 'b9.txt', 'b10.txt']);
    expect(first.total).toBe(3);
  });

  it('are saved only over what was opened, and read in ranges', async () => {
    const { json } = await put('a.txt', 'first', '&ifAbsent=1');
    const etag = encodeURIComponent(json.etag);
    expect((await put('a.txt', 'second', `&ifMatch=${etag}`)).status).toBe(200);
    const stale = await put('a.txt', 'third', `&ifMatch=${etag}`);
    expect([stale.status, stale.json.type]).toEqual([
      409,
      'urn:jupyterlab-deep:conflict'
    ]);
    const content = '/storage/files/cloud/content?path=a.txt';
    const part = await service.get(content, { range: 'bytes=1-3' });
    expect([part.status, part.text]).toEqual([206, 'eco']);
    expect(part.headers['content-range']).toBe('bytes 1-3/6');
  });

  it('that could act in a page are only given to be saved', async () => {
    await put('page.html', '<script>alert(1)</script>');
    const { headers } = await service.get(
      '/storage/files/cloud/content?path=page.html'
    );
    expect(headers['content-disposition']).toMatch(/^attachment/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toBe('sandbox');
  });

  it('are moved, copied, found, deleted into the trash and restored', async () => {
    await put('a.txt', 'a');
    const move = { from: 'a.txt', to: 'b.txt' };
    expect(
      (await service.post('/storage/files/cloud/move', move)).json.path
    ).toBe('b.txt');
    const copy = { from: 'b.txt', to: 'c.txt' };
    await service.post('/storage/files/cloud/copy', copy);
    const again = await service.post('/storage/files/cloud/copy', copy);
    expect(again.status).toBe(409);
    const found = await service.get('/storage/search/cloud?text=c.t');
    expect(found.json.entries).toMatchObject([{ path: 'c.txt' }]);
    const removed = await service.ask({
      method: 'DELETE',
      path: '/storage/files/cloud/entry?path=c.txt'
    });
    expect(removed.json).toEqual({ inTrash: true });
    const { entries } = (await service.get('/storage/trash/cloud')).json;
    expect(entries).toMatchObject([{ name: 'c.txt', originalPath: 'c.txt' }]);
    const { id } = entries[0];
    await service.post('/storage/trash/cloud/restore', { id });
    const back = await service.get('/storage/files/cloud/entry?path=c.txt');
    expect(back.json.path).toBe('c.txt');
  });

  it('get no names that some machine could not hold', async () => {
    for (const name of ['a:b', 'con.txt', 'x ', 'a/../b', 'n'.repeat(300)]) {
      expect([name, (await put(name, 'x')).status]).toEqual([name, 400]);
    }
  });

  it('are shared with people, groups and by links, without any hash of a password', async () => {
    await put('a.txt', 'a');
    const share = async (body: object): Promise<StorageShare> =>
      (await service.post('/storage/shares/cloud', { path: 'a.txt', ...body }))
        .json;
    const people = await service.get('/storage/people/cloud?search=gra');
    expect(people.json.people).toContainEqual({
      id: 'grace',
      name: 'Grace',
      kind: 'person'
    });
    await share({ kind: 'person', with: 'grace', canEdit: true });
    const made = await share({ kind: 'link', password: 'opensesame-1' });
    expect(made).toMatchObject({
      kind: 'link',
      url: expect.stringContaining(cloud.url),
      hasPassword: true,
      canEdit: false
    });
    const all = await service.get('/storage/shares/cloud?path=a.txt');
    expect(all.json.shares).toHaveLength(2);
    expect(all.text + JSON.stringify(made)).not.toMatch(/argon|\$v=|\|\$/);
    const changed = await service.ask({
      method: 'PUT',
      path: `/storage/shares/cloud/${made.id}`,
      body: { note: 'for you', expiresAt: '2099-01-01' }
    });
    expect(changed.json).toMatchObject({
      note: 'for you',
      expiresAt: '2099-01-01'
    });
    await service.ask({
      method: 'DELETE',
      path: `/storage/shares/cloud/${made.id}`
    });
    const left = await service.get('/storage/shares/cloud?path=a.txt');
    expect(left.json.shares).toMatchObject([{ kind: 'person', with: 'grace' }]);
    await link({}, 'grace');
    const received = await service.get('/storage/shares/cloud-2/received');
    expect(received.json.entries).toMatchObject([
      { name: 'a.txt', isShared: true }
    ]);
  });

  it('are seen as a dataset, synchronized both ways', async () => {
    await put('set/a.txt', 'one');
    await put('set/b/c.txt', 'two');
    const made = await service.post('/storage/datasets', {
      account: 'cloud',
      path: 'set',
      way: 'copy'
    });
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    const ready = await until(async () => {
      const { json } = await service.get(`/storage/datasets/${made.json.id}`);
      return json.state === 'ready' ? json : undefined;
    });
    expect(readFileSync(path.join(ready.path, 'b/c.txt'), 'utf8')).toBe('two');
    expect(ready.here).toEqual({ files: 2, bytes: 6 });

    // What is sent counts against the quota, and nobody had to ask.
    const used = async (): Promise<number> =>
      (await accounts())[0].quota!.usedBytes;
    const before = await used();
    await writeFile(path.join(ready.path, 'd.txt'), 'x'.repeat(5000));
    await service.post(`/storage/datasets/${ready.id}/push`);
    await until(async () => (await used()) >= before + 5000 || undefined);
  });
});

const run = promisify(execFile);
const RCLONE = path.resolve('.venv-peers/bin/rclone');
const canMount = existsSync(RCLONE) && existsSync('/dev/fuse');
const whenMounted = canMount ? describe : describe.skip;

whenMounted('a dataset that is mounted (needs .venv-peers, /dev/fuse)', () => {
  it('is read and written by other programs, and given back', async () => {
    await service.close();
    service = await ServiceHere.open(home, { DEEP_RCLONE: RCLONE });
    await link();
    await put('set/a.txt', 'one');
    const request = { account: 'cloud', path: 'set' };
    const { json } = await service.post('/storage/datasets', request);
    const at = `/storage/datasets/${json.id}`;
    const stateIs = (state: string): Promise<Dataset> =>
      until(async () => {
        const now: Dataset = (await service.get(at)).json;
        return now.state === state ? now : undefined;
      });
    const ready = await stateIs('ready');
    expect([ready.way, ready.why]).toEqual(['mount', expect.any(String)]);
    const reads = 'import sys; print(open(sys.argv[1]).read())';
    const file = path.join(ready.path, 'a.txt');
    // The stand-in answers in this process: nothing here may wait for a file without letting it.
    const { stdout } = await run('python3', ['-c', reads, file]);
    expect(stdout.trim()).toBe('one');
    await writeFile(path.join(ready.path, 'b.txt'), 'two');
    await service.post(`${at}/push`);
    await until(async () => {
      const { status } = await service.get(
        '/storage/files/cloud/entry?path=set/b.txt'
      );
      return status === 200 || undefined;
    });
    const removed = await until(async () => {
      const answer = await service.ask({
        method: 'DELETE',
        path: at,
        body: {}
      });
      return answer.status === 204 ? answer : undefined;
    });
    expect([removed.status, existsSync(file)]).toEqual([204, false]);
  });
});

const whenThere = hasWsgidav() ? describe : describe.skip;

whenThere('a plain WebDAV server (wsgidav; needs .venv-peers)', () => {
  it('is linked by name and password, with what it lacks said', async () => {
    const dav = await startWsgidav();
    try {
      const request = {
        address: dav.url,
        user: dav.user,
        password: dav.password,
        allowPrivate: true
      };
      const wrong = { ...request, password: 'wrong' };
      expect((await service.post('/storage/accounts', wrong)).status).toBe(424);
      const linked = await service.post('/storage/accounts', request);
      expect([linked.status, linked.json]).toMatchObject([
        201,
        { id: 'cloud', kind: 'webdav' }
      ]);
      expect(linked.json.lacks.length).toBeGreaterThan(4);
      expect((await put('x/ä b.txt', 'hello')).json.path).toBe('x/ä b.txt');
      const listed = await service.get('/storage/files/cloud?path=x');
      expect(listed.json.entries).toMatchObject([
        { name: 'ä b.txt', sizeBytes: 5 }
      ]);
      await checkDataset();
    } finally {
      await dav.close();
    }
  });
});

/** Neither ZIP, bulk, chunks nor ETags of folders: one by one, and every folder looked at. */
async function checkDataset(): Promise<void> {
  const made = await service.post('/storage/datasets', {
    account: 'cloud',
    path: 'x',
    way: 'copy'
  });
  expect([made.status, made.text]).toEqual([201, expect.any(String)]);
  const at = `/storage/datasets/${made.json.id}`;
  const ready = (): Promise<Dataset> =>
    until(async () => {
      const { json } = await service.get(at);
      return json.state === 'ready' && !json.run ? json : undefined;
    });
  const { path: folder } = await ready();
  const local = (name: string): string => path.join(folder, name);
  expect(readFileSync(local('ä b.txt'), 'utf8')).toBe('hello');
  await put('x/deep/er/new.txt', 'new');
  await service.post(`${at}/refresh`);
  await ready();
  expect(readFileSync(local('deep/er/new.txt'), 'utf8')).toBe('new');
  await writeFile(local('deep/er/new.txt'), 'changed here');
  await writeFile(local('deep/own.txt'), 'own');
  await service.post(`${at}/push`);
  await ready();
  for (const [name, text] of [
    ['deep/er/new.txt', 'changed here'],
    ['deep/own.txt', 'own']
  ]) {
    const found = await service.get(
      `/storage/files/cloud/content?path=x/${name}`
    );
    expect(found.text).toBe(text);
  }
}
