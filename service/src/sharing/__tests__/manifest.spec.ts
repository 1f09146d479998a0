import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { SecretBox } from '../../store/secretBox';
import { byVersion, versionAfter } from '../names';
import { readShared, SharedManifest } from '../sharedManifest';
import { UserKey } from '../signing';

const SUM = 'a'.repeat(64);

const FILE = { path: 'config.json', sizeBytes: 3, sha256: SUM };

const MANIFEST: SharedManifest = {
  format: 1,
  name: 'leaves',
  version: '1.0.0',
  kind: 'model',
  title: 'Leaves',
  author: 'Ada',
  licence: 'MIT',
  publishedAt: '2026-11-30T10:00:00.000Z',
  metadata: { title: 'Leaves' },
  files: [FILE]
};

describe('What lies in a shared folder', () => {
  let folder: string;
  let key: UserKey;

  beforeAll(async () => {
    folder = await mkdtemp('/tmp/sm-');
    key = new UserKey(path.join(folder, 'key.json'), new SecretBox(folder, {}));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const signed = async (change: object): Promise<string> =>
    JSON.stringify(await key.sign(JSON.stringify({ ...MANIFEST, ...change })));

  const reasonOf = async (change: object): Promise<string> => {
    const text = await signed(change);
    try {
      await readShared(text, { version: '1.0.0' });
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  it('is taken as its author signed it, and names its content', async () => {
    const text = await signed({});
    const { manifest, digest } = await readShared(text, { version: '1.0.0' });
    expect(manifest).toEqual(MANIFEST);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const again = new UserKey(
      path.join(folder, 'key.json'),
      new SecretBox(folder, {})
    );
    expect(await again.name()).toBe(await key.name());
  });

  it('is refused in words, although it is signed, where it would lead elsewhere or could not lie on a disk', async () => {
    const wrong: [string, string][] = [
      ['../../.ssh/authorized_keys', 'leads elsewhere'],
      ['/etc/passwd', 'leads elsewhere'],
      ['a//b', 'leads elsewhere'],
      ['a\\b', 'characters'],
      ['nul\u0000', 'characters'],
      ['c:x', 'characters'],
      ['ends.', 'characters'],
      ['.bashrc', 'hidden'],
      [`${'x'.repeat(201)}`, 'too long'],
      ['deep-module.json', 'twice'],
      ['CONFIG.JSON', 'twice'],
      ['config.json/x', 'as a file and as a folder']
    ];
    for (const [name, why] of wrong) {
      const files = [FILE, { ...FILE, path: name }];
      expect([name, await reasonOf({ files })]).toEqual([
        name,
        expect.stringContaining(why)
      ]);
    }
  });

  it('is refused where it says something else than its place, or more than can be', async () => {
    expect(await reasonOf({ version: '2.0.0' })).toContain('of version 2.0.0');
    expect(await reasonOf({ name: '../x' })).toContain('name or version');
    expect(await reasonOf({ kind: 'virus' })).toContain('/kind');
    expect(await reasonOf({ metadata: { x: 'y'.repeat(100_001) } })).toContain(
      'description'
    );
    const huge = [{ ...FILE, sizeBytes: 1e12 }];
    expect(await reasonOf({ files: huge })).toContain('larger');
    const many = Array(5_001).fill(FILE);
    expect(await reasonOf({ files: many })).toContain('/files');
  });

  it('orders versions as numbers, betas before what they become', () => {
    const versions = ['1.9.0', '1.10.0', '1.0.0-beta', '1.0.0', '2024.1'];
    expect(versions.sort(byVersion)).toEqual([
      '2024.1',
      '1.10.0',
      '1.9.0',
      '1.0.0',
      '1.0.0-beta'
    ]);
    expect(versionAfter('1.9.3')).toBe('1.10.0');
  });
});
