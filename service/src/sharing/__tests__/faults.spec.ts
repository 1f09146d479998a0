import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import {
  filesOf,
  INextcloud,
  startNextcloud
} from '../../storage/dav/__tests__/cloudHere';
import { StorageAccounts } from '../../storage/accounts/storageAccounts';
import { DavFiles } from '../../storage/dav/davFiles';
import { searchFiles } from '../../storage/nextcloud/search';
import { SecretBox } from '../../store/secretBox';
import { CloudPlace } from '../cloudPlace';
import { IKnown, KnownShares } from '../known';
import { ISharedFolder, lookInto } from '../looking';
import { OpenedLinks } from '../openedLinks';
import { Received } from '../received';
import { SharedManifest } from '../sharedManifest';
import { UserKey } from '../signing';
import { Person } from './people';

jest.setTimeout(60_000);

const MODULES = 20;
const NAMES = Array.from({ length: MODULES }, (_, n) => `module-${n}`);
const SICK = 'module-7/1.0.0/deep-module.json';
/** Enough for all that answer, also on a busy machine. */
const PATIENCE_MS = 5_000;

describe('A list of shares of which one is sick', () => {
  let home: TestHome;
  let cloud: INextcloud;
  let files: DavFiles;
  let search: () => Promise<Map<string, string[]>>;

  beforeAll(async () => {
    home = new TestHome();
    cloud = await startNextcloud({});
    const { exchange, files: own } = filesOf(cloud);
    files = own;
    mkdirSync(home.store, { recursive: true });
    const key = new UserKey(
      path.join(home.store, 'key.json'),
      new SecretBox(home.store, {})
    );
    for (const name of NAMES) {
      await files.makeFolder(`${name}/1.0.0`);
      const signed = await key.sign(JSON.stringify(manifestOf(name)));
      const content = Buffer.from(JSON.stringify(signed));
      await files.writeMany([
        { path: `${name}/1.0.0/deep-module.json`, content }
      ]);
    }
    search = async () => {
      await searchFiles(exchange, cloud.url, cloud.user.uid, 'deep-module');
      return new Map(NAMES.map(name => [name, ['1.0.0']]));
    };
  });

  afterAll(async () => {
    await cloud.close();
    home.remove();
  });

  afterEach(() => {
    Object.assign(cloud.switches, {
      ...{ html: false, silent: false, half: false, refuse: 0 },
      ...{ onlyPath: undefined, onlyMethod: undefined }
    });
  });

  const manifestOf = (name: string): SharedManifest => ({
    ...{ format: 1, name, version: '1.0.0', kind: 'image', title: name },
    ...{ author: 'Ada', licence: 'MIT', image: 'lab/plants', files: [] },
    publishedAt: '2026-11-30T10:00:00.000Z',
    metadata: { title: name }
  });

  const folders: ISharedFolder[] = NAMES.map(name => ({
    place: 'cloud',
    placeTitle: 'cloud.example.org',
    path: name,
    etag: '"1"',
    owner: 'ada@cloud.example.org',
    ownerName: 'Ada'
  }));

  /** As a service looks that knows nothing, or that knows what it saw before. */
  async function look(known = new KnownShares('unused')): Promise<IKnown[]> {
    return lookInto(folders, {
      place: { files: new CloudPlace(files), versions: search },
      known,
      signal: new AbortController().signal,
      onRead: () => undefined,
      patienceMs: PATIENCE_MS
    });
  }

  async function knowing(all: readonly IKnown[]): Promise<KnownShares> {
    const known = new KnownShares(path.join(home.folder, 'received.json'));
    await known.replace(all);
    return known;
  }

  const sick = (all: readonly IKnown[]): IKnown =>
    all.find(each => each.path === 'module-7')!;

  const isOthersShared = (all: readonly IKnown[]): boolean =>
    all.every(each => each.path === 'module-7' || each.state === 'shared');

  it('has all others when a server answers garbage for one, and says why of that one', async () => {
    cloud.switches.onlyPath = SICK;
    cloud.switches.html = true;
    const all = await look();
    expect(isOthersShared(all)).toBe(true);
    expect(sick(all)).toMatchObject({
      state: 'broken',
      problem: expect.stringContaining('not JSON')
    });
  });

  it('has all others when one is never answered, and tries that one again', async () => {
    cloud.switches.onlyPath = SICK;
    cloud.switches.silent = true;
    const all = await look();
    expect(isOthersShared(all)).toBe(true);
    expect(sick(all)).toMatchObject({
      state: 'broken',
      etag: undefined,
      problem: expect.stringContaining(
        'has not given module-7 within 5 seconds'
      )
    });
    cloud.switches.silent = false;
    cloud.requests.length = 0;
    const again = await look(await knowing(all));
    expect(again.every(({ state }) => state === 'shared')).toBe(true);
    const answered = cloud.requests.filter(({ status }) => status > 0);
    expect(answered.map(({ method }) => method)).toEqual(['PROPFIND', 'GET']);
  });

  it('keeps what it knew of one whose server has an error now', async () => {
    const known = await knowing(await look());
    const changed = folders.map(each => ({ ...each, etag: '"2"' }));
    cloud.switches.onlyPath = SICK;
    cloud.switches.refuse = 10;
    cloud.switches.refuseWith = 500;
    const all = await lookInto(changed, {
      place: { files: new CloudPlace(files) },
      known,
      signal: new AbortController().signal,
      onRead: () => undefined
    });
    expect(all.every(({ state }) => state === 'shared')).toBe(true);
    expect(sick(all).etag).toBeUndefined();
  });

  it('says of one that vanished in the middle that it was taken back, or nothing where nobody knew it', async () => {
    const known = await knowing(
      (await look()).map(each => ({ ...each, etag: '"0"' }))
    );
    const vanish = () => {
      cloud.switches.onlyPath = SICK;
      cloud.switches.refuse = 1;
      cloud.switches.refuseWith = 404;
    };
    vanish();
    const all = await look(known);
    expect(isOthersShared(all)).toBe(true);
    expect(sick(all)).toMatchObject({
      state: 'withdrawn',
      problem: expect.stringContaining('took it back while it was looked at')
    });
    vanish();
    expect(sick(await look()).state).toBe('nothing');
  });

  it('has all others when one breaks off in the middle', async () => {
    cloud.switches.onlyPath = SICK;
    cloud.switches.half = true;
    const all = await look();
    expect(isOthersShared(all)).toBe(true);
    expect(sick(all)).toMatchObject({ state: 'broken' });
  });

  it('is given up when it is the server that is sick, not one of them', async () => {
    cloud.switches.onlyPath = 'deep-module.json';
    cloud.switches.refuse = 1000;
    cloud.switches.refuseWith = 500;
    await expect(look()).rejects.toMatchObject({ key: 'storage-unreachable' });
    expect(1000 - cloud.switches.refuse).toBeLessThan(MODULES * 3);
  });

  it('is listed folder by folder where the search fails', async () => {
    cloud.switches.onlyMethod = 'SEARCH';
    cloud.switches.refuse = 10;
    cloud.switches.refuseWith = 500;
    const all = await look();
    expect(all.every(({ state }) => state === 'shared')).toBe(true);
  });
});

