import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { until } from '../../../__tests__/home';
import { contentsOf, StorageHere } from './storageHere';

let here: StorageHere;
beforeEach(async () => (here = await StorageHere.open()));
afterEach(() => here.close());

function fillCloud(count: number, folder = 'plants'): void {
  for (let at = 0; at < count; at++) {
    const sub = at % 10 === 0 ? `${folder}/deep` : folder;
    here.remote.put(`${sub}/leaf-${at}.txt`, `leaf ${at}`.repeat(20));
  }
}

const cloud = (): Record<string, string> =>
  contentsOf(here.remote.at('plants'));

it('copies a thousand files by a few requests, and both sides agree after each has changed', async () => {
  fillCloud(1000);
  const { id, path: folder, state, here: files } = await here.dataset();
  expect(state).toBe('ready');
  expect(files.files).toBe(1000);
  expect(contentsOf(folder)).toEqual(cloud());
  expect(here.remote.requests.length).toBeLessThanOrEqual(5);

  here.remote.put('plants/leaf-1.txt', 'new in the cloud');
  here.remote.put('plants/more/new.txt', 'a new one');
  rmSync(here.remote.at('plants/leaf-2.txt'));
  writeFileSync(path.join(folder, 'leaf-3.txt'), 'new here');
  mkdirSync(path.join(folder, 'mine'));
  writeFileSync(path.join(folder, 'mine/own.txt'), 'own');
  rmSync(path.join(folder, 'leaf-4.txt'));
  await here.act(id, 'push');
  await here.act(id, 'refresh');

  expect(contentsOf(folder)).toEqual(cloud());
  expect(cloud()).toMatchObject({
    'leaf-1.txt': 'new in the cloud',
    'more/new.txt': 'a new one',
    'leaf-3.txt': 'new here',
    'mine/own.txt': 'own'
  });
  expect(cloud()).not.toHaveProperty('leaf-2.txt');
  expect(cloud()).not.toHaveProperty('leaf-4.txt');
  expect(readdirSync(path.join(here.remote.folder, 'trash'))).toEqual([
    'plants_leaf-4.txt'
  ]);
});

it('asks once when nothing changed', async () => {
  fillCloud(20);
  const { id } = await here.dataset();
  here.remote.requests.length = 0;
  await here.act(id, 'refresh');
  expect(here.remote.requests).toEqual(['PROPFIND0 plants']);
});

it('sends a thousand new files by few requests', async () => {
  here.remote.put('plants/first.txt', 'first');
  const { id, path: folder } = await here.dataset();
  for (let at = 0; at < 1000; at++) {
    writeFileSync(path.join(folder, `new-${at}.txt`), `new ${at}`);
  }
  here.remote.requests.length = 0;
  const run = await here.act(id, 'push');
  expect(run).toMatchObject({ state: 'succeeded', transfer: { failed: 0 } });
  expect(cloud()).toEqual(contentsOf(folder));
  expect(here.remote.requests.length).toBeLessThanOrEqual(30);
  expect((await here.look(id)).waiting.files).toBe(0);
});

it('keeps both versions of a file that changed on both sides, and loses neither to a deletion', async () => {
  fillCloud(5);
  const { id, path: folder } = await here.dataset();
  here.remote.put('plants/leaf-1.txt', "the cloud's");
  writeFileSync(path.join(folder, 'leaf-1.txt'), "this machine's");
  rmSync(here.remote.at('plants/leaf-2.txt'));
  writeFileSync(path.join(folder, 'leaf-2.txt'), 'changed here');
  await here.act(id, 'push');

  const { conflicts } = await here.look(id);
  expect(conflicts.map(each => each.path).sort()).toEqual([
    'leaf-1.txt',
    'leaf-2.txt'
  ]);
  const copyOf = (name: string): string =>
    conflicts.find(each => each.path === name)!.copy;
  expect(copyOf('leaf-1.txt')).toMatch(/^leaf-1 \(conflict .+\)\.txt$/);
  expect(cloud()).toMatchObject({
    'leaf-1.txt': "the cloud's",
    [copyOf('leaf-1.txt')]: "this machine's",
    [copyOf('leaf-2.txt')]: 'changed here'
  });
  expect(contentsOf(folder)).toEqual(cloud());

  // Settled by a person, who needs the one no more and gives the other a name.
  rmSync(path.join(folder, copyOf('leaf-1.txt')));
  renameSync(
    path.join(folder, copyOf('leaf-2.txt')),
    path.join(folder, 'leaf-2b.txt')
  );
  await here.act(id, 'push');
  expect((await here.look(id)).conflicts).toEqual([]);
});

