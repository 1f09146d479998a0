import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SharedModule } from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { IAnswer } from '../../__tests__/client';
import { checkLink, linkAddressOf } from '../linkAddress';
import { INextcloud, Person, startNextcloud } from './people';

jest.setTimeout(60_000);

const LINK = 3;

let bundles: Bundles;
let cloud: INextcloud;
let ada: Person;
let grace: Person;

beforeAll(async () => {
  bundles = new Bundles();
  const env = { DEEP_NODE_HOME: bundles.folder };
  cloud = await startNextcloud({});
  ada = await Person.come(cloud, 'ada', env);
  // Whoever opens a link needs no account.
  grace = await Person.withoutAccount(cloud, 'grace', env);
});

afterAll(async () => {
  await ada.leave();
  await grace.leave();
  await cloud.close();
  bundles.remove();
});

/** What the stand-in knows of the newest link. */
const shareOf = () =>
  cloud.parts.shares.all().findLast(each => each.type === LINK)!;

async function shareByLink(name: string, version = '1.0.0'): Promise<string> {
  const run = await ada.publish(ada.folder(name), {
    with: [{ kind: 'link' }],
    version
  });
  expect(run.state).toBe('succeeded');
  return `${cloud.url}/s/${shareOf().token}`;
}

const open = (link: string, more: object = {}): Promise<IAnswer> =>
  grace.service.post('/sharing/links', { link, allowPrivate: true, ...more });

async function opened(
  link: string,
  more: object = {}
): Promise<SharedModule[]> {
  const { status, json, text } = await open(link, more);
  expect([status, text]).toEqual([200, expect.any(String)]);
  return json.modules;
}

const links = async () =>
  (await grace.service.get('/sharing/links')).json.links;

const remove = (id: string) =>
  grace.service.ask({ method: 'DELETE', path: `/sharing/links/${id}` });

/** Everything that lies in a folder, as text. */
const textsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(each => path.join(folder, String(each)))
    .filter(each => statSync(each).isFile())
    .map(each => readFileSync(each, 'latin1'));

