import type {
  DeepEvent,
  KernelEnvironment,
  MachineReport,
  Run
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { isOpen } from '../activity/openRun';
import { asRequestError, DeepRequestError } from '../service/errors';
import type { IDeepService } from '../service/tokens';
import type { EnvironmentsClient } from './client';

/** Environments, what makes them at this moment, and what this machine has; kept up to date by events. It lives as long as the page. */
export class EnvironmentsModel {
  constructor(private readonly _options: EnvironmentsModel.IOptions) {
    _options.service.eventReceived.connect(this._onEvent, this);
  }

  get changed(): ISignal<EnvironmentsModel, void> {
    return this._changed;
  }

  /** Null until they are known. */
  get environments(): readonly KernelEnvironment[] | null {
    return this._environments;
  }

  get machine(): MachineReport | null {
    return this._machine;
  }

  get error(): DeepRequestError | null {
    return this._error;
  }

  /** The last run that made it, as far as this page has seen. */
  runOf(name: string): Run | undefined {
    return this._runs.get(name);
  }

  /** Whether it is being made now. */
  isBeingMade(name: string): boolean {
    const run = this._runs.get(name);
    return run !== undefined && isOpen(run);
  }

  /** Answers that come out of order: only the last question counts. */
  async refresh(): Promise<void> {
    const asked = ++this._asked;
    await this.attempt(async () => {
      const { client } = this._options;
      const [environments, machine] = await Promise.all([
        client.list(),
        client.machine()
      ]);
      const runs = await Promise.all(
        environments.flatMap(({ run }) => (run ? [client.run(run)] : []))
      );
      if (asked === this._asked) {
        this._environments = environments;
        this._machine = machine;
        runs.forEach(run => this._take(run));
      }
    });
  }

  /** @returns Whether it went well; a failure is shown. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this._error = null;
    } catch (reason) {
      this._error = asRequestError(reason, this._options.trans);
    }
    this._changed.emit();
    return this._error === null;
  }

  async create(name: string): Promise<void> {
    await this.attempt(async () =>
      this._take(await this._options.client.create(name))
    );
  }

  async cancel(name: string): Promise<void> {
    const run = this._runs.get(name);
    if (run) {
      await this.attempt(async () =>
        this._take(await this._options.client.cancel(run.id))
      );
      await this.refresh();
    }
  }

  async remove(name: string): Promise<void> {
    const isGone = await this.attempt(() => this._options.client.remove(name));
    if (isGone) {
      this._runs.delete(name);
      await this.refresh();
      this._options.onKernelsChanged();
    }
  }

  private _take(run: Run): void {
    const name = run.environment?.name;
    const known = name && this._runs.get(name);
    // An answer may be older than what an event has told meanwhile.
    if (name && !(known && known.id === run.id && !isOpen(known))) {
      this._runs.set(name, run);
    }
  }

  private _onEvent(_: IDeepService, message: DeepEvent): void {
    if (message.event === 'reset' && this._environments) {
      void this.refresh();
    } else if (message.event === 'run' && message.data.environment) {
      this._take(message.data);
      this._changed.emit();
      if (!isOpen(message.data)) {
        void this.refresh();
        this._options.onKernelsChanged();
      }
    }
  }

  private readonly _changed = new Signal<EnvironmentsModel, void>(this);
  private readonly _runs = new Map<string, Run>();
  private _environments: readonly KernelEnvironment[] | null = null;
  private _machine: MachineReport | null = null;
  private _error: DeepRequestError | null = null;
  private _asked = 0;
}

export namespace EnvironmentsModel {
  export interface IOptions {
    service: IDeepService;
    client: EnvironmentsClient;
    trans: TranslationBundle;
    /** A kernel has come or gone. */
    onKernelsChanged(): void;
  }
}
