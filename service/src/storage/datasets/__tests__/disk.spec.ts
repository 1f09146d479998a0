import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { contentsOf, StorageHere } from './storageHere';

let here: StorageHere;
let sets: string;
let isMounted = false;

beforeEach(async () => {
  here = await StorageHere.open();
  sets = path.join(here.home.folder, 'sets');
  mkdirSync(sets, { recursive: true });
});
afterEach(async () => {
  if (isMounted) {
    execFileSync('umount', ['-l', sets]);
    isMounted = false;
  }
  await here.close();
});

/** A small disk of its own, where the system lets us have one. */
function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', sets], {
      stdio: 'ignore'
    });
    isMounted = true;
  } catch {
    console.warn('No small disk can be mounted here: not tested.');
  }
  return isMounted;
}

it('refuses at once what does not fit on the disk, and goes on when there is room', async () => {
  if (!mountSmallDisk()) {
    return;
  }
  for (let at = 0; at < 5; at++) {
    here.remote.put(`plants/f${at}.bin`, Buffer.alloc(500_000, at));
  }
  writeFileSync(path.join(sets, 'other'), Buffer.alloc(1_500_000));
  const { id, run, path: folder } = await here.made();
  expect(await here.ended(run!)).toMatchObject({
    state: 'paused',
    error: { type: 'urn:jupyterlab-deep:no-space' }
  });
  expect(readdirSync(folder)).toEqual([]);
  rmSync(path.join(sets, 'other'));
  await here.service.post(`/runs/${run}/resume`);
  expect((await here.ended(run!)).state).toBe('succeeded');
  expect((await here.look(id)).here.files).toBe(5);
});

it('pauses when the disk fills while files come, leaves none in part, and goes on', async () => {
  if (!mountSmallDisk()) {
    return;
  }
  for (let at = 0; at < 5; at++) {
    here.remote.put(`plants/f${at}.bin`, Buffer.alloc(500_000, at));
  }
  const { readMany } = here.remote;
  here.remote.readMany = async function* (...given) {
    let count = 0;
    for await (const each of readMany.apply(here.remote, given)) {
      if (++count === 3) {
        try {
          writeFileSync(path.join(sets, 'other'), Buffer.alloc(4_000_000));
        } catch {
          // Full: that is what was wanted.
        }
      }
      yield each;
    }
  };
  const { run, path: folder } = await here.made();
  expect((await here.ended(run!)).error?.type).toMatch(/no-space$/);
  const sizes = Object.values(contentsOf(folder)).map(each => each.length);
  expect(sizes.every(size => size === 500_000)).toBe(true);
  here.remote.readMany = readMany;
  rmSync(path.join(sets, 'other'));
  await here.service.post(`/runs/${run}/resume`);
  expect((await here.ended(run!)).state).toBe('succeeded');
  expect(contentsOf(folder)).toEqual(contentsOf(here.remote.at('plants')));
});

it('pauses at a full cloud, keeps what waits, and goes on when there is room', async () => {
  here.remote.put('plants/a.txt', 'a');
  const { id, path: folder } = await here.dataset();
  writeFileSync(path.join(folder, 'own.txt'), 'own');
  here.remote.trouble = request => {
    if (request.startsWith('BULK')) {
      throw new DeepError('storage-full', 'Insufficient space.');
    }
  };
  const run = await here.act(id, 'push');
  expect(run).toMatchObject({
    state: 'paused',
    error: { type: 'urn:jupyterlab-deep:storage-full' }
  });
  here.remote.trouble = () => undefined;
  await here.service.post(`/runs/${run.id}/resume`);
  expect((await here.ended(run.id)).state).toBe('succeeded');
  expect(here.remote.read_('plants/own.txt')).toBe('own');
});
