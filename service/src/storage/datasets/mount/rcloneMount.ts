import { setTimeout as sleep } from 'node:timers/promises';
import { rmdir } from 'node:fs/promises';
import { DatasetCounts, DeepError } from '@jupyterlab-deep/protocol';
import { ModuleProcess } from '../../../deployments/moduleProcess';
import { CachedWrites, ICachedWrite } from './cachedWrites';
import { unmount, waitForMount } from './fuse';
import { MountLog } from './mountLog';
import { findLeftover, isSound } from './mountRecord';
import type { IRcloneAccess } from '../../remoteFiles';
import { IMountPlan, partsOf, startRclone } from './rcloneProgram';
import { IWaitingWrite, RemoteControl } from './remoteControl';

const FLUSH_LOOK_MS = 100;
/** So many looks at an empty queue: what the cache still holds is open. */
const QUIET_LOOKS = 20;
const UNMOUNT_TIMEOUT_MS = 10_000;
const LOG_LINES = 20;
/** A program that ends so often within so long is not started any more. */
const MAX_ENDS = 4;
const ENDS_WITHIN_MS = 60_000;

export type MountState =
  | 'off'
  | 'mounted'
  /** The password was refused: nothing is asked until the account is linked again. */
  | 'refused'
  | 'failed';

/** A folder of an account, mounted by an rclone that outlives this service. */
export class RcloneMount {
  constructor(private readonly _options: RcloneMount.IOptions) {
    this._parts = partsOf(_options.plan);
    this._control = new RemoteControl(this._parts.socket);
    const { account, remotePath } = _options.plan;
    this._cached = new CachedWrites(this._parts.cache, account, remotePath);
  }

  get state(): MountState {
    return this._state;
  }

  /** Why it is `failed`. */
  get error(): DeepError | undefined {
    return this._error;
  }

  /**
   * Mount it, or take over the rclone that an earlier service left. A dead mount in its place is taken away first.
   *
   * @throws DeepError why it cannot be mounted, with the end of rclone's log.
   */
  start(): Promise<void> {
    return this._inTurn(async () => {
      if (this._state !== 'mounted' && !(await this._adopt())) {
        await this._mount();
      }
    });
  }

  /** What was written here and is not in the cloud, also where no rclone runs; files that are still open are among it. */
  async waiting(): Promise<DatasetCounts> {
    const writes = await this._cached.list();
    return {
      files: writes.length,
      bytes: writes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    };
  }

  /** What lies in the cache, and is read without the cloud. */
  async cached(): Promise<DatasetCounts> {
    return this._state === 'mounted'
      ? this._control.cached()
      : { files: 0, bytes: 0 };
  }

  /** Look at the cloud anew at the next access; all folders without names. */
  async forget(folders?: string[]): Promise<void> {
    if (this._state === 'mounted') {
      await this._control.forget(folders);
    }
  }

  /**
   * Send everything that waits now, and wait until it is there.
   *
   * @returns Files that were not sent because somebody still has them open for writing.
   * @throws DeepError `storage-login`, `storage-unreachable` when it cannot go, `cancelled`.
   */
  async flush({ signal, onWaiting }: RcloneMount.IFlushOptions = {}): Promise<
    ICachedWrite[]
  > {
    const hurried = new Map<number, number>();
    let quietLooks = 0;
    for (;;) {
      this._refuseUnmounted(signal);
      const queue = await this._control.waiting();
      const cached = await this._cached.list();
      onWaiting?.(cached);
      quietLooks = queue.length === 0 ? quietLooks + 1 : 0;
      // A file that was closed this moment takes a moment to stand in the queue.
      if (cached.length === 0 || quietLooks > QUIET_LOOKS) {
        return cached;
      }
      await this._hurry(queue, hurried);
      await sleep(FLUSH_LOOK_MS);
    }
  }

  /**
   * Take the mount away. What waits is sent first; with `giveUpWaiting` it stays in the cache and goes with it.
   *
   * @throws DeepError `conflict` when files in it are open, or as `flush`.
   */
  async stop({ giveUpWaiting = false } = {}): Promise<void> {
    if (this._state === 'mounted' && !giveUpWaiting) {
      await this.flush();
    }
    await this._inTurn(() => this._stop(giveUpWaiting));
  }

