import { startFaultProxy } from '../faultProxy.ts';
import type { FaultProxy, Place } from '../faultProxy.ts';
import { startNextcloud } from '../nextcloud/server.ts';
import type { INextcloud } from '../nextcloud/server.ts';
import { asker } from './asking.ts';
import type { Ask } from './asking.ts';

let cloud: INextcloud;
let proxy: FaultProxy;
let ask: Ask;
let direct: Ask;

beforeEach(async () => {
  cloud = await startNextcloud();
  proxy = await startFaultProxy({ target: cloud.url, seed: 6 });
  ask = asker({ ...cloud, url: proxy.url });
  direct = asker(cloud);
});
afterEach(async () => {
  await proxy.close();
  await cloud.close();
});

const body = new Uint8Array(300_000).fill(7);
const putBroken = async (place: Place) => {
  proxy.cut({ place, method: 'PUT' });
  await expect(ask('PUT', 'leaf.bin', { body })).rejects.toThrow();
  return (await direct('HEAD', 'leaf.bin')).status;
};

describe('the fault proxy', () => {
  it.each<Place>(['head', 'first-chunk', 'middle', 'before'])(
    'cuts a PUT at: %s; nothing is stored',
    async place => {
      expect(await putBroken(place)).toBe(404);
      expect(proxy.done).toMatchObject([{ place, method: 'PUT' }]);
    }
  );

  it.each<Place>(['before-answer', 'in-answer'])(
    'cuts a PUT at: %s; all is stored',
    async place => {
      expect(await putBroken(place)).toBe(200);
    }
  );

  it('cuts a download in its middle and lets all else pass', async () => {
    await ask('PUT', 'leaf.bin', { body });
    proxy.cut({ place: 'in-answer', method: 'GET', path: 'leaf.bin' });
    await expect(ask('GET', 'leaf.bin')).rejects.toThrow();
    const { text } = await ask('GET', 'leaf.bin');
    expect(text).toHaveLength(300_000);
  });

  it('is unplugged and plugged in again', async () => {
    proxy.pause();
    await expect(ask('PROPFIND', '')).rejects.toThrow();
    proxy.resume();
    expect((await ask('PROPFIND', '')).status).toBe(207);
  });

  it('holds what comes while it is silent', async () => {
    proxy.pause('silent');
    const answer = ask('PROPFIND', '');
    await direct('PROPFIND', '');
    expect(cloud.requests).toHaveLength(1);
    proxy.resume();
    expect((await answer).status).toBe(207);
  });

  it('storms the same way for the same seed', async () => {
    const cutsOf = async () => {
      const other = await startFaultProxy({ target: cloud.url, seed: 42 });
      other.storm(0.4);
      const through = asker({ ...cloud, url: other.url });
      for (let n = 0; n < 20; n++) {
        await through('PUT', 'leaf.bin', { body: 'x' }).catch(() => undefined);
      }
      await other.close();
      return other.done.map(each => each.place);
    };
    const first = await cutsOf();
    expect(first.length).toBeGreaterThan(3);
    expect(await cutsOf()).toEqual(first);
  });
});