describe('A link whose server never answers', () => {
  it('is given up in words, and not kept', async () => {
    const cloud = await startNextcloud({ switches: { silent: true } });
    const home = new TestHome();
    mkdirSync(home.store, { recursive: true });
    const links = new OpenedLinks({
      file: path.join(home.store, 'links.json'),
      box: new SecretBox(home.store, {}),
      network: {}
    });
    const received = new Received({
      accounts: { all: [] } as unknown as StorageAccounts,
      known: new KnownShares(path.join(home.store, 'received.json')),
      links,
      folder: home.store
    });
    const request = { link: `${cloud.url}/s/Ab3`, allowPrivate: true };
    await expect(
      received.openLink(request, AbortSignal.timeout(300))
    ).rejects.toMatchObject({ key: 'timeout' });
    expect(links.all).toEqual([]);
    await cloud.close();
    home.remove();
  });
});

describe('A place that may only be read', () => {
  let cloud: INextcloud;
  let ada: Person;
  let grace: Person;

  beforeAll(async () => {
    cloud = await startNextcloud({});
    ada = await Person.come(cloud, 'ada');
    grace = await Person.come(cloud, 'grace');
  });

  afterAll(async () => {
    await ada.leave();
    await grace.leave();
    await cloud.close();
  });

  it('takes no module, says so, and nothing of it is seen', async () => {
    // What is called as our folder is somebody else's, to be read alone.
    await ada.service.post('/storage/files/cloud/folders', {
      path: 'Shared modules'
    });
    await ada.service.post('/storage/shares/cloud', {
      path: 'Shared modules',
      kind: 'person',
      with: 'grace'
    });
    const run = await grace.publish(grace.folder('penguins'), { with: [] });
    expect(run).toMatchObject({
      state: 'failed',
      error: {
        type: 'urn:jupyterlab-deep:storage-refused',
        detail: expect.stringContaining('you may not change this')
      }
    });
    const there = await ada.service.get(
      `/storage/files/cloud?path=${encodeURIComponent('Shared modules')}`
    );
    expect(there.json.entries).toEqual([]);
  });

  const isRoot = process.getuid?.() === 0;
  (isRoot ? it.skip : it)(
    `says so on a disk too${isRoot ? ' (skipped: root may write everywhere)' : ''}`,
    async () => {
      const disk = path.join(grace.home.folder, 'disk');
      mkdirSync(disk);
      chmodSync(disk, 0o555);
      const run = await grace.publish(grace.folder('penguins'), {
        to: { path: disk },
        with: []
      });
      expect(run.error?.detail).toContain('you have no permission');
    }
  );
});