  /** Look whether rclone still answers; one that hangs is ended, and mounted anew by that. */
  async check(): Promise<void> {
    const rclone = this._rclone;
    const { plan } = this._options;
    if (
      rclone &&
      this._state === 'mounted' &&
      !(await isSound(
        rclone,
        this._control,
        plan.mountPoint,
        this._parts.source
      ))
    ) {
      await kill(rclone);
    }
  }

  /** Its account may not be asked any more: end it at once and keep what waits. */
  async end(): Promise<void> {
    if (this._state === 'mounted') {
      this._change('refused');
      await this._end();
    }
  }

  /** Let it go on without this service. */
  release(): void {
    this._isReleased = true;
    this._log?.stop();
  }

  /** @param hurried How often each was tried when it was told to hurry. */
  private async _hurry(
    queue: IWaitingWrite[],
    hurried: Map<number, number>
  ): Promise<void> {
    for (const { id, tries } of queue.filter(each => !each.isUploading)) {
      if (tries > (hurried.get(id) ?? Infinity)) {
        throw await this._notSent(queue);
      }
      if (!hurried.has(id)) {
        hurried.set(id, tries);
        await this._control.hurry(id);
      }
    }
  }

  private async _adopt(): Promise<boolean> {
    const { record, address, source } = this._parts;
    const { mountPoint } = this._options.plan;
    const found = await findLeftover(record, address);
    if (found && (await isSound(found, this._control, mountPoint, source))) {
      // What an earlier service did not live to hear of counts too.
      await this._watch(found, { fromStart: true });
      return true;
    }
    if (found) {
      await kill(found);
    }
    await this._clear();
    return false;
  }

  /** Nobody answers for what is mounted there: a dead mount would block whoever looks at it. */
  private async _clear(): Promise<void> {
    const { mountPoint } = this._options.plan;
    const trouble = await unmount(mountPoint, { isLazy: true });
    if (trouble) {
      throw new DeepError(
        'conflict',
        `The dead mount at ${mountPoint} could not be taken away: ${trouble}.`,
        { hint: `Run: fusermount3 -uz ${mountPoint}` }
      );
    }
  }

  private async _mount(): Promise<void> {
    const { plan, access } = this._options;
    try {
      const rclone = await startRclone(plan, await access());
      await this._watch(rclone);
    } catch (error) {
      this._error = await this._withLog(error);
      this._change('failed');
      throw this._error;
    }
  }

  private async _watch(
    rclone: ModuleProcess,
    options?: { fromStart?: boolean }
  ): Promise<void> {
    this._rclone = rclone;
    this._error = undefined;
    this._change('mounted');
    void rclone.exited.then(() => this._onEnd(rclone));
    this._log?.stop();
    this._log = new MountLog(this._parts.log, () => void this._refuse());
    await this._log.follow(options);
  }

  /** At once: each further access would be another refused login, and ten of them lock out the whole address. */
  private async _refuse(): Promise<void> {
    this._change('refused');
    await this._end();
    this._options.onRefused();
  }

  private async _onEnd(rclone: ModuleProcess): Promise<void> {
    const isWanted = this._state === 'mounted' && !this._isReleased;
    if (rclone !== this._rclone || !isWanted) {
      return;
    }
    await this._inTurn(async () => {
      if (rclone === this._rclone && this._state === 'mounted') {
        await this._mend();
      }
    }).catch(() => {
      // It is in `error` and in the state.
    });
  }

  /** Its cache is its own: what waited there goes on with the next rclone. */
  private async _mend(): Promise<void> {
    await this._log?.look();
    if (this._state === 'refused') {
      return;
    }
    this._ends = [...this._ends, Date.now()].filter(
      at => at > Date.now() - ENDS_WITHIN_MS
    );
    await this._clear();
    if (this._ends.length >= MAX_ENDS) {
      this._error = await this._withLog(
        new DeepError(
          'internal',
          `rclone ended ${this._ends.length} times within a minute.`
        )
      );
      this._change('failed');
      return;
    }
    await this._mount();
  }