it('counts what waits, leaves links out, and refuses to remove what is not in the cloud', async () => {
  fillCloud(3);
  const { id, path: folder } = await here.dataset();
  writeFileSync(path.join(folder, 'own.txt'), 'own');
  symlinkSync('/etc', path.join(folder, 'outside'));
  const waiting = await until(async () => {
    const { waiting: found } = await here.look(id);
    return found.files > 0 ? found : undefined;
  });
  expect(waiting).toEqual({ files: 1, bytes: 3 });
  const refused = await here.service.ask({
    method: 'DELETE',
    path: `/storage/datasets/${id}`,
    body: '{}',
    headers: { 'content-type': 'application/json', 'content-length': 2 }
  });
  expect(refused.status).toBe(409);
  const run = await here.act(id, 'push');
  expect(cloud()['own.txt']).toBe('own');
  expect(existsSync(here.remote.at('plants/outside'))).toBe(false);
  const { text, headers } = await here.service.get(`/runs/${run.id}/log`);
  expect(text).toMatch(/outside: left out, as it is a link/);
  expect(Number(headers['x-deep-offset'])).toBe(Buffer.byteLength(text));
});

it('does not take a folder that is away for a deletion of all files', async () => {
  fillCloud(3);
  const { id, path: folder } = await here.dataset();
  renameSync(folder, `${folder}-away`);
  const run = await here.act(id, 'push');
  expect(run.error?.detail).toMatch(/is not there/);
  expect(Object.keys(cloud())).toHaveLength(3);
});

it('fetches a pattern, and more when asked', async () => {
  fillCloud(20);
  const {
    id,
    path: folder,
    there
  } = await here.dataset({
    pattern: 'leaf-1*.txt'
  });
  const names = Object.keys(contentsOf(folder));
  expect(names.every(name => name.startsWith('leaf-1'))).toBe(true);
  expect(names.length).toBeGreaterThan(2);
  expect(there?.files).toBe(20);
  await here.act(id, 'fetch', { pattern: 'deep/**' });
  expect(Object.keys(contentsOf(folder))).toContain('deep/leaf-0.txt');
  expect(Object.keys(contentsOf(folder))).not.toContain('leaf-2.txt');
});

it('waits for a cloud that does not answer, and goes on with what lacks when it does', async () => {
  fillCloud(200);
  let isAway = false;
  here.remote.cutAfterBytes = 10_000;
  here.remote.trouble = () => {
    if (isAway) {
      throw new DeepError('storage-unreachable', 'Nobody answers.');
    }
    isAway = here.remote.cutAfterBytes !== Infinity;
    isAway &&= here.remote.requests.at(-1)!.startsWith('ZIP');
  };
  const { id, run, path: folder } = await here.made();
  await until(async () =>
    (await here.run(run!)).phase.startsWith('Waiting for')
  );
  expect((await here.look(id)).state).toBe('unreachable');
  isAway = false;
  here.remote.trouble = () => undefined;
  here.remote.changed();
  expect((await here.ended(run!)).state).toBe('succeeded');
  expect(contentsOf(folder)).toEqual(cloud());
});

it('stops at a refused password, and goes on when the account is linked again', async () => {
  fillCloud(10);
  here.remote.trouble = () => {
    throw new DeepError('storage-login', 'The password was refused.');
  };
  const made = await here.service.post('/storage/datasets', {
    account: 'cloud',
    path: 'plants'
  });
  expect(made.status).toBe(424);
  here.remote.trouble = request => {
    if (request.startsWith('ZIP')) {
      throw new DeepError('storage-login', 'The password was refused.');
    }
  };
  const { id, run } = await here.made();
  const paused = await here.ended(run!);
  expect(paused).toMatchObject({
    state: 'paused',
    error: { type: 'urn:jupyterlab-deep:storage-login' }
  });
  expect((await here.look(id)).state).toBe('needs-login');
  here.remote.trouble = () => undefined;
  here.remote.changed();
  await until(async () => (await here.run(run!)).endedAt);
  expect(await here.look(id)).toMatchObject({
    state: 'ready',
    here: { files: 10 }
  });
});

it('sends a file again that changes while it goes', async () => {
  fillCloud(2);
  const { id, path: folder } = await here.dataset();
  const file = path.join(folder, 'leaf-1.txt');
  appendFileSync(file, ' more');
  let times = 0;
  here.remote.trouble = request => {
    if (request.startsWith('PUT') && ++times === 1) {
      appendFileSync(file, ' and more');
    }
  };
  await here.act(id, 'push');
  expect(times).toBe(2);
  expect(cloud()).toEqual(contentsOf(folder));
});

it('goes on after the service was stopped in the middle, paused, resumed and cancelled', async () => {
  fillCloud(300);
  const gate = Promise.withResolvers<void>();
  const { readMany } = here.remote;
  here.remote.readMany = async function* (...given) {
    let count = 0;
    for await (const each of readMany.apply(here.remote, given)) {
      if (++count === 150) {
        gate.resolve();
        await new Promise(resolve => setTimeout(resolve, 200));
      }
      yield each;
    }
  };
  const { id, run, path: folder } = await here.made();
  await gate.promise;
  here.remote.readMany = readMany;
  const paused = await here.service.post(`/runs/${run}/pause`);
  expect(paused.json.state).toBe('paused');
  await here.restart();
  expect((await here.run(run!)).state).toBe('paused');
  await here.service.post(`/runs/${run}/resume`);
  await here.restart();
  expect((await here.ended(run!)).state).toBe('succeeded');
  expect(contentsOf(folder)).toEqual(cloud());
  expect((await here.look(id)).conflicts).toEqual([]);
});
