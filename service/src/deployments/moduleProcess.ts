import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  groupOf,
  isAlive,
  memoryOf,
  memoryOfGroup,
  startOf
} from '../lifecycle/processes';

/** How a process ended; nothing is known of one that was not our child. */
export interface IExit {
  code?: number;
  signal?: string;
}

/** How long a module may take to end before it is killed. */
const STOP_PATIENCE_MS = 3_000;
const POLL_MS = 500;
const STOP_POLL_MS = 50;

/** What makes a process more than one program. */
export interface IProcessOptions {
  /** It has workers, which are ended with it where it does not end them itself. */
  isGroup?: boolean;
  /** bubblewrap stands before it: the process meant is the one inside. */
  isConfined?: boolean;
  cwd?: string;
}

/** bubblewrap tells there who is inside. */
const TELL_PID = ['--info-fd', '3'];

/** A module's process: our child, or one that an earlier service started. */
export class ModuleProcess {
  /**
   * Start a process in a session of its own, so that it outlives a crash of the service.
   *
   * @param logFile Gets both its outputs.
   */
  static async start(
    command: string,
    args: string[],
    env: Record<string, string>,
    logFile: string,
    { isGroup = false, isConfined = false, cwd }: IProcessOptions = {}
  ): Promise<ModuleProcess> {
    const log = openSync(logFile, 'a', 0o600);
    const told = isConfined ? TELL_PID : [];
    try {
      const child = spawn(command, [...told, ...args], {
        detached: true,
        stdio: ['ignore', log, log, ...(isConfined ? ['pipe' as const] : [])],
        env,
        cwd
      });
      const exited = watchChild(child);
      await once(child, 'spawn');
      const outer = child.pid as number;
      const pid = isConfined ? await toldPid(child, outer) : outer;
      const start = (await startOf(pid)) ?? '';
      return new ModuleProcess(pid, start, exited, isGroup ? outer : undefined);
    } finally {
      closeSync(log);
    }
  }

  /** Take over a process of an earlier service; undefined when it is gone or its pid is another's now. */
  static async adopt(
    pid: number,
    start?: string,
    { isGroup = false }: IProcessOptions = {}
  ): Promise<ModuleProcess | undefined> {
    const now = await startOf(pid);
    if (now === undefined || (start !== undefined && now !== start)) {
      return undefined;
    }
    const group = isGroup ? await groupOf(pid) : undefined;
    return new ModuleProcess(pid, now, watchStranger(pid, now), group);
  }

  private constructor(
    readonly pid: number,
    /** When it began, as the system says it. */
    readonly start: string,
    readonly exited: Promise<IExit>,
    /** Whose members end with it. */
    private readonly _group?: number
  ) {}

  /** With its workers; undefined when it is gone. */
  memoryBytes(): Promise<number | undefined> {
    return this._group === undefined
      ? memoryOf(this.pid)
      : memoryOfGroup(this._group);
  }

  isAlive(): Promise<boolean> {
    return isAlive(this.pid, this.start);
  }

  /** End it: politely first, then for good. Only the process itself is told: its workers are its own matter. */
  async stop(): Promise<void> {
    const deadline = Date.now() + STOP_PATIENCE_MS;
    await this._signal('SIGTERM');
    while (await this.isAlive()) {
      if (Date.now() > deadline) {
        await this._signal('SIGKILL');
        this._endGroup();
        break;
      }
      await sleep(STOP_POLL_MS);
    }
    await this.exited;
    this._endGroup();
  }

  /** Workers whose parent was killed know nothing of it. */
  private _endGroup(): void {
    try {
      if (this._group) {
        process.kill(-this._group, 'SIGKILL');
      }
    } catch {
      // Nothing is left of it, which is what was wanted.
    }
  }

  private async _signal(signal: NodeJS.Signals): Promise<void> {
    if (await this.isAlive()) {
      try {
        process.kill(this.pid, signal);
      } catch (error) {
        // It may end between the look and the signal, which is what was wanted.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
          throw error;
        }
      }
    }
  }
}

function watchChild(child: ChildProcess): Promise<IExit> {
  return new Promise(resolve =>
    child.once('exit', (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined })
    )
  );
}

/** The system tells only parents of an end: others have to look. */
async function watchStranger(pid: number, start: string): Promise<IExit> {
  while (await isAlive(pid, start)) {
    await sleep(POLL_MS);
  }
  return {};
}

/** The process inside of bubblewrap; where that failed, bubblewrap itself, which has ended then. */
async function toldPid(child: ChildProcess, outer: number): Promise<number> {
  const pipe = child.stdio[3] as Readable;
  const pieces: Buffer[] = await pipe.toArray();
  const text = Buffer.concat(pieces).toString('utf8');
  const [, pid] = /"child-pid":\s*(\d+)/.exec(text) ?? [];
  return pid === undefined ? outer : Number(pid);
}
