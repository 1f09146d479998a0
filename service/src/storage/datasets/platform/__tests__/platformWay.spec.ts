import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { MountHere, suffix, withFuse } from '../../mount/__tests__/mountHere';
import { RemotesHere, TaskHere } from '../../mount/__tests__/remotesHere';
import type { IDatasetPlace } from '../../way';
import { PlatformWay } from '../platformWay';

withFuse(`Datasets in a mount of the platform${suffix}`, () => {
  let here: MountHere;
  let place: IDatasetPlace;
  let way: PlatformWay;

  beforeEach(async () => {
    here = await MountHere.make();
    place = {
      id: 'dataset-1',
      account: 'cloud',
      remotePath: 'plants',
      path: path.join(here.folder, 'linked/cloud/plants')
    };
    way = new PlatformWay({
      remotes: new RemotesHere(here),
      folders: [here.storage],
      timeoutMs: 3_000
    });
  });

  afterEach(() => here.end());

  it('lead there by a link, which alone goes when they are removed', async () => {
    await here.mount(here.platformPlan).start();
    expect(await way.offer(place)).toEqual({
      isPossible: true,
      why: expect.stringContaining(here.storage)
    });
    await way.prepare(place, new TaskHere());
    await way.sight(place);
    const text = await readFile(path.join(place.path, 'leaf.txt'), 'utf8');
    expect(text).toBe('green');
    await way.remove(place);
    await expect(lstat(place.path)).rejects.toThrow();
    expect((await here.dav('GET', 'plants/leaf.txt')).text).toBe('green');
  });

  it('say that nothing is mounted, or something else', async () => {
    expect((await way.offer(place)).why).toContain('nothing is mounted');
    await here.mount({ ...here.platformPlan, remotePath: 'plants' }).start();
    expect(await way.offer(place)).toMatchObject({ isPossible: false });
  });

  it('say that a mount is dead, and wait for it no longer than a moment', async () => {
    const mount = here.mount(here.platformPlan);
    await mount.start();
    await way.prepare(place, new TaskHere());
    mount.release();
    process.kill(await here.pid(), 'SIGKILL');
    await expect(way.sight(place)).rejects.toMatchObject({
      key: 'storage-unreachable'
    });
    expect(await way.offer(place)).toMatchObject({ isPossible: false });
  });
});
