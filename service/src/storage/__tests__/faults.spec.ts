import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Dataset, Run } from '@jupyterlab-deep/protocol';
import {
  FaultProxy,
  seeded,
  startFaultProxy
} from '../../../../stand-in/faultProxy';
import {
  ILoggedRequest,
  INextcloud,
  startNextcloud
} from '../../../../stand-in/nextcloud/server';
import { Bundles } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { isPart } from '../datasets/copy/landing';

jest.setTimeout(140_000);

const TRANSFERS = 40;
const FILES = 60;
/** Fetched by ranges, and sent in chunks. */
const LARGE_BYTES = 34_000_000;
const CHUNKED_BYTES = 11_000_000;
const FOLDER = 'plants';

let bundles: Bundles;
let home: TestHome;
let service: ServiceProcess;
let cloud: INextcloud;
let cloudFolder: string;
let proxy: FaultProxy;
let random: () => number;

beforeAll(() => (bundles = new Bundles()));
afterAll(() => bundles.remove());

beforeEach(async () => {
  home = new TestHome();
  random = seeded(6);
  cloudFolder = path.join(home.folder, 'cloud');
  mkdirSync(cloudFolder);
  await startCloud();
  proxy = await startFaultProxy({ target: cloud.url, seed: 6 });
  service = await ServiceProcess.start(bundles.service, home);
  await link();
});
afterEach(async () => {
  await service.stop();
  await proxy.close();
  await cloud.close();
  home.remove();
});

async function startCloud(port = 0): Promise<void> {
  cloud = await startNextcloud({
    port,
    folder: cloudFolder,
    switches: { chunkBytes: 5_000_000 }
  });
}

async function link(more: object = {}): Promise<void> {
  const { json, status } = await service.post('/storage/logins', {
    address: proxy.url,
    allowPrivate: true,
    ...more
  });
  expect(status).toBe(201);
  cloud.users.grantLast('ada');
  await until(async () => {
    const { json: login } = await service.get(`/storage/logins/${json.id}`);
    return login.state === 'done' || undefined;
  });
}

/** A content that tells by itself whether it is whole. */
function whole(bytes: number): Buffer {
  const body = randomBytes(bytes - 32);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

function isWhole(content: Buffer): boolean {
  const sum = createHash('sha256').update(content.subarray(0, -32)).digest();
  return sum.equals(content.subarray(-32));
}

const small = (): Buffer => whole(64 + Math.floor(random() * 30_000));

/** As another client of the same user does, past the proxy. */
async function inCloud(name: string, body: Buffer): Promise<void> {
  const { appPassword, loginName, uid } = cloud.user;
  const login = Buffer.from(`${loginName}:${appPassword}`).toString('base64');
  const url = `${cloud.url}/remote.php/dav/files/${uid}/${FOLDER}/${name}`;
  const { body: answer, statusCode } = await request(url, {
    method: 'PUT',
    // A kept connection may be one to the server before its restart.
    reset: true,
    headers: { authorization: `Basic ${login}`, 'x-nc-webdav-auto-mkcol': '1' },
    body
  });
  await answer.dump();
  expect([201, 204]).toContain(statusCode);
}

const here = (name = ''): string =>
  path.join(home.folder, 'datasets/cloud', FOLDER, name);

function filesHere(): Map<string, Buffer> {
  const names = existsSync(here()) ? readdirSync(here()) : [];
  const own = names.filter(name => !isPart(name)).sort();
  return new Map(own.map(name => [name, readFileSync(here(name))]));
}

function filesThere(): Map<string, Buffer> {
  const { tree } = cloud.parts;
  const root = tree.root('files', 'ada');
  const folder = tree.child(root.id, FOLDER)!;
  const nodes = tree.children(folder.id).filter(node => !node.isFolder);
  return new Map(
    nodes
      .map(node => [node.name, readFileSync(tree.bytesFile(node))] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1))
  );
}

const brokenOf = (files: Map<string, Buffer>): string[] =>
  [...files].filter(([, content]) => !isWhole(content)).map(([name]) => name);

function expectWhole(): void {
  expect(brokenOf(filesHere())).toEqual([]);
  expect(brokenOf(filesThere())).toEqual([]);
}

async function dataset(): Promise<Dataset> {
  const { json } = await service.get('/storage/datasets');
  return json.datasets[0];
}

async function atWork(): Promise<Run[]> {
  const { json } = await service.get('/runs');
  return (json.runs as Run[]).filter(run => !run.endedAt);
}

const quiet = (): Promise<true> =>
  until(
    async () => (await atWork()).length === 0 || undefined
  ) as Promise<true>;

/** Begin one; one that is at work already goes on. */
async function begin(act: 'refresh' | 'push'): Promise<void> {
  const { id } = await dataset();
  const { status } = await service.post(`/storage/datasets/${id}/${act}`);
  expect([202, 409]).toContain(status);
}

