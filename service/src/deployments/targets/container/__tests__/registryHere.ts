import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net, { AddressInfo } from 'node:net';
import path from 'node:path';
import { until } from '../../../../__tests__/home';

/** `lab` with the password `secret`, by bcrypt as the registry wants it. */
const LOGINS =
  'lab:$2b$05$5f0lIpjD3GwKFpmFDatR1e6qe61CiCpeGqCJsZdEf57AOLlyA3ln6\n';

/** A real registry on this machine. */
export class RegistryHere {
  static isInstalled(): boolean {
    try {
      execFileSync('docker-registry', ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  /** @param address Where it listens: of this machine. */
  static async start({
    isLocked = false,
    address = '127.0.0.1'
  } = {}): Promise<RegistryHere> {
    const port = await freePort(address);
    const registry = new RegistryHere(`${address}:${port}`);
    registry._start(isLocked);
    await until(() =>
      fetch(`http://${registry.host}/v2/`).then(
        () => true,
        () => undefined
      )
    );
    return registry;
  }

  private constructor(readonly host: string) {}

  async stop(): Promise<void> {
    const ended = once(this._process as ChildProcess, 'exit');
    this._process?.kill('SIGTERM');
    await ended;
    rmSync(this._folder, { recursive: true, force: true });
  }

  private _start(isLocked: boolean): void {
    const logins = path.join(this._folder, 'logins');
    const settings = path.join(this._folder, 'registry.yml');
    writeFileSync(logins, LOGINS);
    const lock = `auth:\n  htpasswd:\n    realm: lab\n    path: ${logins}\n`;
    writeFileSync(
      settings,
      `version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: ${this._folder}/store\nhttp:\n  addr: ${this.host}\n${isLocked ? lock : ''}`
    );
    this._process = spawn('docker-registry', ['serve', settings], {
      stdio: 'ignore'
    });
  }

  private readonly _folder = mkdtempSync('/tmp/dr-');
  private _process?: ChildProcess;
}

async function freePort(address: string): Promise<number> {
  const server = net.createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