describe('a module behind a link', () => {
  let link: string;
  let shared: SharedModule;

  it('is refused while the host is private and nobody has confirmed it', async () => {
    link = await shareByLink('penguins');
    const asked = await open(link, { allowPrivate: false });
    expect([asked.status, asked.json.type]).toEqual([
      422,
      'urn:jupyterlab-deep:address-private'
    ]);
    expect(asked.text).not.toContain(shareOf().token);
  });

  it('is listed beside what is shared with a person, and says that nobody vouches for its author', async () => {
    [shared] = await opened(link);
    expect(shared).toMatchObject({
      title: 'Penguin species',
      author: 'Ada',
      kind: 'model',
      version: '1.0.0',
      state: 'shared',
      place: new URL(cloud.url).host
    });
    expect(await grace.look()).toMatchObject([
      { id: shared.id, link: shared.link }
    ]);
    expect(await grace.detail(shared.id)).toMatchObject({
      broken: false,
      fit: { state: 'here' }
    });
    // The same link once more is the same.
    expect((await opened(`${link}/download`))[0].id).toBe(shared.id);
    expect(await links()).toEqual([
      {
        id: shared.link,
        place: shared.place,
        addedAt: expect.any(String),
        modules: [shared.id]
      }
    ]);
  });

  it('is fetched as it was signed, copied, and followed', async () => {
    expect(await grace.fetch(shared.name, { copyAs: 'kept' })).toMatchObject({
      state: 'succeeded'
    });
    const folder = ada.folder('penguins');
    writeFileSync(path.join(folder, 'README.md'), 'Better now');
    await ada.publish(folder, { with: [], version: '1.1.0' });
    expect(await grace.look()).toMatchObject([
      { id: shared.id, version: '1.1.0', used: '1.0.0', hasUpdate: true }
    ]);
    cloud.requests.length = 0;
    await grace.look();
    expect(cloud.requests.map(({ method }) => method)).toEqual(['PROPFIND']);
  });

  it('is refused when a file was changed, and when another key has signed it', async () => {
    const at = encodeURIComponent('Shared modules/penguins/1.1.0/README.md');
    await ada.service.ask({
      method: 'PUT',
      path: `/storage/files/cloud/content?path=${at}`,
      body: Buffer.from('Worse now!'),
      headers: { 'content-type': 'application/octet-stream' }
    });
    const fetched = await grace.fetch(shared.name);
    expect(fetched).toMatchObject({
      state: 'failed',
      error: { detail: expect.stringContaining('README.md is not what') }
    });
    const other = await Person.come(cloud, 'ada', {
      DEEP_NODE_HOME: bundles.folder
    });
    try {
      await other.publish(other.folder('penguins'), {
        with: [],
        version: '1.2.0'
      });
    } finally {
      await other.leave();
    }
    expect(await grace.look()).toMatchObject([
      { state: 'other-key', knownKey: shared.key }
    ]);
  });

  it('keeps its secrets: no answer, no log and no file has them', async () => {
    const { token } = shareOf();
    const answers = await Promise.all(
      [
        '/sharing/links',
        '/sharing/received',
        '/runs',
        '/catalogue/modules',
        '/diagnostics'
      ].map(each => grace.service.get(each))
    );
    for (const { text } of answers) {
      expect(text).not.toContain(token);
    }
    expect(grace.service.lines.join('\n')).not.toContain(token);
    const kept = textsIn(grace.home.store);
    expect(kept.some(text => text.includes('addedAt'))).toBe(true);
    expect(kept.filter(text => text.includes(token!))).toEqual([]);
  });

  it('is still there after a restart, and says so when the link has expired', async () => {
    await grace.service.close();
    await grace.open();
    expect(await links()).toHaveLength(1);
    shareOf().expireDate = '2020-01-01';
    expect(await grace.look()).toMatchObject([
      {
        state: 'withdrawn',
        problem: expect.stringContaining('it has expired, or was taken back')
      }
    ]);
    const again = await open(link);
    expect([again.status, again.json.detail]).toEqual([
      404,
      expect.stringContaining('leads nowhere')
    ]);
    shareOf().expireDate = undefined;
    expect(await grace.look()).toMatchObject([{ state: 'other-key' }]);
  });

  it('is forgotten with its link', async () => {
    expect((await remove(shared.link!)).status).toBe(204);
    expect(await links()).toEqual([]);
    expect(await grace.look()).toEqual([]);
    expect((await remove(shared.link!)).status).toBe(404);
    expect((await grace.detail('mine/kept')).broken).toBe(false);
  });
});

