import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasWsgidav, startWsgidav } from '../wsgidav.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'stand-in-process-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function start() {
  const child = spawn(
    process.execPath,
    ['stand-in/nextcloud/main.ts', '--folder', folder, '--fill', '3'],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const [line] = await once(child.stdout, 'data');
  const { url, uid, appPassword } = JSON.parse(String(line));
  const headers = { authorization: `Basic ${btoa(`${uid}:${appPassword}`)}` };
  const ask = (method: string, name: string, body?: string) =>
    fetch(`${url}/remote.php/dav/files/${uid}/${name}`, {
      method,
      headers,
      body
    });
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { ask, kill };
}

describe('the stand-in as a process', () => {
  it('has all that it answered for after a kill and a new start', async () => {
    const first = await start();
    const put = await first.ask('PUT', 'leaf.txt', 'green');
    await first.ask('DELETE', 'many/leaf-00000.jpg');
    await first.kill();
    const second = await start();
    const read = await second.ask('GET', 'leaf.txt');
    expect(await read.text()).toBe('green');
    expect(read.headers.get('etag')).toBe(put.headers.get('etag'));
    expect((await second.ask('HEAD', 'many/leaf-00001.jpg')).status).toBe(200);
    await second.kill();
  });
});

(hasWsgidav() ? describe : describe.skip)('wsgidav', () => {
  it('serves a folder to a user with a password', async () => {
    const dav = await startWsgidav();
    const authorization = `Basic ${btoa(`${dav.user}:${dav.password}`)}`;
    const put = (headers = {}) =>
      fetch(`${dav.url}/leaf.txt`, { method: 'PUT', body: 'green', headers });
    expect((await put()).status).toBe(401);
    expect((await put({ authorization })).status).toBe(201);
    await dav.close();
  });
});
