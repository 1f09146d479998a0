import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { obscured, revealed } from '../obscured';
import { platformAccount } from '../platformAccount';
import { SecretBox } from '../secretBox';
import { mended, serverAddresses } from '../serverAddress';

const RCLONE = path.resolve('.venv-peers/bin/rclone');
const withRclone = existsSync(RCLONE) ? it : it.skip;

describe('a sealed password', () => {
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

describe('a password as rclone has it', () => {
  withRclone('is read by rclone, and read from it (needs .venv-peers)', () => {
    const password = 'a b/ü"$1';
    const told = execFileSync(RCLONE, ['reveal', obscured(password)]);
    expect(String(told).trimEnd()).toBe(password);
    const theirs = execFileSync(RCLONE, ['obscure', password]);
    expect(revealed(String(theirs).trim())).toBe(password);
  });
});

describe('the platform’s account', () => {
  const env = {
    RCLONE_CONFIG_RSHARE_TYPE: 'webdav',
    RCLONE_CONFIG_RSHARE_URL:
      'https://cloud.example.org/remote.php/dav/files/ada/',
    RCLONE_CONFIG_RSHARE_VENDOR: 'nextcloud',
    RCLONE_CONFIG_RSHARE_USER: 'ada@example.org',
    RCLONE_CONFIG_RSHARE_PASS: obscured('secret')
  };

  it('is taken from what the platform says of it', () => {
    const found = platformAccount(env);
    expect(found).toMatchObject({
      password: 'secret',
      loginName: 'ada@example.org',
      account: {
        kind: 'nextcloud',
        origin: 'platform',
        server: 'https://cloud.example.org',
        user: 'ada'
      }
    });
  });

  it('is none where something is missing', () => {
    for (const name of Object.keys(env)) {
      const given = name === 'RCLONE_CONFIG_RSHARE_VENDOR' ? {} : env;
      expect(platformAccount({ ...given, [name]: '' })).toBeUndefined();
    }
  });
});

describe('the address of a server', () => {
  it.each([
    ['cloud.example.org', 'https://cloud.example.org'],
    ['https://cloud.example.org/', 'https://cloud.example.org'],
    ['https://x.org/nc/index.php/apps/files/?dir=/', 'https://x.org/nc'],
    ['https://x.org/nc/remote.php/dav/files/ada', 'https://x.org/nc'],
    ['https://x.org/s/abc', 'https://x.org'],
    ['https://x.org:8443/login', 'https://x.org:8443']
  ])('is understood from %s', (typed, server) => {
    expect(serverAddresses(typed)[0]).toBe(server);
  });

  it.each(['', 'a b', 'ftp://x.org', 'https://ada:pw@x.org', 'file:///etc'])(
    'is refused as %s',
    typed => {
      expect(() => serverAddresses(typed)).toThrow();
    }
  );

  it('is mended in scheme and port, and never leads elsewhere', () => {
    const base = 'https://cloud.example.org:8443/nc';
    expect(mended('http://cloud.example.org/nc/login/v2/poll', base)).toBe(
      'https://cloud.example.org:8443/nc/login/v2/poll'
    );
    expect(() => mended('https://evil.example.org/x', base)).toThrow('another');
    expect(() => mended('javascript:alert(1)', base)).toThrow('another');
  });
});
