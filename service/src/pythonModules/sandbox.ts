import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Flags that every use has: what they need is probed. */
const ALWAYS = ['--unshare-pid', '--as-pid-1'];
const PROBE_MS = 10_000;

/** What a confined process may see. */
export interface IBounds {
  /** Nothing of these is seen, but for what is named below them. */
  hidden: string[];
  readable: string[];
  writable: string[];
  /** Its own folder at another place: there, what lies here. */
  moved: Record<string, string>;
  network: boolean;
}

/** Whether bubblewrap can be used, and why. */
export interface IConfinement {
  isConfined: boolean;
  why: string;
}

/** Keeps processes from files by bubblewrap, where the machine lets it. */
export class Sandbox {
  /** @param _env With a PATH. */
  constructor(private readonly _env: Record<string, string>) {}

  /** Asked once: the answer is that of the machine. */
  confinement(): Promise<IConfinement> {
    return (this._known ??= this._probe());
  }

  /** The command that runs another within bounds. */
  wrap(
    command: string,
    args: string[],
    bounds: IBounds
  ): { command: string; args: string[] } {
    return {
      command: 'bwrap',
      args: [...boundArguments(bounds), ...ALWAYS, '--', command, ...args]
    };
  }

  private async _probe(): Promise<IConfinement> {
    const bounds = boundArguments({
      hidden: [],
      readable: [],
      writable: [],
      moved: {},
      network: false
    });
    try {
      await run('bwrap', [...bounds, ...ALWAYS, '--', 'true'], {
        env: this._env,
        timeout: PROBE_MS
      });
      return {
        isConfined: true,
        why: 'bubblewrap keeps it from your files and from ours'
      };
    } catch (error) {
      return { isConfined: false, why: whyNot(error) };
    }
  }

  private _known?: Promise<IConfinement>;
}

function whyNot(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: string };
  const reason =
    code === 'ENOENT'
      ? 'bubblewrap (bwrap) is not installed'
      : `this machine does not let bubblewrap work: ${(stderr ?? '').trim().split('\n').at(-1)}`;
  return `not confined, it can read and change what you can: ${reason}`;
}

/** Graphics cards are devices of their own. */
const GPU = /^(nvidia|dri$|kfd$)/;

function boundArguments({
  hidden,
  readable,
  writable,
  moved,
  network
}: IBounds): string[] {
  const devices = readdirSync('/dev').filter(name => GPU.test(name));
  return [
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    ...devices.flatMap(name => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
    ...hidden
      .filter(folder => existsSync(folder))
      .flatMap(folder => ['--tmpfs', folder]),
    ...Object.entries(moved).flatMap(([to, from]) => ['--bind', from, to]),
    ...readable.flatMap(folder => ['--ro-bind-try', folder, folder]),
    ...writable.flatMap(folder => ['--bind-try', folder, folder]),
    ...(network ? [] : ['--unshare-net'])
  ];
}
