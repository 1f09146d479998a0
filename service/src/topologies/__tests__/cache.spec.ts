import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keepFile, takeFile, TopologyCache } from '../cache';

const LIMIT = 100_000;
const FILE_BYTES = 8_000;
const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(each => each.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name))
    : [];

describe('answers that are kept by what was asked', () => {
  let folder: string;
  let cache: TopologyCache;

  beforeEach(async () => {
    // Every put has its own moment, as over days.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'], now: 1e12 });
    folder = mkdtempSync(path.join(tmpdir(), 'cache-'));
    cache = await opened();
  });
  afterEach(() => {
    cache.close();
    rmSync(folder, { recursive: true });
    jest.useRealTimers();
  });

  async function opened(): Promise<TopologyCache> {
    const made = new TopologyCache(path.join(folder, 'cache'), LIMIT);
    await made.open();
    return made;
  }

  const pass = (): unknown => jest.setSystemTime(Date.now() + 1000);
  const kept = (): string[] => filesIn(path.join(folder, 'cache/files'));
  /** To ask the cache itself would count as use. */
  const isKept = (key: string): boolean =>
    kept().some(file => path.basename(file) === key);

  async function putFile(key: string, sizeBytes = FILE_BYTES): Promise<void> {
    pass();
    const content = Buffer.alloc(sizeBytes, key);
    const about = { name: `${key}.png`, contentType: 'image/png' };
    const file = await keepFile(path.join(folder, 'run'), content, about);
    await cache.put(key, { file });
  }

  async function putValue(key: string, value: unknown): Promise<void> {
    pass();
    await cache.put(key, { value });
  }

  it('stay below the limit, files and values together, and the longest unused go first', async () => {
    for (let index = 0; index < 40; index++) {
      await (index % 2 === 0
        ? putFile(`f${index}`)
        : putValue(`v${index}`, 'x'.repeat(4_000)));
      expect(cache.bytes).toBeLessThanOrEqual(LIMIT);
    }
    const bytes = kept().reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThanOrEqual(cache.bytes);
    expect(bytes).toBeGreaterThan(LIMIT / 2);
    expect(cache.get('f0')).toBeUndefined();
    expect(cache.get('v1')).toBeUndefined();
    expect(cache.get('v39')).toEqual({ value: 'x'.repeat(4_000) });
    const { file } = cache.get('f38')!;
    expect(file).toMatchObject({ name: 'f38.png', sizeBytes: FILE_BYTES });
    expect(existsSync(file!.path)).toBe(true);
    // What one pruning frees lasts for more than one answer.
    const before = kept().length;
    await putFile('next');
    expect(kept()).toHaveLength(before + 1);
  });

  it('that are used again stay longer than those that are not', async () => {
    await putFile('often');
    for (const key of ['never', 'nor', 'this']) {
      await putFile(key);
    }
    jest.setSystemTime(Date.now() + 2 * 3_600_000);
    expect(cache.get('often')).toBeDefined();
    for (let index = 0; isKept('never'); index++) {
      await putFile(`other${index}`);
    }
    expect(cache.get('often')).toBeDefined();
  });

  it('that a run has taken outlive what is forgotten', async () => {
    await putFile('a');
    const run = path.join(folder, 'other-run');
    const own = await takeFile(run, 'a', cache.get('a')!.file!);
    for (let index = 0; isKept('a'); index++) {
      await putFile(`other${index}`);
    }
    expect(statSync(own.path).size).toBe(FILE_BYTES);
  });

  it('that are too large for it are not kept at all', async () => {
    await putFile('small');
    await putFile('large', LIMIT / 5);
    await putValue('long', 'x'.repeat(LIMIT));
    expect(cache.get('large') ?? cache.get('long')).toBeUndefined();
    expect(cache.get('small')).toBeDefined();
    expect(kept()).toHaveLength(1);
  });

  it('are counted once however often they come, and again after a start', async () => {
    await putFile('a');
    const once = cache.bytes;
    await putFile('a');
    await putValue('v', [1, 2]);
    await putValue('v', [1, 2]);
    const { bytes } = cache;
    cache.close();
    cache = await opened();
    expect([cache.bytes, cache.get('v')]).toEqual([bytes, { value: [1, 2] }]);
    expect(bytes).toBeLessThan(2 * once);
  });
});
