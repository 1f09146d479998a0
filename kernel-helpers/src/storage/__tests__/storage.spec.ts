import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { storage } from '../..';
import { service } from '../../connection';
import { IMimeBundle, isShowable, SHOWN_AS } from '../../display/bundle';
import { sizeWords } from '../size';

const STAND_IN = path.resolve(
  __dirname,
  '../../../../tests/storage_service.mjs'
);

interface IAsked {
  method: string;
  url: string;
  body: Record<string, unknown>;
}

const shown = (value: unknown): IMimeBundle => {
  if (!isShowable(value)) {
    throw new Error('cannot be shown');
  }
  return value[SHOWN_AS]();
};

describe('Storage in cells, on a stand-in of the service', () => {
  let folder: string;
  let standIn: ChildProcess;
  const environment = { ...process.env };

  beforeAll(async () => {
    folder = await mkdtemp('/tmp/ds-');
    await mkdir(path.join(folder, 'run'));
    Object.assign(process.env, {
      DEEP_DATA_DIR: path.join(folder, 'data'),
      DEEP_RUNTIME_DIR: path.join(folder, 'run')
    });
    standIn = spawn(process.execPath, [STAND_IN], {
      env: process.env,
      stdio: ['ignore', 'pipe', 'inherit']
    });
    await once(standIn.stdout!, 'data');
  });

  afterAll(async () => {
    standIn.kill();
    process.env = { ...environment };
    await rm(folder, { recursive: true, force: true });
  });

  const asked = async (): Promise<IAsked[]> =>
    service.json<IAsked[]>('/requests');

  const lastPost = async (): Promise<IAsked> => {
    const posts = (await asked()).filter(({ method }) => method === 'POST');
    return posts[posts.length - 1];
  };

  it('lists accounts and folders, page by page, as tables', async () => {
    const accounts = await storage.accounts();
    expect(accounts[0].id).toBe('cloud');
    expect(shown(accounts)['text/plain']).toContain('1.5 MB of 2 GB');
    const entries = await storage.list('cloud:plants/');
    expect(entries).toHaveLength(1500);
    expect(shown(entries)['text/html']).toContain('<table');
    expect(shown(entries)['text/plain']).toContain('1 names cannot be used');
  });

  it('refuses what is no folder of a cloud', async () => {
    await expect(storage.list('plants')).rejects.toMatchObject({
      key: 'invalid-request'
    });
    await expect(storage.list('cloud:nowhere')).rejects.toMatchObject({
      key: 'not-found'
    });
  });

  it('makes a dataset, waits for its first fill, and finds it by its name', async () => {
    const ds = await storage.dataset('cloud:plants', { pattern: '*.jpg' });
    expect(ds.state).toBe('ready');
    expect(ds).toMatchObject({ files: 3, bytes: 60_000, way: 'copy' });
    expect(`${ds}/leaf.jpg`).toBe(`${ds.path}/leaf.jpg`);
    expect(ds.why).toContain('no /dev/fuse');
    expect(shown(ds)['text/plain']).toContain(ds.path);
    expect((await storage.dataset('plants')).id).toBe(ds.id);
    expect(shown(await storage.datasets())['text/plain']).toContain('plants');
  });

  it('pushes, refreshes and fetches, each until its run has ended', async () => {
    const ds = await storage.dataset('cloud:plants');
    expect((await ds.push()).waiting.files).toBe(0);
    await ds.refresh();
    await ds.fetch('train/**/*.jpg');
    const { body, url } = await lastPost();
    expect(url).toBe(`/storage/datasets/${ds.id}/fetch`);
    expect(body).toEqual({ pattern: 'train/**/*.jpg' });
  });

  it('says why a dataset could not be made', async () => {
    await expect(storage.dataset('cloud:full')).rejects.toMatchObject({
      key: 'no-space'
    });
    await expect(storage.dataset('other:x')).rejects.toMatchObject({
      key: 'not-found'
    });
    await expect(storage.dataset('never made')).rejects.toMatchObject({
      key: 'not-found',
      hint: expect.stringContaining('cloud:plants')
    });
  });

  it('copies between cloud and notebook, whose paths become absolute', async () => {
    const copied = await storage.copy('cloud:plants/a.jpg', './b:c.jpg', {
      onConflict: 'overwrite'
    });
    expect(copied).toMatchObject({ files: 3, bytes: 60_000, failed: 0 });
    const { body } = await lastPost();
    expect(body).toEqual({
      from: { account: 'cloud', path: 'plants/a.jpg' },
      to: { path: path.resolve('b:c.jpg') },
      onConflict: 'overwrite'
    });
  });

  it('lets a transfer go on when only the waiting is cancelled, and ends it when asked', async () => {
    const slow = storage.dataset('cloud:slow', {
      signal: AbortSignal.timeout(500)
    });
    await expect(slow).rejects.toMatchObject({ key: 'cancelled' });
    const [ds] = (await storage.datasets()).filter(
      ({ ref }) => ref === 'cloud:slow'
    );
    const cancels = async (): Promise<number> =>
      (await asked()).filter(({ url }) => url.endsWith('/cancel')).length;
    const signal = (): AbortSignal => AbortSignal.timeout(500);
    await expect(ds.push({ signal: signal() })).rejects.toMatchObject({
      key: 'cancelled'
    });
    expect(await cancels()).toBe(0);
    await expect(
      ds.push({ signal: signal(), cancelsRun: true })
    ).rejects.toMatchObject({ key: 'cancelled' });
    expect(await cancels()).toBe(1);
  });

  it('does not forget a dataset that has something to send unless it is given up', async () => {
    const [ds] = (await storage.datasets()).filter(
      ({ ref }) => ref === 'cloud:slow'
    );
    await expect(ds.remove()).rejects.toMatchObject({ key: 'conflict' });
    await ds.remove({ giveUpWaiting: true });
    expect(await storage.datasets()).not.toContainEqual(
      expect.objectContaining({ id: ds.id })
    );
  });

  it('says sizes as people do', () => {
    expect([0, 999, 1500, 2e9, 12_345_678].map(sizeWords)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.5 kB',
      '2 GB',
      '12.3 MB'
    ]);
  });
});
