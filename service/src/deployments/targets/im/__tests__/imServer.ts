import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../../../../../..');
const python = path.join(root, '.venv-im', 'bin', 'python');
const data = process.env.DEEP_TEST_DATA ?? path.resolve(root, '..', 'shared');

/** TOSCA files of the projects that templates build on. */
export const tosca = path.join(data, 'samples', 'tosca');

/** Why a real Infrastructure Manager cannot run here; empty when it can. */
export const missing = [
  existsSync(python)
    ? ''
    : 'the Infrastructure Manager in .venv-im (node scripts/setup.mjs --tests)',
  existsSync(tosca) ? '' : 'samples/tosca (DEEP_TEST_DATA)'
]
  .filter(Boolean)
  .join(' and ');

/** Its settings are those of a file otherwise; the waits are shorter than a cloud's. */
const START = `
import sys
from IM.config import Config
port, folder, users = sys.argv[1:]
Config.REST_PORT, Config.REST_ADDRESS = int(port), '127.0.0.1'
Config.DATA_DB, Config.LOG_FILE = f'sqlite:///{folder}/inf.dat', f'{folder}/im.log'
Config.VM_INFO_UPDATE_FREQUENCY = 1
Config.CONFMAMAGER_CHECK_STATE_INTERVAL = 1
Config.CHECK_CTXT_PROCESS_INTERVAL = 1
Config.WAIT_PUBLIC_IP_TIMEOUT = 3
Config.USER_DB = users
sys.argv = ['im_service']
from IM.im_service import main
main()
`;

/** Credentials as the header takes them: entries are parted by a backslash and an n. */
export const credentials = (password = 'not a secret', user = 'ada'): string =>
  `type = InfrastructureManager; username = ${user}; password = ${password}\\nid = dummy; type = Dummy`;

/** A real Infrastructure Manager 2.0.0 with its provider *Dummy*, and the type definitions on loopback. */
export class ImServer {
  static async open(): Promise<ImServer> {
    const types = createServer(({ url }, response) => {
      const file = path.join(tosca, 'types', path.basename(url ?? ''));
      response.writeHead(existsSync(file) ? 200 : 404);
      response.end(existsSync(file) ? readFileSync(file) : '');
    });
    types.listen(0, '127.0.0.1');
    await once(types, 'listening');
    const server = new ImServer(types, await freePort());
    await server.start();
    return server;
  }

  private constructor(
    private readonly _types: Server,
    private readonly _port: number
  ) {
    this.address = `http://127.0.0.1:${_port}`;
  }

  readonly address: string;

  /** Where type definitions can be had. */
  types(name: 'grycap' | 'indigo'): string {
    const { port } = this._types.address() as AddressInfo;
    return `http://127.0.0.1:${port}/custom_types_${name}.yaml`;
  }

  /** What our templates name, from here. */
  get mirrors(): Record<string, string> {
    return {
      'https://raw.githubusercontent.com/grycap/tosca/main/custom_types.yaml':
        this.types('grycap'),
      'https://raw.githubusercontent.com/indigo-dc/tosca-types/master/custom_types.yaml':
        this.types('indigo')
    };
  }

  /** A file of the users that it knows; all others are refused. */
  users = '';

  async start(): Promise<void> {
    const args = ['-c', START, String(this._port), this._folder, this.users];
    this._process = spawn(python, args, {
      cwd: this._folder,
      env: { ...process.env, HOME: this._folder, PYTHONUNBUFFERED: '1' },
      stdio: 'ignore'
    });
    const ended = once(this._process, 'exit').then(([code]) => {
      throw new Error(
        `The Infrastructure Manager ended with ${code}: ${this.log().slice(-2000)}`
      );
    });
    ended.catch(() => undefined);
    await Promise.race([ended, this._answers()]);
  }

  log(): string {
    const file = path.join(this._folder, 'im.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** As a crash does it. */
  async kill(): Promise<void> {
    const child = this._process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }

  async close(): Promise<void> {
    await this.kill();
    this._types.closeAllConnections();
    this._types.close();
    rmSync(this._folder, { recursive: true, force: true });
  }

  /** Ask it directly, as other programs do. */
  async ask(route: string, method = 'GET', body?: string): Promise<string> {
    const answer = await fetch(`${this.address}/${route}`, {
      method,
      body,
      headers: {
        accept: 'application/json',
        authorization: credentials(),
        ...(body && { 'content-type': 'text/yaml' })
      }
    });
    return answer.text();
  }

  private async _answers(): Promise<void> {
    for (;;) {
      try {
        const { ok } = await fetch(`${this.address}/version`);
        if (ok) {
          return;
        }
      } catch {
        await new Promise(resolve => setTimeout(resolve, 50));
      }
    }
  }

  private readonly _folder = mkdtempSync(path.join(tmpdir(), 'im-'));
  private _process?: ChildProcess;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
