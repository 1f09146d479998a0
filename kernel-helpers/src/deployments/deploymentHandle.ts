import { setTimeout as sleep } from 'node:timers/promises';
import type {
  DeepError,
  Deployment,
  DeploymentState
} from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display } from '../display';
import { IMimeBundle, SHOWN_AS } from '../display/bundle';
import { interruptible } from '../interrupt';
import type { IModuleArguments, IOptions, Prediction } from '../modules';
import { untilReady } from '../modules/deployment';
import { clientOf, Module } from '../modules/module';
import { deploymentBundle } from './shown';

const LOOK_EVERY_MS = 500;
const ENDED: DeploymentState[] = ['stopped', 'failed'];

interface ICancellable {
  signal?: AbortSignal;
}

/** How a deployment comes up. */
export interface IDeploymentProgress {
  state: DeploymentState;
  /** What it is doing, for people. */
  phase: string;
}

export interface ILogOptions extends ICancellable {
  /** Go on while it lives; else what there is now. */
  follow?: boolean;
}

/** A module that runs, here or elsewhere: it outlives this kernel. */
export class DeploymentHandle {
  /** @param deployment As the service last told it. */
  constructor(deployment: Deployment) {
    this._deployment = deployment;
  }

  /** What was started again on this machine is another one, with an id of its own. */
  get id(): string {
    return this._deployment.id;
  }

  /** Module id. */
  get module(): string {
    return this._deployment.module;
  }

  get title(): string {
    return this._deployment.title;
  }

  /** Id of the target that it is at; `address` of what somebody else runs. */
  get target(): string {
    const { target, targetId } = this._deployment;
    return targetId ?? target;
  }

  /** What was last heard of it; `refresh` asks again. */
  get state(): DeploymentState {
    return this._deployment.state;
  }

  /** What it is doing, for people; empty when ready. */
  get phase(): string {
    return this._deployment.phase;
  }

  /** Why it failed, in words. */
  get error(): string | undefined {
    return this._deployment.error;
  }

  /** All that is known of it. */
  get about(): Readonly<Deployment> {
    return this._deployment;
  }

  /** Ask how it is. @throws DeepError `not-found` once it is removed. */
  async refresh({ signal }: ICancellable = {}): Promise<this> {
    this._deployment = await service.json<Deployment>(this._path(), { signal });
    return this;
  }

  /**
   * Wait until its API answers, which is shown as it comes. The stop button ends the waiting, not the deployment.
   *
   * ```ts
   * const d = await deployments.create({ module: 'builtin/image-classifier', target: 'container' });
   * await d.ready({ onProgress: ({ phase }) => console.log(phase) });
   * ```
   * @throws DeepError `module-start-failed` with the reason; `module-unreachable` of what was stopped; `cancelled`.
   */
  async ready(
    options: ICancellable & {
      onProgress?: (progress: IDeploymentProgress) => void;
    } = {}
  ): Promise<this> {
    return interruptible(options.signal, async signal => {
      let told = '';
      await untilReady(
        (await this.refresh({ signal }))._deployment,
        signal,
        deployment => {
          this._deployment = deployment;
          const { state, phase } = deployment;
          if (told !== `${state} ${phase}`) {
            told = `${state} ${phase}`;
            options.onProgress?.({ state, phase });
          }
        }
      );
      return this;
    });
  }

  /**
   * Let it predict; waits until it is ready. Arguments are those of `Module.predict`.
   *
   * @throws DeepError as `ready` and `Module.predict` do. Unlike an opened module, it is not started again when it has ended.
   */
  async predict(
    args: IModuleArguments = {},
    options: IOptions & { accept?: string } = {}
  ): Promise<Prediction> {
    await this.ready({ signal: options.signal });
    return this._opened().predict(args, options);
  }

  /**
   * Lines of its log from the beginning; goes on while it lives, unless `follow` is false.
   *
   * ```ts
   * for await (const line of d.logs()) { console.log(line); }
   * ```
   */
  async *logs(options: ILogOptions = {}): AsyncGenerator<string> {
    const { follow = true, signal } = options;
    const decoder = new TextDecoder();
    let offset = 0;
    let rest = '';
    for (;;) {
      const { bytes, isOver } = await this._logPiece(offset, follow, signal);
      offset += bytes.length;
      const lines = (rest + decoder.decode(bytes, { stream: true })).split(
        '\n'
      );
      rest = lines.pop() ?? '';
      yield* lines;
      if (isOver) {
        if (rest !== '') {
          yield rest;
        }
        return;
      }
    }
  }

  /** Stop it. What can be started again stays at its target. */
  stop(): Promise<this> {
    return this._order('stop');
  }

  /** Start it again, once it has ended. */
  start(): Promise<this> {
    return this._order('start');
  }

  /** Stop it and start it anew, such as for new weights. */
  restart(): Promise<this> {
    return this._order('restart');
  }

  /** Leave nothing of it at its target, and forget it. The stop button ends the waiting, not the removal. */
  async remove(options: ICancellable = {}): Promise<void> {
    await interruptible(options.signal, async signal => {
      const line = display.progress(`Removing ${this.title}`);
      let outcome = `${this.title} is not removed yet`;
      try {
        this._deployment = await service.json<Deployment>(this._path(), {
          method: 'DELETE',
          query: { remove: 'true' },
          signal
        });
        await this._untilForgotten(signal, () =>
          line.update(`Removing ${this.title}: ${this.phase || this.state}`)
        );
        outcome = `${this.title} is removed`;
      } finally {
        line.end(outcome);
      }
    });
    await this._module?.close();
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    return deploymentBundle(this.about);
  }

  /** A piece of the log; without one, whether another may come. */
  private _logPiece(
    offset: number,
    follow: boolean,
    given: AbortSignal | undefined
  ): Promise<{ bytes: Buffer; isOver: boolean }> {
    return interruptible(given, async signal => {
      // Its state before its log: what it wrote until its end is then in this piece or another one.
      const mayGrow =
        follow && !ENDED.includes((await this.refresh({ signal })).state);
      const { body } = await service.request(`${this._path()}/log`, {
        query: { offset },
        signal
      });
      if (body.length === 0 && mayGrow) {
        await sleep(LOOK_EVERY_MS);
      }
      throwIfCancelled(signal);
      return { bytes: body, isOver: body.length === 0 && !mayGrow };
    });
  }

  private async _untilForgotten(
    signal: AbortSignal | undefined,
    onNews: () => void
  ): Promise<void> {
    try {
      for (;;) {
        await this.refresh({ signal });
        onNews();
        await sleep(LOOK_EVERY_MS);
        throwIfCancelled(signal);
      }
    } catch (error) {
      if ((error as DeepError).key !== 'not-found') {
        throw error;
      }
    }
  }

  private async _order(order: 'stop' | 'start' | 'restart'): Promise<this> {
    this._deployment = await service.json<Deployment>(
      `${this._path()}/${order}`,
      { method: 'POST', body: {} }
    );
    return this;
  }

  /** Its address may be another one after a start. */
  private _opened(): Module {
    const { module, endpoint, modelPath } = this._deployment;
    const place = `${endpoint} ${modelPath}`;
    if (!this._module || this._openedAt !== place) {
      void this._module?.close();
      this._module = new Module(module, clientOf(this._deployment));
      this._openedAt = place;
    }
    return this._module;
  }

  private _path(): string {
    return `/deployments/${encodeURIComponent(this.id)}`;
  }

  private _deployment: Deployment;
  private _module?: Module;
  private _openedAt = '';
}
