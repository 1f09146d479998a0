import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IDatasetPlace } from '../../way';
import { whyNoFuse } from '../fuse';
import { parseMountTable } from '../mountTable';
import { whyNoMount } from '../mountTrial';
import { MountWay } from '../mountWay';
import {
  missing,
  MountHere,
  RCLONE,
  suffix,
  until,
  withFuse
} from './mountHere';
import { RemotesHere, TaskHere } from './remotesHere';

const ENVIRONMENT = { PATH: process.env.PATH ?? '' };

withFuse(`Datasets that rclone mounts${suffix}`, () => {
  let here: MountHere;
  let remotes: RemotesHere;
  let place: IDatasetPlace;
  let way: MountWay;

  beforeEach(async () => {
    here = await MountHere.make();
    remotes = new RemotesHere(here);
    place = {
      id: 'dataset-1',
      account: 'cloud',
      remotePath: 'plants',
      path: here.path
    };
    way = make();
  });

  afterEach(async () => {
    await way.remove(place).catch(() => undefined);
    await way.close();
    await here.end();
  });

  const make = (options: Partial<MountWay.IOptions> = {}): MountWay =>
    new MountWay({
      remotes,
      access: async () => ({
        url: here.davUrl,
        vendor: 'nextcloud',
        user: here.cloud.user.loginName,
        password: here.password
      }),
      isAllowed: true,
      cacheMb: 100,
      rclone: RCLONE,
      environment: ENVIRONMENT,
      storeFolder: path.join(here.folder, 'store'),
      socketsFolder: path.join(here.folder, 's'),
      ...options
    });

  const python = (code: string): Promise<string> => here.python(code);

  it('are offered where a trial mount works, and say why where not', async () => {
    expect(await way.offer(place)).toMatchObject({ isPossible: true });
    expect(await make({ isAllowed: false }).offer(place)).toEqual({
      isPossible: false,
      why: expect.stringContaining('storage.mount')
    });
    expect(await make({ rclone: undefined }).offer(place)).toEqual({
      isPossible: false,
      why: expect.stringContaining('jupyterlab_deep[mount]')
    });
    await mkdir(place.path, { recursive: true });
    await writeFile(path.join(place.path, 'mine'), 'x');
    expect(await way.offer(place)).toEqual({
      isPossible: false,
      why: expect.stringContaining('files in')
    });
  });

  it('are pushed and refreshed, and notice what changed in the cloud', async () => {
    const task = new TaskHere();
    await way.prepare(place, task);
    const { signal } = task;
    expect(await way.isStale(place, signal)).toBe(false);
    await python("open('mine.txt', 'w').write('12345')");
    expect((await way.sight(place)).waiting).toEqual({ files: 1, bytes: 5 });
    await way.push(place, task);
    expect((await here.dav('GET', 'plants/mine.txt')).text).toBe('12345');
    expect((await way.sight(place)).waiting.files).toBe(0);
    expect(task.told).toContainEqual(
      expect.objectContaining({ totalFiles: 1, totalBytes: 5 })
    );
    await here.dav('PUT', 'plants/late.txt', 'late');
    expect(await way.isStale(place, signal)).toBe(true);
    await way.refresh(place, task);
    expect(await python("print(open('late.txt').read())")).toBe('late\n');
  });

  it('name the files that are still open when they are pushed', async () => {
    const task = new TaskHere();
    await way.prepare(place, task);
    const busy = python(
      "import time; f = open('open.txt', 'w'); f.write('x'); f.flush(); time.sleep(5)"
    );
    await until(async () => (await way.sight(place)).waiting.files === 1);
    await way.push(place, task);
    expect(task.failures).toEqual([expect.stringContaining('open.txt')]);
    await busy;
  });

  it('fetch what fits a pattern into the cache', async () => {
    await here.dav('MKCOL', 'plants/train');
    await here.dav('PUT', 'plants/train/a.jpg', 'aaa');
    await here.dav('PUT', 'plants/train/b.txt', 'bbbb');
    const task = new TaskHere();
    await way.prepare(place, task);
    await way.fetch(place, '**/*.jpg', task);
    // Its bytes rclone counts only now and then.
    expect((await way.sight(place)).here.files).toBe(1);
    expect(task.failures).toEqual([]);
  });

  it('are mounted again when their account was linked again', async () => {
    await way.prepare(place, new TaskHere());
    here.cloud.users.revoke(here.password);
    await expect(python("open('leaf.txt')")).rejects.toThrow();
    await until(() => remotes.isRefused);
    await expect(way.sight(place)).rejects.toMatchObject({
      key: 'storage-login'
    });
    here.password = here.cloud.users.makePassword(here.cloud.user.uid);
    remotes.linkAgain();
    await until(() =>
      way.sight(place).then(
        () => true,
        () => false
      )
    );
    expect(await python("print(open('leaf.txt').read())")).toBe('green\n');
  });

  it('are taken over by the next service', async () => {
    await way.prepare(place, new TaskHere());
    await python("open('mine.txt', 'w').write('x')");
    await way.close();
    way = make();
    await way.adopt(place);
    await way.push(place, new TaskHere());
    expect((await here.dav('GET', 'plants/mine.txt')).text).toBe('x');
  });
});

describe('Without FUSE', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp('/tmp/df-');
  });

  afterEach(() => rm(folder, { recursive: true }));

  const program = async (text: string): Promise<string> => {
    const file = path.join(folder, 'rclone');
    await writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o700 });
    return file;
  };

  it('a machine without the device says so', async () => {
    const device = path.join(folder, 'fuse');
    expect(await whyNoFuse({ device })).toBe(`this machine has no ${device}`);
  });

  it('a machine without the program that unmounts says so', async () => {
    const device = path.join(folder, 'fuse');
    await writeFile(device, '');
    expect(await whyNoFuse({ device, env: { PATH: folder } })).toContain(
      'fusermount3'
    );
  });

  (missing ? it.skip : it)(
    `a mount that the system refuses and an old rclone say so${suffix}`,
    async () => {
      const refusing = await program(
        'case $1 in version) echo rclone v1.75.2;; *) exit 1;; esac'
      );
      expect(await whyNoMount(refusing, ENVIRONMENT)).toContain('trial mount');
      const old = await program('echo rclone v1.60.1-DEV');
      expect(await whyNoMount(old, ENVIRONMENT)).toContain('too old');
    }
  );

  it('the table of mounts is read with all that its names may hold', () => {
    const line =
      '36 35 0:48 / /home/ada/my\\040data rw,nosuid shared:1 - fuse.rclone cloud:my\\040plants rw';
    expect(parseMountTable(line)).toEqual([
      {
        folder: '/home/ada/my data',
        type: 'fuse.rclone',
        source: 'cloud:my plants'
      }
    ]);
  });
});
