import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startOf } from '../lifecycle/processes';

/** How a process ended; nothing is known of one that was not our child. */
export interface IExit {
  code?: number;
  signal?: string;
}

/** How long a module may take to end before it is killed. */
const STOP_PATIENCE_MS = 3_000;
const POLL_MS = 500;
const STOP_POLL_MS = 50;

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
    logFile: string
  ): Promise<ModuleProcess> {
    const log = openSync(logFile, 'a', 0o600);
    try {
      const child = spawn(command, args, {
        detached: true,
        stdio: ['ignore', log, log],
        env
      });
      const exited = watchChild(child);
      await once(child, 'spawn');
      const pid = child.pid as number;
      return new ModuleProcess(pid, (await startOf(pid)) ?? '', exited);
    } finally {
      closeSync(log);
    }
  }

  /** Take over a process of an earlier service; undefined when it is gone or its pid is another's now. */
  static async adopt(
    pid: number,
    start?: string
  ): Promise<ModuleProcess | undefined> {
    const now = await startOf(pid);
    if (now === undefined || (start !== undefined && now !== start)) {
      return undefined;
    }
    return new ModuleProcess(pid, now, watchStranger(pid, now));
  }

  private constructor(
    readonly pid: number,
    /** When it began, as the system says it. */
    readonly start: string,
    readonly exited: Promise<IExit>
  ) {}

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
        break;
      }
      await sleep(STOP_POLL_MS);
    }
    await this.exited;
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