describe('a link', () => {
  it('with a password asks for it, refuses a wrong one, and says when it was changed', async () => {
    const link = await shareByLink('puffins');
    shareOf().password = 'feathers';
    const none = await open(link);
    expect([none.status, none.json.type, none.json.detail]).toEqual([
      403,
      'urn:jupyterlab-deep:link-password',
      expect.stringContaining('asks for the password')
    ]);
    const wrong = await open(link, { password: 'scales' });
    expect([wrong.status, wrong.json.detail]).toEqual([
      403,
      expect.stringContaining('does not take this password')
    ]);
    expect(await links()).toEqual([]);
    const [shared] = await opened(link, { password: 'feathers' });
    expect(await grace.fetch(shared.name)).toMatchObject({
      state: 'succeeded'
    });
    const kept = textsIn(path.join(grace.home.store, 'sharing'));
    expect(kept.filter(text => text.includes('feathers'))).toEqual([]);
    shareOf().password = 'beaks';
    expect(await grace.look()).toMatchObject([{ state: 'shared' }]);
    const { problems } = (await grace.service.get('/sharing/received')).json;
    expect(problems).toEqual([
      expect.stringContaining('does not take this password')
    ]);
    const [again] = await opened(link, { password: 'beaks' });
    expect(again.id).toBe(shared.id);
    await grace.look();
    expect(
      (await grace.service.get('/sharing/received')).json.problems
    ).toEqual([]);
    await remove(shared.link!);
  });

  it('of a server before version 29 is read as such servers have it', async () => {
    const link = await shareByLink('owls');
    cloud.switches.oldLinks = true;
    try {
      const [shared] = await opened(link);
      expect(await grace.fetch(shared.name)).toMatchObject({
        state: 'succeeded'
      });
      await remove(shared.link!);
      const gone = await open(`${cloud.url}/s/nothing-here`);
      expect([gone.status, gone.json.detail]).toEqual([
        403,
        expect.stringContaining('may also have expired')
      ]);
    } finally {
      cloud.switches.oldLinks = false;
    }
  });

  it('to a folder of modules brings all of them; one without a module is not kept', async () => {
    const all = await ada.service.post('/storage/shares/cloud', {
      path: 'Shared modules',
      kind: 'link'
    });
    const modules = await opened(all.json.url);
    expect(modules.map(({ state }) => state)).toEqual([
      'shared',
      'shared',
      'shared'
    ]);
    await remove(modules[0].link!);
    await ada.service.post('/storage/files/cloud/folders', {
      path: 'holiday/sea'
    });
    const holiday = await ada.service.post('/storage/shares/cloud', {
      path: 'holiday',
      kind: 'link'
    });
    const none = await open(holiday.json.url);
    expect([none.status, none.json.detail]).toEqual([
      404,
      expect.stringContaining('no shared module')
    ]);
    expect(await links()).toEqual([]);
  });

  it('to more folders than anybody shares is not looked into', async () => {
    const { tree } = cloud.parts;
    const crowd = tree.makeFolder(tree.root('files', 'ada'), 'crowd');
    for (let n = 0; n <= 500; n++) {
      tree.makeFolder(crowd, `folder-${n}`);
    }
    const made = await ada.service.post('/storage/shares/cloud', {
      path: 'crowd',
      kind: 'link'
    });
    cloud.requests.length = 0;
    const refused = await open(made.json.url);
    expect([refused.status, refused.json.detail]).toEqual([
      422,
      expect.stringContaining('more than 500 folders')
    ]);
    expect(cloud.requests.map(({ method }) => method)).toEqual([
      'GET',
      'PROPFIND'
    ]);
  });

  it('that sends elsewhere, or whose server is no Nextcloud, is not followed', async () => {
    const link = await shareByLink('terns');
    cloud.switches.redirect = 'http://169.254.169.254/latest';
    const sent = await open(link);
    cloud.switches.redirect = undefined;
    cloud.switches.html = true;
    const portal = await open(link);
    cloud.switches.html = false;
    expect([sent.json.type, portal.json.type]).toEqual([
      'urn:jupyterlab-deep:storage-refused',
      'urn:jupyterlab-deep:storage-refused'
    ]);
    expect(await links()).toEqual([]);
  });

  it('by http to a public host is refused, confirmed or not', async () => {
    const link = { server: 'http://93.184.216.34', token: 'Ab3' };
    await expect(checkLink(link, { allowPrivate: true })).rejects.toMatchObject(
      { key: 'address-refused' }
    );
    await expect(
      checkLink({ ...link, server: 'http://10.0.0.1' }, {})
    ).rejects.toMatchObject({ key: 'address-private' });
    await checkLink(
      { ...link, server: 'http://10.0.0.1' },
      { privateHosts: ['10.0.0.1'] }
    );
  });

  it.each([
    ['https://cloud.example.org/s/Ab3', 'https://cloud.example.org'],
    [
      'https://cloud.example.org/index.php/s/Ab3/download?path=%2F',
      'https://cloud.example.org'
    ],
    [
      ' https://example.org:8443/nextcloud/s/Ab3#top ',
      'https://example.org:8443/nextcloud'
    ]
  ])('is taken apart: %s', (typed, server) => {
    expect(linkAddressOf(typed)).toEqual({ server, token: 'Ab3' });
  });

  it.each([
    'https://cloud.example.org/f/12',
    'https://cloud.example.org/s/?token=Ab3',
    'https://ada:secret@cloud.example.org/s/Ab3',
    'file:///s/Ab3',
    'https://cloud.example.org/s/..%2f..',
    'Ab3'
  ])('is refused without being repeated: %s', typed => {
    expect(() => linkAddressOf(typed)).toThrow(
      expect.objectContaining({
        key: 'address-refused',
        message: expect.not.stringContaining(typed)
      })
    );
  });
});
