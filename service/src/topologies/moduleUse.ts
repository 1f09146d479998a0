import {
  FileSource,
  IPredictReply
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import { Consent, DeepError } from '@jupyterlab-deep/protocol';
import { Deployments } from '../deployments/deployments';
import { IReadyModule } from '../deployments/life';
import { asDeepError } from '../http/problems';
import {
  ATTEMPTS,
  gaveNoAnswer,
  ModuleReach
} from '../inference/batch/moduleReach';
import { Pace } from '../inference/batch/pace';
import { judge } from '../inference/batch/verdict';

/** What a module is asked. */
export interface IQuestion {
  args: Record<string, unknown>;
  files: Record<string, FileSource>;
  accept?: string;
  /** It is being asked. */
  onBegin?(): void;
}

interface IJob {
  question: IQuestion;
  attempts: number;
  resolve(reply: IPredictReply): void;
  reject(error: unknown): void;
}

/**
 * One module of a run, asked by any of its nodes: as many questions at once as it bears, started where it does not run and
 * again where it died. A question that may be why it died is asked alone.
 */
export class ModuleUse {
  constructor(private readonly _parts: ModuleUse.IParts) {
    this._reach = new ModuleReach({
      pace: this._pace,
      signal: _parts.signal,
      find: () => this._find(),
      final: FINAL,
      onTrouble: error => (this.trouble = error)
    });
    _parts.signal.addEventListener('abort', () => this._stop(), { once: true });
  }

  /**
   * @throws DeepError of this question alone; what `trouble` says where nothing can be asked any more; the signal's reason.
   */
  ask(question: IQuestion): Promise<IPredictReply> {
    return new Promise((resolve, reject) => {
      this._waiting.push({ question, attempts: 0, resolve, reject });
      this._pump();
    });
  }

  /** It, started where it does not run. @throws DeepError why it cannot be had */
  ready(): Promise<IReadyModule> {
    return this._reach.ready();
  }

  /** Why nothing can be asked any more. */
  trouble?: DeepError;

  private _pump(): void {
    if (this._parts.signal.aborted || this.trouble) {
      this._stop();
      return;
    }
    while (this._mayBegin()) {
      const suspect = this._suspects.shift();
      this._isAlone = suspect !== undefined;
      const job = suspect ?? this._waiting.shift();
      if (!job) {
        return;
      }
      this._underWay += 1;
      void this._do(job, this._isAlone).finally(() => {
        this._underWay -= 1;
        this._isAlone &&= this._underWay > 0;
        this._pump();
      });
    }
    this._comeBack();
  }

  private _mayBegin(): boolean {
    const limit = this._suspects.length > 0 ? 1 : this._pace.limit;
    return this._pace.waitMs === 0 && this._underWay < limit && !this._isAlone;
  }

  /** Nobody else would wake it when a pause is over. */
  private _comeBack(): void {
    const { waitMs } = this._pace;
    if (waitMs > 0 && this._waiting.length + this._suspects.length > 0) {
      this._parts.onPhase(
        `Busy or away: asking again in ${Math.ceil(waitMs / 1000)} s`
      );
      this._timer ??= setTimeout(() => {
        this._timer = undefined;
        this._parts.onPhase('');
        this._pump();
      }, waitMs);
    }
  }

  private async _do(job: IJob, isAlone: boolean): Promise<void> {
    const { signal, timeoutMs } = this._parts;
    try {
      const { client } = await this.ready();
      const { args, files, accept, onBegin } = job.question;
      onBegin?.();
      const options = { accept, signal, timeoutMs };
      const reply = await client.predict(args, files, options);
      this._reach.answered();
      this._pace.answered();
      job.resolve(reply);
    } catch (error) {
      if (signal.aborted || this.trouble) {
        job.reject(this.trouble ?? signal.reason);
        return;
      }
      await this._judge(job, asDeepError(error), isAlone);
    }
  }

  private async _judge(
    job: IJob,
    error: DeepError,
    isAlone: boolean
  ): Promise<void> {
    const verdict = judge(error);
    const again = isAlone ? this._suspects : this._waiting;
    switch (verdict.kind) {
      case 'failed':
        this._pace.answered();
        job.reject(error);
        return;
      case 'busy':
        this._pace.refused(verdict.waitMs);
        again.unshift(job);
        return;
      case 'away':
        this._reach.forget();
        this._pace.refused(0);
        again.unshift(job);
        return;
      case 'lost':
        await this._suspect(job, error);
    }
  }

  private async _suspect(job: IJob, error: DeepError): Promise<void> {
    const gone = await this._reach.lose();
    job.attempts += 1;
    if (job.attempts < ATTEMPTS) {
      this._suspects.push(job);
      this._pace.refused(0);
      return;
    }
    const { deployments } = this._parts;
    const reason =
      (gone && (await deployments.explainEnd(gone.deployment))) || error;
    job.reject(gaveNoAnswer('item', reason));
  }

  private async _find(): Promise<IReadyModule> {
    const ready = await this._start();
    this._parts.onPhase('');
    this._parts.onReady(ready);
    return ready;
  }

  private async _start(): Promise<IReadyModule> {
    const { deployments, module, signal, consent, onPhase } = this._parts;
    const named = /^deployment:(.+)$/.exec(module)?.[1];
    if (named !== undefined) {
      return deployments.adopted(named);
    }
    const before = await deployments.list();
    return deployments.use(
      module,
      signal,
      deployment => {
        if (deployment.state !== 'ready') {
          onPhase(`Starting ${deployment.title}`);
        }
        if (!before.some(({ id }) => id === deployment.id)) {
          this._parts.onStarted(deployment.id);
        }
      },
      consent
    );
  }

  private _stop(): void {
    clearTimeout(this._timer);
    const reason = this.trouble ?? this._parts.signal.reason;
    const left = [...this._suspects.splice(0), ...this._waiting.splice(0)];
    left.forEach(job => job.reject(reason));
  }

  private readonly _pace = new Pace();
  private readonly _reach: ModuleReach;
  private readonly _waiting: IJob[] = [];
  private readonly _suspects: IJob[] = [];
  private _underWay = 0;
  private _isAlone = false;
  private _timer?: NodeJS.Timeout;
}

/** No further try changes these. */
const FINAL = new Set<DeepError['key']>([
  'consent-needed',
  'not-found',
  'module-broken',
  'module-not-implemented'
]);

export namespace ModuleUse {
  export interface IParts {
    deployments: Deployments;
    /** Module id, or `deployment:<id>`. */
    module: string;
    consent?: Consent;
    timeoutMs: number;
    signal: AbortSignal;
    /** What it is doing, for people; empty while it answers. */
    onPhase(phase: string): void;
    /** A deployment was begun for this run. */
    onStarted(deployment: string): void;
    /** It can be asked. */
    onReady(ready: IReadyModule): void;
  }
}
