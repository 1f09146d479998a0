import {
  IModuleDescription,
  ModuleClient
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError, Deployment } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { asDeepError } from '../http/problems';
import { removeFile } from '../store/atomicFile';
import { answersAt, awaitAnswer } from './answering';
import { endFailure, startFailure } from './endings';
import { ILife, IReadyModule, IStartWork } from './life';
import { findJsonLine } from './logFile';
import { watchMemory } from './memoryWatch';
import { IExit, ModuleProcess } from './moduleProcess';
import { DeploymentRecords } from './records';

/** A module that computes may be late once. */
const MISSES_ALLOWED = 1;
const USED_MS = 60_000;

/** One module's process from its start, or its adoption, to its end. */
export class ModuleLife implements ILife {
  /** @param obtain Starts the process or finds it. */
  constructor(
    private readonly _options: ModuleLife.IOptions,
    obtain: (work: IStartWork) => Promise<ModuleProcess>
  ) {
    this._client = new ModuleClient({
      endpoint: `unix:${_options.socket}`,
      name: _options.title
    });
    // Whoever starts a module may not wait for it.
    this.ready.catch(() => undefined);
    this.ended = this._live(obtain).then(failure => {
      this._becomeReady.reject(failure ?? stopped(_options.title));
      return failure;
    });
  }

  /** Rejects with the reason when it ends before. */
  get ready(): Promise<IReadyModule> {
    return this._becomeReady.promise;
  }

  /** Resolves when nothing of it is left, with the reason if it did not end as it should. */
  readonly ended: Promise<DeepError | undefined>;

  /** What can be asked, once it is ready. */
  readyModule?: IReadyModule;

  async isGone(): Promise<boolean> {
    return this._process !== undefined && !(await this._process.isAlive());
  }

  stop(): void {
    if (!this._isStopping) {
      this._isStopping = true;
      this._update({ state: 'stopping', phase: 'Stopping' });
      this._stopped.abort();
      void this._process?.stop();
    }
  }

  async close(): Promise<void> {
    this.stop();
    await this.ended;
  }

  /** Look whether it still answers: a process can live and be stuck. */
  async look(): Promise<void> {
    if (!this.readyModule || this._isStopping || !this._isUsed()) {
      return;
    }
    const answers = await answersAt(this._options.socket);
    this._misses = answers ? 0 : this._misses + 1;
    const state = this._misses > MISSES_ALLOWED ? 'unreachable' : 'ready';
    const known = this._record.state;
    if (known !== state && (known === 'ready' || known === 'unreachable')) {
      const phase = answers ? '' : 'It does not answer';
      this._update({ state, phase });
    }
  }

  /** Every request begins the idle time of a module anew, so one that nobody uses is not asked. */
  private _isUsed(): boolean {
    const { lastUsedAt } = this._record;
    const agoMs = Date.now() - Date.parse(lastUsedAt ?? '');
    return agoMs < USED_MS || this._misses > 0;
  }

  private get _record(): Deployment {
    return this._options.records.get(this._options.id) as Deployment;
  }

  private async _live(
    obtain: (work: IStartWork) => Promise<ModuleProcess>
  ): Promise<DeepError | undefined> {
    let failure: DeepError | undefined;
    let exit: IExit | undefined;
    try {
      this._process = await obtain({
        signal: this._stopped.signal,
        onPhase: phase => this._isStopping || this._update({ phase })
      });
      this._watchMemory(this._process);
      await this._bringUp(this._process);
      exit = await this._process.exited;
      failure = await this._explain(exit);
    } catch (error) {
      failure = this._isStopping
        ? undefined
        : (this._tooMuch ?? asDeepError(error));
    }
    this.readyModule = undefined;
    await this._clear();
    this._recordEnd(failure, exit);
    return failure;
  }

  private async _bringUp(process: ModuleProcess): Promise<void> {
    const { id, socket, manner, records } = this._options;
    records.setProcess(id, process.pid, process.start);
    if (this._isStopping) {
      return process.stop();
    }
    const endpoint = `unix:${socket}`;
    this._update({ state: 'starting', phase: manner.phase, endpoint });
    const about = await awaitAnswer(
      this._options,
      this._client,
      process,
      manner.startSeconds,
      manner.explainStart
    );
    if (!this._isStopping) {
      await this._announce(about);
    }
  }