/** Each side changes files of its own, so that no conflict is right. */
async function change(round: number): Promise<void> {
  for (let index = 0; index < 8; index++) {
    const number = Math.floor(random() * FILES);
    if (number % 2 === 0) {
      await inCloud(`f${number}.bin`, small());
    } else if (existsSync(here(`f${number}.bin`))) {
      writeFileSync(here(`f${number}.bin`), small());
    }
  }
  if (existsSync(here())) {
    writeFileSync(here(`new-${round}.bin`), small());
  }
  await inCloud(`from-the-cloud-${round}.bin`, small());
  if (round % 8 === 2) {
    await inCloud('large.bin', whole(LARGE_BYTES));
  }
  if (round % 8 === 5 && existsSync(here())) {
    writeFileSync(here(`chunked-${round}.bin`), whole(CHUNKED_BYTES));
  }
}

const met = { kill: 0, cut: 0, restart: 0 };

const FAULTS: (() => Promise<void>)[] = [
  async function killService() {
    met.kill += (await atWork()).length;
    await service.kill();
    service = await ServiceProcess.start(bundles.service, home);
  },
  async function cutConnections() {
    const { length } = proxy.done;
    proxy.storm(0.3);
    await sleep(150);
    proxy.storm(0);
    met.cut += proxy.done.length - length;
  },
  async function restartServer() {
    met.restart += (await atWork()).length;
    const port = Number(new URL(cloud.url).port);
    proxy.pause();
    await cloud.close();
    await startCloud(port);
    proxy.resume();
  }
];

/** What was begun comes to its end; then nothing waits and both sides are the same. */
async function settle(): Promise<void> {
  await quiet();
  for (const act of ['refresh', 'push', 'refresh'] as const) {
    await begin(act);
    await quiet();
  }
  const { conflicts, state, waiting, error } = await dataset();
  expect({ conflicts, state, waiting, error }).toEqual({
    conflicts: [],
    state: 'ready',
    waiting: { files: 0, bytes: 0 },
    error: undefined
  });
  expectWhole();
  expect([...filesHere().keys()]).toEqual([...filesThere().keys()]);
  for (const [name, content] of filesThere()) {
    expect([name, readFileSync(here(name)).equals(content)]).toEqual([
      name,
      true
    ]);
  }
  expect(readdirSync(here()).filter(isPart)).toEqual([]);
}

it(`leaves every file of ${TRANSFERS} transfers whole through kills of the service, cuts and restarts of the server, and finishes them`, async () => {
  for (let index = 0; index < FILES; index++) {
    await inCloud(`f${index}.bin`, small());
  }
  await inCloud('large.bin', whole(LARGE_BYTES));
  await fill();
  for (let round = 0; round < TRANSFERS; round++) {
    if (round > 0) {
      await change(round);
      await begin(round % 2 === 0 ? 'refresh' : 'push');
    }
    await sleep(random() * 250);
    await FAULTS[round % FAULTS.length]();
    expectWhole();
    if (round % 10 === 9) {
      await settle();
    }
  }
  expect(met.kill).toBeGreaterThan(3);
  expect(met.cut).toBeGreaterThan(3);
  expect(met.restart).toBeGreaterThan(3);
});

const allHere = async (count: number): Promise<Dataset> =>
  until(async () => {
    const now = await dataset();
    return now.here.files === count && (await atWork()).length === 0
      ? now
      : undefined;
  });

async function fill(): Promise<void> {
  const { status } = await service.post('/storage/datasets', {
    account: 'cloud',
    path: FOLDER,
    way: 'copy'
  });
  expect(status).toBe(201);
}

async function makeDataset(files: number): Promise<void> {
  for (let index = 0; index < files; index++) {
    await inCloud(`f${index}.bin`, small());
  }
  await fill();
  const { length } = [...filesThere()];
  await allHere(length);
}

const pausedRun = (): Promise<Run> =>
  until(async () => (await atWork()).find(({ state }) => state === 'paused'));

it('stops everything at the first refusal when the password expires in the middle, and finishes once it is linked again', async () => {
  await makeDataset(5);
  for (let index = 0; index < 6; index++) {
    writeFileSync(here(`new-${index}.bin`), whole(CHUNKED_BYTES));
  }
  await begin('push');
  await until(() =>
    cloud.requests.some(({ path: at }) => at.includes('/uploads/'))
  );
  cloud.users.expire('ada');
  const paused = await pausedRun();
  expect(paused.error?.type).toMatch(/storage-login$/);
  const { json } = await service.get('/storage/accounts');
  expect(json.accounts[0].state).toBe('needs-login');
  expect((await dataset()).state).toBe('needs-login');
  // No more than are sent at once; a server locks out who goes on.
  const refused = (): number =>
    cloud.requests.filter(({ status }) => status === 401).length;
  expect(refused()).toBeLessThanOrEqual(6);
  // What was under way may still be logged; nothing new may begin.
  const since = performance.now();
  await begin('refresh');
  await service.get('/storage/files/cloud?path=');
  await sleep(200);
  expect(cloud.requests.filter(({ beganMs }) => beganMs > since)).toEqual([]);

  await link({ account: 'cloud' });
  await quiet();
  expectWhole();
  expect([...filesThere().keys()]).toEqual([...filesHere().keys()]);
});

