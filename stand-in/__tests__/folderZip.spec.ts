import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startNextcloud } from '../nextcloud/server.ts';
import type { INextcloud } from '../nextcloud/server.ts';
import { asker } from './asking.ts';

const READ = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps([[i.filename, z.read(i).decode(), i.compress_type, i.flag_bits & 8, i.extract_version] for i in z.infolist()]))
`;

let cloud: INextcloud;
let folder: string;

beforeAll(async () => {
  cloud = await startNextcloud();
  folder = mkdtempSync(path.join(tmpdir(), 'stand-in-zip-'));
  const ask = asker(cloud);
  await ask('MKCOL', 'plants');
  await ask('MKCOL', 'plants/2024');
  await ask('PUT', 'plants/a.txt', { body: 'A' });
  await ask('PUT', `plants/2024/${encodeURIComponent('ü.txt')}`, { body: 'U' });
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true });
});

/** What Python's zipfile, which looks at the sums, finds in the answer. */
async function unpacked(query: string) {
  const { uid, appPassword } = cloud.user;
  const url = `${cloud.url}/remote.php/dav/files/${uid}/plants${query}`;
  const authorization = `Basic ${btoa(`${uid}:${appPassword}`)}`;
  const response = await fetch(url, {
    headers: { accept: 'application/zip', authorization, range: 'bytes=0-9' }
  });
  expect([response.status, response.headers.get('content-length')]).toEqual([
    200,
    null
  ]);
  const file = path.join(folder, 'x.zip');
  writeFileSync(file, new Uint8Array(await response.arrayBuffer()));
  return JSON.parse(
    execFileSync('python3', ['-c', READ, file], { encoding: 'utf8' })
  );
}

describe('a folder as ZIP', () => {
  it('is stored, in zip64, with descriptors behind the data, and without ranges', async () => {
    expect(await unpacked('')).toEqual([
      ['plants/', '', 0, 8, 45],
      ['plants/2024/', '', 0, 8, 45],
      ['plants/2024/ü.txt', 'U', 0, 8, 45],
      ['plants/a.txt', 'A', 0, 8, 45]
    ]);
  });

  it('holds only the named files, without the folder in their names', async () => {
    const files = encodeURIComponent(JSON.stringify(['a.txt', '2024/ü.txt']));
    const names = (await unpacked(`?accept=zip&files=${files}`)).map(
      ([name]: string[]) => name
    );
    expect(names).toEqual(['a.txt', '2024/ü.txt']);
  });

  it('climbs where a test wants it to', async () => {
    cloud.switches.zipExtra = '../../evil.txt';
    const names = (await unpacked('')).map(([name]: string[]) => name);
    expect(names).toContain('../../evil.txt');
  });
});
