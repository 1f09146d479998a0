import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SecretBox } from '../secretBox';

describe('a sealed secret', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'deep-box-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('opens again for the same user only, by a key that only the user can read', () => {
    const sealed = new SecretBox(folder, {}).seal('opensesame ü');
    expect(sealed).not.toContain('opensesame');
    expect(new SecretBox(folder, {}).open(sealed)).toBe('opensesame ü');
    const mode = statSync(path.join(folder, 'secret.key')).mode & 0o777;
    expect(mode).toBe(0o600);
  });

  it('stays shut with another key, and when it was changed', () => {
    const sealed = new SecretBox(folder, { DEEP_STORAGE_KEY: 'one' }).seal('x');
    const other = new SecretBox(folder, { DEEP_STORAGE_KEY: 'two' });
    expect(() => other.open(sealed)).toThrow('another key');
    expect(existsSync(path.join(folder, 'secret.key'))).toBe(false);
    const changed = Buffer.from(sealed, 'base64');
    changed[changed.length - 1] ^= 1;
    const same = new SecretBox(folder, { DEEP_STORAGE_KEY: 'one' });
    expect(() => same.open(changed.toString('base64'))).toThrow('another key');
  });
});
