import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { obscured, revealed } from '../obscured';
import { platformAccount } from '../platformAccount';
import { mended, serverAddresses } from '../serverAddress';

const RCLONE = path.resolve('.venv-peers/bin/rclone');
const withRclone = existsSync(RCLONE) ? it : it.skip;

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
