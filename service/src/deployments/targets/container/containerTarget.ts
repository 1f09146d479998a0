import { TargetPlan, TargetSetting } from '@jupyterlab-deep/protocol';
import { ISettings } from '../../../admin/config';
import { IMachine } from '../../../machine/needs';
import {
  IBeginning,
  IDeployable,
  IForeignCode,
  IObserved,
  ITarget,
  ITargetCheck
} from '../target';
import { readContainerLog } from './containerLog';
import { containerPlan } from './containerPlan';
import {
  carryOut,
  containersOf,
  createContainer,
  leaveNothing
} from './containers';
import { IContainerChoices, servesModel } from './containerSpec';
import { factsOf, memoryOf, stateOf } from './containerState';
import { Engine } from './engine';
import { isMissing } from './engineFailure';
import { Engines } from './engines';
import { findImage } from './images';
import { imageText } from './imageNames';
import { containerName } from './labels';
import { imageOf, imageParts, modelParts } from './preparing';

const STOP_SECONDS = 10;

/** Runs modules as containers of an engine with the API of Docker. */
export class ContainerTarget implements ITarget {
  constructor(private readonly _options: ContainerTarget.IOptions) {
    this.id = _options.id;
    this.title = _options.title;
    this._engines = _options.engines;
  }

  readonly id: string;
  readonly kind = 'container';
  readonly title: string;

  check(signal: AbortSignal): Promise<ITargetCheck> {
    return this._engines.check(signal);
  }

  async plan(what: IDeployable, signal: AbortSignal): Promise<TargetPlan> {
    const engine = await this._engines.first(signal);
    const about = await engine.about(signal);
    const { settings, present, defaults = {} } = this._options;
    return containerPlan(what, {
      target: this.id,
      engine,
      about,
      settings,
      defaults,
      machine: engine.isLocal ? await present() : undefined
    });
  }

  async foreign(
    what: IDeployable,
    options: Record<string, unknown>,
    signal: AbortSignal
  ): Promise<IForeignCode | undefined> {
    if (servesModel(what)) {
      return undefined;
    }
    const engine = await this._engines.first(signal);
    const choices = options as unknown as IContainerChoices;
    const { mirrors } = this._options.settings.targets;
    const { name, from } = imageOf(what, choices, mirrors);
    const known = await findImage(engine, from, signal);
    const origin = imageText(name);
    return {
      origin,
      commit: known && !choices.fetch ? known.digest : origin,
      sees: seen(engine, choices)
    };
  }

  async find(
    deployment: string,
    signal: AbortSignal
  ): Promise<string | undefined> {
    let failure: unknown;
    let hasAnswered = false;
    for (const engine of this._engines.possible) {
      try {
        const containers = await containersOf(engine, deployment, signal);
        hasAnswered = true;
        if (containers.length > 0) {
          return handleOf(engine, deployment);
        }
      } catch (error) {
        failure = error;
      }
    }
    if (!hasAnswered) {
      // Says what was tried.
      await this._engines.first(signal);
      throw failure;
    }
    return undefined;
  }

  async begin(
    deployment: string,
    what: IDeployable,
    options: Record<string, unknown>,
    beginning: IBeginning
  ): Promise<string> {
    const { signal } = beginning;
    const engine = await this._engines.first(signal);
    const choices = options as unknown as IContainerChoices;
    const order = { engine, deployment, what, choices, beginning };
    const parts = servesModel(what)
      ? await modelParts(order, this._options)
      : await imageParts(order, this._options);
    beginning.onPhase('Starting the container');
    await createContainer(engine, parts, beginning);
    return handleOf(engine, deployment);
  }

  async observe(handle: string, signal: AbortSignal): Promise<IObserved> {
    const { engine, name } = this._read(handle);
    const info = await engine.ask(
      'a container',
      signal,
      async (docker, abortSignal) => {
        try {
          return await docker
            .getContainer(name)
            .inspect({ abortSignal } as object);
        } catch (error) {
          if (isMissing(error)) {
            return undefined;
          }
          throw error;
        }
      }
    );
    if (!info) {
      return { state: 'gone', phase: '' };
    }
    return {
      ...factsOf(info),
      ...(await stateOf(engine, info, this._options.sockets, signal))
    };
  }

  memoryOf(handle: string, signal: AbortSignal): Promise<number | undefined> {
    const { engine, name } = this._read(handle);
    return memoryOf(engine, name, signal);
  }

  async readLog(
    handle: string,
    after: string | undefined,
    signal: AbortSignal
  ): Promise<{ text: string; next: string }> {
    const { engine, name } = this._read(handle);
    return engine.ask('a log', signal, (docker, abortSignal) =>
      readContainerLog(docker, name, after, abortSignal)
    );
  }

  async stop(handle: string, signal: AbortSignal): Promise<void> {
    const { engine, name } = this._read(handle);
    const options = { t: STOP_SECONDS };
    await carryOut(engine, 'stopping a container', signal, docker =>
      docker.getContainer(name).stop(options)
    );
  }

  async start(handle: string, signal: AbortSignal): Promise<void> {
    const { engine, name } = this._read(handle);
    await carryOut(engine, 'starting a container', signal, docker =>
      docker.getContainer(name).start()
    );
  }

  async remove(handle: string, signal: AbortSignal): Promise<void> {
    const { engine, deployment } = this._read(handle);
    await leaveNothing(engine, deployment, signal);
  }

  close(): Promise<void> {
    return this._engines.close();
  }

  async clear(deployment: string, signal: AbortSignal): Promise<void> {
    const engine = await this._engines.first(signal);
    await leaveNothing(engine, deployment, signal);
  }

  private _read(handle: string): {
    engine: Engine;
    deployment: string;
    name: string;
  } {
    const gap = handle.lastIndexOf(' ');
    const deployment = handle.slice(gap + 1);
    const engine = this._engines.at(handle.slice(0, gap));
    return { engine, deployment, name: containerName(deployment) };
  }

  private readonly _engines: Engines;
}

export namespace ContainerTarget {
  export interface IOptions {
    id: string;
    title: string;
    engines: Engines;
    settings: ISettings;
    /** What this machine has now. */
    present(): Promise<IMachine>;
    defaults?: TargetSetting['options'];
    /** Folder of the bundles, which go into images. */
    nodeHome: string;
    /** For ways to modules of other hosts. */
    sockets: string;
    env: Record<string, string | undefined>;
  }
}

/** The engine is part of it: another one may answer first tomorrow. */
const handleOf = ({ address }: Engine, deployment: string): string =>
  `${address.text} ${deployment}`;

/** What an image could see and use. */
function seen(engine: Engine, choices: IContainerChoices): string[] {
  const { dataFolder, modelsFolder, rcloneUrl } = choices;
  const where = engine.isLocal ? 'this machine' : engine.address.text;
  return [
    `It would run in a container on ${where}: it sees its own files and the network, and none of yours.`,
    ...(dataFolder ? [`It could read ${dataFolder}.`] : []),
    ...(modelsFolder ? [`It could read and change ${modelsFolder}.`] : []),
    ...(rcloneUrl ? [`It would have your login of ${rcloneUrl}.`] : [])
  ];
}
