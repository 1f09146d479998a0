import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { MODEL, type Workplace } from './bundle';
import { type Address, ask } from './client';

const START_MS = 30_000;
const STOP_MS = 5000;

/** Waits for a state, looking every 20 ms. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 20_000
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) {
      throw new Error(`Not seen within ${limitMs} ms: ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server process in a group of its own, and what it writes. */
export class ServerProcess {
  constructor(
    command: string,
    args: string[],
    readonly address: Address,
    env: NodeJS.ProcessEnv = {}
  ) {
    this.child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true
    });
    this.child.stdout!.on('data', chunk => (this.stdout += chunk));
    this.child.stderr!.on('data', chunk => (this.stderr += chunk));
    this.ended = new Promise(resolve => this.child.once('close', resolve));
  }

  readonly child: ChildProcess;
  /** Exit code, or null after a signal; its output is complete then. */
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  /** Waits until it serves its models. */
  async ready(): Promise<this> {
    const answers = (): Promise<boolean> =>
      ask(this.address, { path: '/v2/models/' }).then(
        ({ status }) => status === 200,
        () => false
      );
    await until(
      async () => {
        if (this.child.exitCode !== null) {
          throw new Error(`The server ended: ${this.stderr}`);
        }
        return answers();
      },
      'a server that answers',
      START_MS
    );
    return this;
  }

  /** Now resident memory of the process. */
  get residentBytes(): number {
    return this._status('VmRSS');
  }

  /** The most it ever had. */
  get peakBytes(): number {
    return this._status('VmHWM');
  }

  /** `deepaas-run` hangs when its whole group gets SIGTERM: first the parent alone, then the rest by force. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      const timer = setTimeout(() => this._killGroup(), STOP_MS);
      await once(this.child, 'exit');
      clearTimeout(timer);
    }
    this._killGroup();
    await this.ended;
  }

  private _status(name: string): number {
    const text = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const [, kilobytes] = new RegExp(`${name}:\\s+(\\d+)`).exec(text)!;
    return Number(kilobytes) * 1024;
  }

  private _killGroup(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      // ESRCH: the group is gone, as it should be.
    }
  }
}

/** Our runtime over a model folder, on the unix socket of that name or at `address`. */
export function startRuntime(
  workplace: Workplace,
  name: string,
  { model = MODEL, more = [], address }: IRuntimeOptions = {}
): ServerProcess {
  const where = address
    ? ['--port', String(address.port)]
    : ['--socket', workplace.socket(name)];
  const args = [workplace.runtime, '--model', model, ...where, ...more];
  return new ServerProcess(
    process.execPath,
    args,
    address ?? { socketPath: workplace.socket(name) },
    // Whatever the tests themselves run with.
    { TMPDIR: workplace.uploads, ORT_DISABLE_TELEMETRY: undefined }
  );
}

interface IRuntimeOptions {
  model?: string;
  more?: string[];
  address?: { host: string; port: number };
}
