import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface IWsgidav {
  /** Ends without slash; the folder is its root. */
  url: string;
  user: string;
  password: string;
  folder: string;
  close(): Promise<void>;
}

const START_MS = 20_000;
const RUN = 'from wsgidav.server.server_cli import run; run()';
const peersPython = () => path.resolve('.venv-peers/bin/python');

/** Whether the peers of tests and benchmarks are installed (`node scripts/setup.mjs --peers`). */
export const hasWsgidav = () => existsSync(peersPython());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** wsgidav, a real WebDAV server of another make, on a folder; a new one when none is given. */
export async function startWsgidav(
  options: { folder?: string; user?: string; password?: string } = {}
): Promise<IWsgidav> {
  const { user = 'ada', password = 'not a secret' } = options;
  const own = mkdtempSync(path.join(tmpdir(), 'wsgidav-'));
  const folder = options.folder ?? path.join(own, 'files');
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const config = path.join(own, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({
      host: '127.0.0.1',
      port,
      server: 'cheroot',
      verbose: 1,
      provider_mapping: { '/': folder },
      http_authenticator: { accept_basic: true, accept_digest: false },
      simple_dc: { user_mapping: { '*': { [user]: { password } } } }
    })
  );
  const child = spawn(peersPython(), ['-c', RUN, '--config', config], {
    stdio: 'ignore'
  });
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(own, { recursive: true, force: true });
  };
  for (const since = Date.now(); !(await listens(port)); await sleep(50)) {
    if (child.exitCode !== null || Date.now() - since > START_MS) {
      await close();
      throw new Error('wsgidav did not start');
    }
  }
  return { url: `http://127.0.0.1:${port}`, user, password, folder, close };
}