it('keeps what waits while the quota is full, and sends it when there is room', async () => {
  await makeDataset(5);
  const user = cloud.users.get('ada')!;
  cloud.users.add({ ...user, quotaBytes: 1_000_000 });
  writeFileSync(here('chunked.bin'), whole(CHUNKED_BYTES));
  writeFileSync(here('f1.bin'), whole(900_000));
  await begin('push');
  const paused = await pausedRun();
  expect(paused.error?.type).toMatch(/storage-full$/);
  expect((await dataset()).waiting.files).toBeGreaterThan(0);
  cloud.users.add(user);
  expect((await service.post(`/runs/${paused.id}/resume`)).status).toBe(202);
  await settle();
});

it('goes on with a large file where it was, both ways, when the service is killed', async () => {
  await makeDataset(1);
  await inCloud('large.bin', whole(LARGE_BYTES));
  proxy.slow(20_000_000);
  await begin('refresh');
  const part = (): number => {
    const name = readdirSync(here()).find(isPart);
    return name ? statSync(here(name)).size : 0;
  };
  await until(() => part() > 8_000_000);
  cloud.requests.length = 0;
  await service.kill();
  service = await ServiceProcess.start(bundles.service, home);
  await allHere(2);
  const again = cloud.requests
    // The one that was cut is written down when the server notices, with status 0.
    .filter(({ path: at, status }) => at.endsWith('large.bin') && status > 0)
    .reduce((sum, { bytesOut }) => sum + bytesOut, 0);
  expect(again).toBeLessThan(LARGE_BYTES - 7_000_000);

  writeFileSync(here('chunked.bin'), whole(LARGE_BYTES));
  await begin('push');
  const sent = cloud.requests.length;
  const chunks = (): ILoggedRequest[] =>
    cloud.requests
      .slice(sent)
      .filter(
        ({ path: at, method }) => method === 'PUT' && at.includes('/uploads/')
      );
  const arrived = (): string[] =>
    chunks()
      .filter(({ status }) => status === 201)
      .map(({ path: at }) => at);
  await until(() => arrived().length >= 3);
  await service.kill();
  service = await ServiceProcess.start(bundles.service, home);
  await settle();
  // Seven in all, some of which the kill has cut; none that had arrived was sent again.
  expect(new Set(chunks().map(({ path: at }) => at)).size).toBe(
    Math.ceil(LARGE_BYTES / 5_000_000)
  );
  expect(new Set(arrived()).size).toBe(arrived().length);
});

it('takes what changes while it goes for what it is in the end', async () => {
  await makeDataset(30);
  await inCloud('large.bin', whole(LARGE_BYTES));
  proxy.slow(10_000_000);
  await begin('refresh');
  await until(() => readdirSync(here()).some(isPart));
  await inCloud('large.bin', whole(LARGE_BYTES + 100));
  for (let index = 0; index < 30; index += 2) {
    await inCloud(`f${index}.bin`, small());
  }
  proxy.slow();
  await quiet();
  expectWhole();
  proxy.slow(10_000_000);
  writeFileSync(here('chunked.bin'), whole(CHUNKED_BYTES));
  await begin('push');
  await until(() =>
    cloud.requests.some(({ path: at }) => at.includes('/uploads/'))
  );
  writeFileSync(here('chunked.bin'), whole(CHUNKED_BYTES + 100));
  proxy.slow();
  await settle();
  expect(filesThere().get('chunked.bin')!.length).toBe(CHUNKED_BYTES + 100);
});

it('brings names that only some systems have, follows no link, and writes nothing outside its folder', async () => {
  const names = [
    'Leaf.bin',
    'leaf.bin',
    'CON',
    'a:b?*.bin',
    ' x .bin',
    'ü.bin'
  ];
  for (const name of names) {
    await inCloud(encodeURIComponent(name), small());
  }
  cloud.switches.zipExtra = '../../outside.bin';
  await makeDataset(8);
  const outside = path.join(home.folder, 'datasets', 'outside.bin');
  expect(existsSync(outside)).toBe(false);
  cloud.switches.zipExtra = undefined;
  writeFileSync(path.join(home.folder, 'secret.bin'), small());
  symlinkSync(path.join(home.folder, 'secret.bin'), here('link.bin'));
  await begin('push');
  await quiet();
  expect([...filesThere().keys()]).not.toContain('link.bin');
  rmSync(here('link.bin'));
  await settle();
  expect([...filesHere().keys()]).toEqual(expect.arrayContaining(names));
});