  private async _announce(about: IModuleDescription): Promise<void> {
    const { id, logFile } = this._options;
    const backend = await readBackend(logFile);
    this.readyModule = {
      deployment: id,
      endpoint: `unix:${this._options.socket}`,
      client: this._client,
      about
    };
    this._update({
      state: 'ready',
      phase: '',
      readyAt: new Date().toISOString(),
      modelPath: about.modelPath,
      backend
    });
    this._becomeReady.resolve(this.readyModule);
  }

  /** It is ended at the limit that its user has set. */
  private _watchMemory(process: ModuleProcess): void {
    const limitMb = Number(this._record.options?.memoryMb ?? 0);
    if (limitMb > 0) {
      const { title } = this._options;
      watchMemory(process, limitMb * 1024 ** 2, title, tooMuch => {
        this._tooMuch = tooMuch;
        void process.stop();
      });
    }
  }

  private async _explain(exit: IExit): Promise<DeepError | undefined> {
    const { title, logFile, manner } = this._options;
    if (this._tooMuch && !this._isStopping) {
      return this._tooMuch;
    }
    this._told = await manner.ownEnd?.(logFile);
    return this._isStopping || this._told || this._isIdleEnd(exit)
      ? undefined
      : endFailure(title, exit, logFile);
  }

  /** How an adopted process ended is not told: one that was long unused ended by itself. */
  private _isIdleEnd({ code, signal }: IExit): boolean {
    if (code !== undefined || signal !== undefined) {
      return code === 0;
    }
    const { lastUsedAt, createdAt } = this._record;
    const unusedMs = Date.now() - Date.parse(lastUsedAt ?? createdAt);
    const { moduleIdleMinutes } = this._options.limits;
    const idleMinutes = Number(
      this._record.options?.idleMinutes ?? moduleIdleMinutes
    );
    return idleMinutes > 0 && unusedMs >= idleMinutes * 60_000;
  }

  private async _clear(): Promise<void> {
    await this._process?.stop();
    await this._client.close();
    await removeFile(this._options.socket);
    await this._options.manner.clear?.();
  }

  private _recordEnd(failure?: DeepError, exit?: IExit): void {
    const isOwn = exit && !failure && !this._isStopping;
    const phase = this._told ?? 'It ended by itself after a time without use';
    this._update({
      state: failure ? 'failed' : 'stopped',
      phase: isOwn ? phase : '',
      error: failure?.message,
      pid: undefined
    });
  }

  private _update(change: Partial<Deployment>): void {
    this._options.records.update(this._options.id, change);
  }

  private readonly _client: ModuleClient;
  private readonly _becomeReady = Promise.withResolvers<IReadyModule>();
  private _process?: ModuleProcess;
  private readonly _stopped = new AbortController();
  /** It was ended because of its memory. */
  private _tooMuch?: DeepError;
  /** What the module itself said of its end. */
  private _told?: string;
  private _isStopping = false;
  private _misses = 0;
}

export namespace ModuleLife {
  export interface IOptions {
    id: string;
    title: string;
    socket: string;
    logFile: string;
    limits: ISettings['limits'];
    records: DeploymentRecords;
    /** The model that must answer, where it is known. */
    modelPath?: string;
    manner: IManner;
  }
}

/** What differs between the programs that serve modules. */
export interface IManner {
  /** What it does before it answers, for people. */
  phase: string;
  startSeconds: number;
  /** Why its process ended before it answered. */
  explainStart?: typeof startFailure;
  /** Why it ended by itself, where that was as it should be. */
  ownEnd?(logFile: string): Promise<string | undefined>;
  /** Remove what it left besides its socket. */
  clear?(): Promise<void>;
}

const stopped = (title: string): DeepError =>
  new DeepError('module-unreachable', `${title} was stopped.`, {
    hint: 'Its next use starts it again.'
  });

/** What computes and why, as the module's program says when it is ready. */
async function readBackend(logFile: string): Promise<string | undefined> {
  const line = await findJsonLine(logFile, 'backend');
  return line && [line.backend, line.detail].filter(Boolean).join(': ');
}