  private async _stop(isForced: boolean): Promise<void> {
    const { mountPoint } = this._options.plan;
    const before = this._state;
    // An end from here on is wanted.
    this._change('off');
    const trouble = isForced ? undefined : await unmount(mountPoint);
    if (trouble) {
      this._change(before);
      throw new DeepError(
        'conflict',
        `${mountPoint} is still in use: ${trouble}.`,
        { hint: 'Close the files in it, or restart the kernels that use it.' }
      );
    }
    if (!isForced) {
      await waitForMount(mountPoint, false, { timeoutMs: UNMOUNT_TIMEOUT_MS });
      await this._rclone?.stop();
    }
    await this._end();
    await removeEmpty(mountPoint);
  }

  private async _end(): Promise<void> {
    this._log?.stop();
    const rclone = this._rclone;
    this._rclone = undefined;
    if (rclone) {
      await kill(rclone);
    }
    await unmount(this._options.plan.mountPoint, { isLazy: true });
  }

  private _refuseUnmounted(signal: AbortSignal | undefined): void {
    if (signal?.aborted) {
      throw new DeepError('cancelled', 'Cancelled.', { cause: signal.reason });
    }
    if (this._state === 'refused') {
      throw new DeepError(
        'storage-login',
        `The password of ${this._options.plan.account} was refused; what waits is kept.`,
        { hint: 'Link the account again.' }
      );
    }
    if (this._state !== 'mounted') {
      throw new DeepError(
        'storage-unreachable',
        `${this._parts.source} is not mounted; what waits is kept.`,
        { technical: this._error?.message }
      );
    }
  }

  private async _notSent(writes: IWaitingWrite[]): Promise<DeepError> {
    const names = writes.slice(0, 3).map(({ name }) => name);
    return new DeepError(
      'storage-unreachable',
      `${writes.length} written files could not be sent: ${names.join(', ')}${writes.length > 3 ? ', …' : ''}.`,
      {
        hint: 'They are kept here and tried again.',
        technical: await this._log?.tail(LOG_LINES)
      }
    );
  }

  private async _withLog(error: unknown): Promise<DeepError> {
    const failure =
      error instanceof DeepError
        ? error
        : new DeepError('internal', (error as Error).message, { cause: error });
    const log = new MountLog(this._parts.log, () => undefined);
    const technical = await log.tail(LOG_LINES).catch(() => undefined);
    return new DeepError(failure.key, failure.detail, {
      hint: failure.hint,
      technical: technical || failure.technical,
      cause: error
    });
  }

  private _inTurn(work: () => Promise<void>): Promise<void> {
    const done = this._turn.then(work);
    this._turn = done.catch(() => undefined);
    return done;
  }

  private _change(state: MountState): void {
    if (state !== this._state) {
      this._state = state;
      this._options.onChange?.(state);
    }
  }

  private readonly _parts: ReturnType<typeof partsOf>;
  private readonly _control: RemoteControl;
  private readonly _cached: CachedWrites;
  private _state: MountState = 'off';
  private _error?: DeepError;
  private _rclone?: ModuleProcess;
  private _log?: MountLog;
  private _ends: number[] = [];
  private _isReleased = false;
  private _turn: Promise<void> = Promise.resolve();
}

export namespace RcloneMount {
  export interface IOptions {
    plan: IMountPlan;
    /** Asked at each start: an account that was linked again has another password. */
    access(): Promise<IRcloneAccess>;
    onChange?(state: MountState): void;
    /** The server answered 401 and rclone is ended. */
    onRefused(): void;
  }

  export interface IFlushOptions {
    signal?: AbortSignal;
    onWaiting?(writes: ICachedWrite[]): void;
  }
}

/** rclone would send what waits before it ends; the cache keeps it for the next one. */
async function kill(rclone: ModuleProcess): Promise<void> {
  if (await rclone.isAlive()) {
    try {
      process.kill(rclone.pid, 'SIGKILL');
    } catch (error) {
      // It may end between the look and the signal, which is what was wanted.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
  }
  await rclone.exited;
}

/** What rclone was mounted on; one that holds files is not ours to remove. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') {
      throw error;
    }
  }
}
