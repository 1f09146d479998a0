import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { findProgram, PodmanHere } from '../../../../../../stand-in/podmanHere';
import { until } from '../../../../__tests__/home';

const SSHD = '/usr/sbin/sshd';
const PROGRAMS = ['ip', 'nsenter', 'ssh-keygen'];
/** Each pair of addresses lies in a range that is kept for tests of networks. */
const RANGE = '198.18';

/**
 * Another host with a Podman: a network namespace of its own, which an engine and a real SSH server live in. The one way to it is a
 * cable of two virtual ends.
 */
export class HostHere {
  /** Why none can be had here; undefined where one can. */
  static whyNot(): string | undefined {
    const missing = PROGRAMS.filter(name => !findProgram(name));
    if (missing.length > 0 || !existsSync(SSHD)) {
      return `${[...missing, ...(existsSync(SSHD) ? [] : ['sshd'])].join(', ')} not installed`;
    }
    const reason = PodmanHere.whyNot();
    if (reason !== undefined) {
      return reason;
    }
    const host = new HostHere();
    try {
      host._lay();
      return undefined;
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: Buffer };
      return `no network namespace can be made: ${String(stderr ?? message).trim()}`;
    } finally {
      host._unlay();
    }
  }

  /** @param registry Gets this machine's end of the cable, and says which registry may be asked without TLS. */
  static async start(
    registry: (address: string) => Promise<string>
  ): Promise<HostHere> {
    const host = new HostHere();
    host._lay();
    const known = await registry(host.address.here);
    host.podman = await PodmanHere.start({ namespace: host._name });
    await host.podman.pause();
    host.podman.allowRegistry(known);
    await host.podman.resume();
    await host._startSsh();
    return host;
  }

  private constructor() {
    const pair = 4 * (process.pid % 64);
    const start = `${RANGE}.${Math.floor(process.pid / 64) % 256}`;
    this.address = {
      here: `${start}.${pair + 1}`,
      there: `${start}.${pair + 2}`
    };
  }

  podman!: PodmanHere;
  readonly address: { here: string; there: string };

  /** As the administrator's file has it. */
  get setting(): object {
    return {
      id: 'lab',
      kind: 'container',
      title: 'The lab',
      address: `ssh://root@${this.address.there}${this.podman.socket}`,
      keyFile: this._at('user_key'),
      knownHostsFile: this._at('known_hosts')
    };
  }

  /** Nothing comes and nothing goes until it is plugged in again. */
  unplug(): void {
    ip('link', 'set', this._ends.here, 'down');
  }

  plug(): void {
    ip('link', 'set', this._ends.here, 'up');
  }

  /** Whether a port answers at an address. */
  async answers(address: string, port: number): Promise<boolean> {
    const socket = net.connect({ host: address, port, timeout: 3_000 });
    const isOpen = await new Promise<boolean>(resolve => {
      socket.on('connect', () => resolve(true));
      socket.on('timeout', () => resolve(false));
      socket.on('error', () => resolve(false));
    });
    socket.destroy();
    return isOpen;
  }

  async stop(): Promise<void> {
    this.plug();
    if (this._sshd?.exitCode === null) {
      const ended = once(this._sshd, 'exit');
      this._sshd.kill('SIGTERM');
      await ended;
    }
    await this.podman?.stop();
    this._unlay();
  }

  /** A namespace with a loopback, and the cable. */
  private _lay(): void {
    const { here, there } = this._ends;
    ip('netns', 'add', this._name);
    ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there);
    ip('link', 'set', there, 'netns', this._name);
    ip('address', 'add', `${this.address.here}/30`, 'dev', here);
    ip('link', 'set', here, 'up');
    const inside = (...args: string[]): void => ip('-n', this._name, ...args);
    inside('address', 'add', `${this.address.there}/30`, 'dev', there);
    inside('link', 'set', there, 'up');
    inside('link', 'set', 'lo', 'up');
  }

  /** What is gone needs no removal: the cable goes with its namespace. */
  private _unlay(): void {
    if (existsSync(`/run/netns/${this._name}`)) {
      ip('netns', 'delete', this._name);
    }
  }

  private async _startSsh(): Promise<void> {
    // Where Debian's own service makes it.
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    for (const name of ['host_key', 'user_key']) {
      const kind = ['-q', '-t', 'ed25519', '-N', ''];
      execFileSync('ssh-keygen', [...kind, '-f', this._at(name)]);
    }
    const read = (name: string): string =>
      readFileSync(this._at(`${name}.pub`), 'utf8');
    writeFileSync(this._at('authorized_keys'), read('user_key'));
    writeFileSync(
      this._at('known_hosts'),
      `${this.address.there} ${read('host_key')}`
    );
    writeFileSync(
      this._at('sshd_config'),
      [
        `ListenAddress ${this.address.there}`,
        `HostKey ${this._at('host_key')}`,
        `AuthorizedKeysFile ${this._at('authorized_keys')}`,
        'PidFile none',
        'UsePAM no',
        'StrictModes no',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'PermitRootLogin prohibit-password',
        ''
      ].join('\n')
    );
    const net = [`--net=/run/netns/${this._name}`];
    const serve = [SSHD, '-D', '-e', '-f', this._at('sshd_config')];
    this._sshd = spawn('nsenter', [...net, ...serve], { stdio: 'ignore' });
    await until(() => this.answers(this.address.there, 22));
  }

  private _at(name: string): string {
    return path.join(this.podman.folder, name);
  }

  /** Names of interfaces are short. */
  private get _ends(): { here: string; there: string } {
    return { here: `dh${process.pid}`, there: `dt${process.pid}` };
  }

  private readonly _name = `deep-${process.pid}`;
  private _sshd?: ChildProcess;
}

const ip = (...args: string[]): void =>
  void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
