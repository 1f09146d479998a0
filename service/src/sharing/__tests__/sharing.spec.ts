import {
  appendFileSync,
  readFileSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import type { Run, SharedModule } from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { copyProject } from '../../pythonModules/__tests__/samples';
import { until } from '../../__tests__/home';
import { INextcloud, Person, startNextcloud } from './people';

jest.setTimeout(60_000);

const MINE = 'Shared modules';
const PENGUIN = {
  bill_length_mm: 46.1,
  bill_depth_mm: 13.2,
  flipper_length_mm: 211,
  body_mass_g: 4500
};

let bundles: Bundles;
let cloud: INextcloud;
let ada: Person;
let grace: Person;

beforeAll(() => (bundles = new Bundles()));
afterAll(() => bundles.remove());
beforeEach(async () => {
  cloud = await startNextcloud({});
  const env = { DEEP_NODE_HOME: bundles.folder };
  ada = await Person.come(cloud, 'ada', env);
  grace = await Person.come(cloud, 'grace', env);
});
afterEach(async () => {
  await ada.leave();
  await grace.leave();
  await cloud.close();
});

async function predict(person: Person, module: string): Promise<string> {
  const begun = await person.service.post('/inference/predictions', {
    module,
    arguments: PENGUIN,
    files: {}
  });
  expect([begun.status, begun.text]).toEqual([202, expect.any(String)]);
  const run = await person.ended(begun.json.id);
  expect(run).toMatchObject({ state: 'succeeded' });
  return (await person.service.get(`/runs/${run.id}/result`)).text;
}

/** Names in a folder of a person's cloud. */
async function names(person: Person, folder: string): Promise<string[]> {
  const at = encodeURIComponent(folder);
  const { json } = await person.service.get(`/storage/files/cloud?path=${at}`);
  return (json.entries ?? []).map(({ name }: { name: string }) => name).sort();
}

const write = async (person: Person, file: string, text: string) => {
  const { status } = await person.service.ask({
    method: 'PUT',
    path: `/storage/files/cloud/content?path=${encodeURIComponent(file)}`,
    body: Buffer.from(text),
    headers: { 'content-type': 'application/octet-stream' }
  });
  expect(status).toBe(200);
};

const read = async (person: Person, file: string) =>
  (
    await person.service.get(
      `/storage/files/cloud/content?path=${encodeURIComponent(file)}`
    )
  ).text;

describe('a module that is shared', () => {
  it('is seen by a colleague with author, version and what it is, tried and copied', async () => {
    const run = await ada.publish(ada.folder('penguins'), {
      version: '1.1.0',
      licence: 'MIT',
      note: 'For the field trip'
    });
    expect(run).toMatchObject({
      state: 'succeeded',
      kind: 'transfer',
      transfer: { act: 'publish' }
    });
    expect(await names(ada, MINE)).toEqual(['penguins']);
    const [shared, ...others] = await grace.look();
    expect(others).toEqual([]);
    expect(shared).toMatchObject({
      author: 'Ada',
      place: new URL(cloud.url).host,
      version: '1.1.0',
      kind: 'model',
      licence: 'MIT',
      note: 'For the field trip',
      state: 'shared',
      isHere: false,
      hasUpdate: false
    });
    expect(await grace.detail(shared.id)).toMatchObject({
      broken: false,
      title: 'Penguin species',
      version: '1.1.0',
      licence: 'MIT',
      fit: { state: 'here' },
      shared: { author: 'Ada', key: shared.key }
    });
    expect(await predict(grace, shared.id)).toContain('Gentoo');
    expect((await grace.look())[0]).toMatchObject({
      isHere: true,
      used: '1.1.0'
    });
    expect((await grace.detail(shared.id)).examples).toHaveLength(2);
    expect(
      await grace.fetch(shared.name, { copyAs: 'my-penguins' })
    ).toMatchObject({ state: 'succeeded' });
    expect(await predict(grace, 'mine/my-penguins')).toContain('Gentoo');
  });

  it('has new versions beside older ones, and is followed', async () => {
    const folder = ada.folder('penguins');
    await ada.publish(folder, { version: '1.9.0' });
    const [first] = await grace.look();
    await grace.fetch(first.name);
    writeFileSync(path.join(folder, 'README.md'), 'Better now');
    const preview = await ada.service.post('/sharing/preview', {
      folder: { from: 'path', path: folder }
    });
    expect(preview.json).toMatchObject({
      version: '1.10.0',
      shared: ['1.9.0'],
      kind: 'model'
    });
    await ada.publish(folder);
    expect(await names(ada, `${MINE}/penguins`)).toEqual(['1.10.0', '1.9.0']);
    const [second] = await grace.look();
    expect(second).toMatchObject({
      id: first.id,
      version: '1.10.0',
      versions: ['1.10.0', '1.9.0'],
      used: '1.9.0',
      hasUpdate: true,
      isHere: false
    });
    const older = await grace.fetch(first.name, {
      version: '1.9.0',
      copyAs: 'old-penguins'
    });
    expect(older.state).toBe('succeeded');
    const again = await ada.begin(folder, { version: '1.10.0' });
    expect([again.status, again.json.detail]).toEqual([
      409,
      expect.stringContaining('versions are never changed')
    ]);
  });

  it('is withdrawn by its owner: receivers see that, and what they copied stays', async () => {
    const folder = ada.folder('penguins');
    await ada.publish(folder, { version: '1.0.0' });
    await ada.publish(folder, { version: '2.0.0' });
    const [shared] = await grace.look();
    await grace.fetch(shared.name, { copyAs: 'kept' });
    const withdraw = (version?: string) =>
      ada.service.post('/sharing/withdrawals', {
        name: 'penguins',
        account: 'cloud',
        version
      });
    expect((await withdraw('2.0.0')).status).toBe(204);
    expect((await grace.look())[0]).toMatchObject({
      version: '1.0.0',
      versions: ['1.0.0'],
      state: 'shared'
    });
    expect((await withdraw()).status).toBe(204);
    expect(await names(ada, MINE)).toEqual([]);
    expect((await ada.service.get('/sharing/publications')).json).toEqual({
      publications: []
    });
    expect((await grace.look())[0]).toMatchObject({
      id: shared.id,
      state: 'withdrawn',
      problem: expect.stringContaining('Ada does not share it any more')
    });
    const used = await grace.service.post('/deployments', {
      module: shared.id
    });
    expect(used.status).toBe(422);
    expect(await predict(grace, 'mine/kept')).toContain('Gentoo');
    const forgotten = await grace.service.ask({
      method: 'DELETE',
      path: `/sharing/received/${shared.name}`
    });
    expect(forgotten.status).toBe(204);
    expect(await grace.look()).toEqual([]);
  });

  it('goes to people, groups and by a link, and says who could not be found', async () => {
    const folder = ada.folder('penguins');
    const run = await ada.publish(folder, {
      with: [{ kind: 'person', with: 'grace' }, { kind: 'link' }]
    });
    expect(run.state).toBe('succeeded');
    const { publications } = (await ada.service.get('/sharing/publications'))
      .json;
    expect(publications).toMatchObject([
      { name: 'penguins', url: expect.stringContaining('/s/') }
    ]);
    expect(await grace.look()).toHaveLength(1);
    const wrong = await ada.publish(ada.folder('others'), {
      with: [{ kind: 'person', with: 'nobody' }]
    });
    expect(wrong).toMatchObject({
      state: 'failed',
      error: { detail: expect.stringContaining('nobody') }
    });
    // The right one goes on from what is there.
    expect(await names(ada, `${MINE}/others`)).toEqual(['1.0.0']);
  });

  it('is asked once for each requestId', async () => {
    const folder = ada.folder('penguins');
    const more = { requestId: 'request-of-ada' };
    const first = await ada.begin(folder, more);
    const second = await ada.begin(folder, more);
    expect(second.json.id).toBe(first.json.id);
    await ada.ended(first.json.id);
  });

  it('that is code asks before anything of it runs, and again for another version', async () => {
    const folder = ada.folder('unused');
    const project = copyProject(path.join(folder, '../leaves'));
    writeFileSync(path.join(project, '.env'), 'SECRET=1');
    await ada.publish(project, { version: '1.0.0' });
    const [shared] = await grace.look();
    expect(shared).toMatchObject({ kind: 'code', state: 'shared' });
    const started = await grace.service.post('/deployments', {
      module: shared.id
    });
    expect([started.status, started.json.detail]).toEqual([
      403,
      expect.stringContaining(`Ada on ${shared.place}`)
    ]);
    expect(started.json.detail).toContain(shared.digest.slice(0, 12));
    const uploaded = await names(ada, `${MINE}/leaves/1.0.0`);
    expect(uploaded).toContain('pyproject.toml');
    expect(uploaded).not.toContain('.env');
  });

  it('costs two requests to look at when nothing has changed', async () => {
    await ada.publish(ada.folder('penguins'));
    await ada.publish(ada.folder('puffins'));
    await ada.service.post('/storage/files/cloud/folders', { path: 'holiday' });
    await ada.service.post('/storage/shares/cloud', {
      path: 'holiday',
      kind: 'person',
      with: 'grace'
    });
    expect(await grace.look()).toHaveLength(2);
    cloud.requests.length = 0;
    expect(await grace.look()).toHaveLength(2);
    expect(cloud.requests.map(({ method }) => method)).toEqual([
      'GET',
      'PROPFIND'
    ]);
  });

  it('keeps being listed while the cloud is away', async () => {
    await ada.publish(ada.folder('penguins'));
    await grace.look();
    cloud.switches.html = true;
    const [shared] = await grace.look();
    expect(shared.state).toBe('shared');
    const { problems } = (await grace.service.get('/sharing/received')).json;
    expect(problems).toHaveLength(1);
  });
});

describe('what goes wrong while it is shared', () => {
  it('a full cloud: the run waits, nobody sees half of it, and it goes on', async () => {
    const user = cloud.users.get('ada')!;
    user.quotaBytes = 8_000;
    const waiting = await ada.publish(ada.folder('penguins'));
    expect(waiting).toMatchObject({
      state: 'paused',
      error: { type: 'urn:jupyterlab-deep:storage-full' }
    });
    expect(await grace.look()).toEqual([]);
    user.quotaBytes = undefined;
    await ada.service.post(`/runs/${waiting.id}/resume`);
    const done = await ada.ended(waiting.id);
    expect(done.state).toBe('succeeded');
    expect(await grace.look()).toHaveLength(1);
    expect(await names(ada, MINE)).toEqual(['penguins']);
  });

  it('a cancel: what was sent so far is taken away', async () => {
    cloud.switches.onlyPath = '/remote.php/dav/bulk';
    cloud.switches.delayMs = 60_000;
    const begun = await ada.begin(ada.folder('penguins'));
    await until(async () => (await names(ada, MINE)).length > 0);
    await ada.service.post(`/runs/${begun.json.id}/cancel`);
    expect((await ada.ended(begun.json.id)).state).toBe('cancelled');
    await until(async () => (await names(ada, MINE)).length === 0);
    expect(await grace.look()).toEqual([]);
  });

  it('an end of the service: the next one goes on with the same content', async () => {
    cloud.switches.onlyPath = '/remote.php/dav/bulk';
    cloud.switches.delayMs = 60_000;
    const begun = await ada.begin(ada.folder('penguins'));
    await until(async () => (await names(ada, MINE)).length > 0);
    await ada.service.close();
    cloud.switches.delayMs = 0;
    await ada.open();
    expect((await ada.ended(begun.json.id)).state).toBe('succeeded');
    expect(await names(ada, MINE)).toEqual(['penguins']);
    const [shared] = await grace.look();
    expect((await grace.fetch(shared.name)).state).toBe('succeeded');
  });

  it('two at once: of the same version one is refused, of two both are there', async () => {
    const folder = ada.folder('penguins');
    const [one, other] = await Promise.all([
      ada.begin(folder, { version: '1.0.0' }),
      ada.begin(folder, { version: '2.0.0' })
    ]);
    const same = await ada.begin(folder, { version: '2.0.0' });
    expect(same.status).toBe(409);
    expect((await ada.ended(one.json.id)).state).toBe('succeeded');
    expect((await ada.ended(other.json.id)).state).toBe('succeeded');
    expect((await grace.look())[0].versions).toEqual(['2.0.0', '1.0.0']);
  });

  it('another machine of its owner took the version meanwhile', async () => {
    const second = await Person.come(cloud, 'ada', {
      DEEP_NODE_HOME: bundles.folder
    });
    try {
      cloud.switches.onlyPath = '/remote.php/dav/bulk';
      cloud.switches.delayMs = 60_000;
      const begun = await ada.begin(ada.folder('penguins'));
      await until(async () => (await names(ada, MINE)).length > 0);
      await ada.service.post(`/runs/${begun.json.id}/pause`);
      cloud.switches.delayMs = 0;
      await second.publish(second.folder('penguins'));
      await ada.service.post(`/runs/${begun.json.id}/resume`);
      expect(await ada.ended(begun.json.id)).toMatchObject({
        state: 'failed',
        error: { type: 'urn:jupyterlab-deep:conflict' }
      });
      await until(async () => (await names(ada, MINE)).length === 1);
      // Nobody knows the other machine's key, so it is said.
      expect(await grace.look()).toMatchObject([{ state: 'shared' }]);
    } finally {
      await second.leave();
    }
  });

  it('links, and folders that are no module, are refused before anything is sent', async () => {
    const folder = ada.folder('penguins');
    symlinkSync('/etc/passwd', path.join(folder, 'data.csv'));
    const linked = await ada.service.post('/sharing/preview', {
      folder: { from: 'path', path: folder }
    });
    expect([linked.status, linked.json.detail]).toEqual([
      400,
      expect.stringContaining('data.csv')
    ]);
    const none = await ada.begin(ada.home.folder);
    expect([none.status, none.json.detail]).toEqual([
      400,
      expect.stringContaining('holds no module')
    ]);
    expect((await ada.begin(folder)).status).toBe(202);
  });
});

describe('what somebody has changed', () => {
  let shared: SharedModule;
  const at = (file: string) => `${MINE}/penguins/1.0.0/${file}`;

  beforeEach(async () => {
    await ada.publish(ada.folder('penguins'));
    [shared] = await grace.look();
  });

  const refused = async (): Promise<string> => {
    const run: Run = await grace.fetch(shared.name);
    expect(run).toMatchObject({
      state: 'failed',
      error: { type: 'urn:jupyterlab-deep:share-refused' }
    });
    expect((await grace.look())[0].isHere).toBe(false);
    return run.error!.detail;
  };

  it('a file of the same length is refused', async () => {
    const text = await read(ada, at('README.md'));
    await write(ada, at('README.md'), text.toUpperCase());
    expect(await refused()).toContain(
      'README.md is not what its author signed'
    );
  });

  it('a file that is missing, one that is longer and one beside it are refused', async () => {
    await write(ada, at('onnx/extra.py'), 'print(1)');
    expect(await refused()).toContain('onnx/extra.py lies there beside');
    await ada.service.ask({
      method: 'DELETE',
      path: `/storage/files/cloud/entry?path=${encodeURIComponent(at('onnx/extra.py'))}`
    });
    await write(ada, at('LICENSE'), 'short');
    expect(await refused()).toContain('LICENSE');
    await ada.service.ask({
      method: 'DELETE',
      path: `/storage/files/cloud/entry?path=${encodeURIComponent(at('LICENSE'))}`
    });
    expect(await refused()).toContain('LICENSE is missing there');
  });

  it('a manifest is listed as broken with the reason, and breaks nothing else', async () => {
    await ada.publish(ada.folder('puffins'));
    const text = await read(ada, at('deep-module.json'));
    const forged = JSON.parse(text);
    forged.signed = forged.signed.replace('Penguin species', 'Penguin spezies');
    await write(ada, at('deep-module.json'), JSON.stringify(forged));
    const all = await grace.look();
    expect(all.map(({ state }) => state).sort()).toEqual(['broken', 'shared']);
    const broken = await grace.detail(shared.id);
    expect(broken).toMatchObject({
      broken: true,
      problems: [
        { message: expect.stringContaining('changed after it was signed') }
      ]
    });
    await write(ada, at('deep-module.json'), '{"no json');
    expect(
      (await grace.look()).find(each => each.id === shared.id)
    ).toMatchObject({
      state: 'broken',
      problem: expect.stringContaining('not JSON')
    });
  });

  it('another key is said loudly, until its user trusts it', async () => {
    const other = await Person.come(cloud, 'ada', {
      DEEP_NODE_HOME: bundles.folder
    });
    try {
      await other.publish(other.folder('penguins'), { version: '1.1.0' });
    } finally {
      await other.leave();
    }
    const [warned] = await grace.look();
    expect(warned).toMatchObject({
      id: shared.id,
      state: 'other-key',
      knownKey: shared.key,
      problem: expect.stringContaining('Ask Ada')
    });
    const fetched = await grace.service.post(
      `/sharing/received/${shared.name}/fetch`,
      {}
    );
    expect(fetched.status).toBe(422);
    const trust = (key: string) =>
      grace.service.post(`/sharing/received/${shared.name}/trust`, { key });
    expect((await trust(shared.key)).status).toBe(409);
    expect((await trust(warned.key)).json.state).toBe('shared');
    expect((await grace.fetch(shared.name)).state).toBe('succeeded');
  });
});

describe('a folder on a disk', () => {
  it('is a place to share as well', async () => {
    const disk = path.join(grace.home.folder, 'disk');
    const from = ada.folder('penguins');
    const to = { path: disk };
    const none = await ada.begin(from, { to, with: [] });
    expect([none.status, none.json.type]).toEqual([
      404,
      'urn:jupyterlab-deep:not-found'
    ]);
    grace.folder('../disk/other');
    const run = await ada.publish(from, { to, with: [], version: '1.0.0' });
    expect(run.state).toBe('succeeded');
    await grace.service.post('/sharing/folders', { path: disk });
    const [shared] = await grace.look();
    expect(shared).toMatchObject({
      version: '1.0.0',
      place: disk,
      kind: 'model'
    });
    expect(await predict(grace, shared.id)).toContain('Gentoo');
    const taken = await grace.begin(grace.folder('penguins'), {
      to,
      with: [],
      version: '2.0.0'
    });
    expect([taken.status, taken.json.detail]).toEqual([
      409,
      expect.stringContaining('somebody else')
    ]);
    const file = path.join(disk, 'penguins/1.0.0/README.md');
    appendFileSync(file, 'more');
    expect(readFileSync(file, 'utf8')).toContain('more');
    symlinkSync('/etc', path.join(disk, 'etc'));
    await ada.publish(from, { to, with: [], version: '1.1.0' });
    const link = path.join(disk, 'penguins/1.1.0/README.md');
    await ada.service.post('/sharing/withdrawals', {
      name: 'penguins',
      path: disk,
      version: '1.0.0'
    });
    const { rmSync } = await import('node:fs');
    rmSync(link);
    symlinkSync('/etc/passwd', link);
    await grace.look();
    const stolen = await grace.fetch(shared.name);
    expect(stolen).toMatchObject({
      state: 'failed',
      error: { type: 'urn:jupyterlab-deep:share-refused' }
    });
  });
});
