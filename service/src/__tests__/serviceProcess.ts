import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { DiscoveryFile, Problem } from '@jupyterlab-deep/protocol';
import { ask, IAnswer, IAsk } from './client';
import { TestHome, until } from './home';

/** A real service in a process of its own. */
export class ServiceProcess {
  /** Start one; it may find that another one is there. */
  static spawn(
    program: string,
    home: TestHome,
    env: Record<string, string> = {}
  ): ServiceProcess {
    const child = spawn(process.execPath, [program, 'serve'], {
      env: { ...home.env, ...env },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe']
    });
    return new ServiceProcess(child, home);
  }

  /** Start one and wait until its discovery file is there. */
  static async start(
    program: string,
    home: TestHome,
    env: Record<string, string> = {}
  ): Promise<ServiceProcess> {
    const service = ServiceProcess.spawn(program, home, env);
    await until(() => service._isFound() || service.child.exitCode !== null);
    if (!service._isFound()) {
      throw new Error(`The service ended: ${service.stderr}`);
    }
    return service;
  }

  private constructor(
    readonly child: ChildProcess,
    private readonly _home: TestHome
  ) {
    child.stderr?.on('data', text => (this.stderr += text));
    this.exited = once(child, 'close').then(([code]) => code as number | null);
  }

  stderr = '';
  readonly exited: Promise<number | null>;

  get problem(): Problem {
    return JSON.parse(this.stderr.trim().split('\n').pop() ?? '');
  }

  get discovery(): DiscoveryFile {
    return JSON.parse(readFileSync(this._home.discovery, 'utf8'));
  }

  /** Ask with its token. */
  ask(question: IAsk): Promise<IAnswer> {
    const { socket, token } = this.discovery;
    return ask(socket, token, question);
  }

  get(path: string): Promise<IAnswer> {
    return this.ask({ path });
  }

  post(path: string, body: object = {}): Promise<IAnswer> {
    return this.ask({ method: 'POST', path, body });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** End it as its user's system would. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  private _isFound(): boolean {
    return (
      existsSync(this._home.discovery) && this.discovery.pid === this.child.pid
    );
  }
}
