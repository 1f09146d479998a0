import type Docker from 'dockerode';
import {
  DeepError,
  TargetPlan,
  TargetSetting
} from '@jupyterlab-deep/protocol';
import { ISettings } from '../../../admin/config';
import { gigabytes } from '../../../machine/sizes';
import {
  IBeginning,
  IDeployable,
  IForeignCode,
  IObserved,
  ITarget,
  ITargetCheck
} from '../target';
import {
  buildModel,
  obtainRuntime,
  removeImage,
  removeModel,
  removeRuntime
} from './building';
import { endReason, IExitState, wasStopped } from './containerEnd';
import { readContainerLog } from './containerLog';
import { containerPlan } from './containerPlan';
import {
  containerSpec,
  IContainerChoices,
  IContainerParts,
  PORTS,
  servesModel
} from './containerSpec';
import { Engine } from './engine';
import { isMissing, wordsOf } from './engineFailure';
import { Engines } from './engines';
import { findImage, IImage, pullImage } from './images';
import { imageText, mirrored, parseImageName } from './imageNames';
import { byLabel, containerName, LABELS } from './labels';

const LOOPBACK = '127.0.0.1';
const STOP_SECONDS = 10;
const STOP_MS = 30_000;
const STATS_MS = 3_000;

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
    const { settings, defaults = {} } = this._options;
    const target = this.id;
    return containerPlan(what, { target, engine, about, settings, defaults });
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
    const { name, from } = this._imageOf(what, choices);
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
    const parts = servesModel(what)
      ? await this._modelParts(engine, deployment, what, choices, beginning)
      : await this._imageParts(engine, deployment, what, choices, beginning);
    beginning.onPhase('Starting the container');
    await this._create(engine, parts, beginning);
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
    return { ...facts(info), ...(await this._state(engine, info, signal)) };
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
    await this._order(engine, 'stopping a container', signal, docker =>
      docker.getContainer(name).stop(options)
    );
  }

  async start(handle: string, signal: AbortSignal): Promise<void> {
    const { engine, name } = this._read(handle);
    await this._order(engine, 'starting a container', signal, docker =>
      docker.getContainer(name).start()
    );
  }

  async remove(handle: string, signal: AbortSignal): Promise<void> {
    const { engine, deployment } = this._read(handle);
    await this._removeAt(engine, deployment, signal);
  }

  async clear(deployment: string, signal: AbortSignal): Promise<void> {
    const engine = await this._engines.first(signal);
    await this._removeAt(engine, deployment, signal);
  }

  private async _modelParts(
    engine: Engine,
    deployment: string,
    what: IDeployable,
    choices: IContainerChoices,
    beginning: IBeginning
  ): Promise<IContainerParts> {
    const { settings, nodeHome, env } = this._options;
    const { mirrors, baseImage } = settings.targets;
    const build = {
      engine,
      nodeHome,
      mirrors,
      env,
      baseImage: choices.baseImage ?? baseImage
    };
    const runtime = await obtainRuntime(build, beginning);
    const folder = what.folder as string;
    const image =
      choices.model === 'mounted'
        ? runtime
        : await buildModel(engine, runtime, { deployment, folder }, beginning);
    const known = await findImage(
      engine,
      parseImageName(image),
      beginning.signal
    );
    return {
      ...(await this._common(engine, beginning.signal)),
      ...{ deployment, what, choices, image },
      imageName: image,
      digest: known?.id ?? '',
      isFetched: false
    };
  }

  private async _imageParts(
    engine: Engine,
    deployment: string,
    what: IDeployable,
    choices: IContainerChoices,
    beginning: IBeginning
  ): Promise<IContainerParts> {
    const { signal, agreed, onCommit } = beginning;
    const { name, from } = this._imageOf(what, choices);
    const origin = imageText(name);
    const known = await findImage(engine, from, signal);
    const isOurs = await this._isFetched(engine, origin, beginning);
    if (!known) {
      beginning.remember?.(fetching(origin));
    }
    const image =
      known && !choices.fetch
        ? known
        : await pullImage(engine, from, beginning, this._options.env);
    await this._checkAgreed(what, origin, image, agreed);
    await onCommit?.(origin, image.digest);
    return {
      ...(await this._common(engine, signal)),
      ...{ deployment, what, choices },
      image: imageText(from),
      imageName: origin,
      digest: image.digest,
      isFetched: isOurs || known === undefined
    };
  }

  /** Whether an image that is there came for a deployment of ours, and goes with the last of them. */
  private async _isFetched(
    engine: Engine,
    origin: string,
    { remembered = [], signal }: IBeginning
  ): Promise<boolean> {
    const label = [`${LABELS.image}=${origin}`, `${LABELS.fetched}=true`];
    const others = await engine.ask('its containers', signal, docker =>
      docker.listContainers({ all: true, filters: { label } })
    );
    return others.length > 0 || remembered.includes(fetching(origin));
  }

  /** A name may mean another image than the one that was looked at. @throws DeepError `consent-needed` */
  private async _checkAgreed(
    { module }: IDeployable,
    origin: string,
    { digest }: IImage,
    agreed: string | undefined
  ): Promise<void> {
    if (agreed !== undefined && agreed !== origin && agreed !== digest) {
      throw new DeepError(
        'consent-needed',
        `${origin}, the image of ${module.title}, is ${digest} now; what was agreed to was ${agreed}. Nothing of it was started.`,
        {
          hint: 'Look at it, then deploy it anew and agree.',
          technical: JSON.stringify({ origin, commit: digest })
        }
      );
    }
  }

  private async _common(
    engine: Engine,
    signal: AbortSignal
  ): Promise<
    Pick<IContainerParts, 'isPodman' | 'publishAddress' | 'uploadMb'>
  > {
    const { isPodman } = await engine.about(signal);
    const { uploadMb } = this._options.settings.limits;
    return { isPodman, publishAddress: publishOf(engine), uploadMb };
  }

  private async _create(
    engine: Engine,
    parts: IContainerParts,
    { signal, onLog }: IBeginning
  ): Promise<void> {
    const name = containerName(parts.deployment);
    signal.throwIfAborted();
    await engine.work('making the container', signal, async docker => {
      try {
        await docker.createContainer(containerSpec(parts));
      } catch (error) {
        // A former service has made it and was killed before it could say so.
        if (!/already in use/i.test(wordsOf(error as Error))) {
          throw error;
        }
      }
    });
    try {
      await this._order(engine, 'starting the container', signal, docker =>
        docker.getContainer(name).start()
      );
    } catch (error) {
      await removeContainer(engine, name);
      const { technical = '' } = error as DeepError;
      const lacksStart = /deep-start.*not found|not found.*deep-start/is.test(
        technical
      );
      if (
        !lacksStart ||
        parts.usesOwnCommand ||
        parts.choices.service !== 'deepaas'
      ) {
        throw error;
      }
      onLog('This image has no deep-start: it is started by its own command.');
      await this._create(
        engine,
        { ...parts, usesOwnCommand: true },
        { signal, onLog, onPhase: () => undefined }
      );
    }
  }

  private async _state(
    engine: Engine,
    info: Docker.ContainerInspectInfo,
    signal: AbortSignal
  ): Promise<Pick<IObserved, 'state' | 'phase'> & Partial<IObserved>> {
    const { Status, Health } = info.State;
    switch (Status as string) {
      case 'running':
      case 'stopping':
        return {
          state: 'running',
          phase: Health?.Status === 'unhealthy' ? 'Its health check fails' : '',
          ...(await this._addresses(engine, info)),
          memoryBytes: await memoryOf(engine, info.Id, signal)
        };
      case 'created':
      case 'configured':
      case 'initialized':
        return { state: 'stopped', phase: 'Made, not started' };
      case 'paused':
        return { state: 'waiting', phase: 'Paused at the engine' };
      case 'restarting':
        return { state: 'waiting', phase: 'Restarting' };
      case 'removing':
        return { state: 'waiting', phase: 'Being removed at the engine' };
      default:
        return this._ended(engine, info, signal);
    }
  }

  private async _ended(
    engine: Engine,
    info: Docker.ContainerInspectInfo,
    signal: AbortSignal
  ): Promise<Pick<IObserved, 'state' | 'phase' | 'reason'>> {
    const { ExitCode, OOMKilled, Error: error } = info.State;
    const state: IExitState = {
      exitCode: ExitCode,
      isOutOfMemory: OOMKilled,
      error,
      limitBytes: Number(info.Config.Labels?.[LABELS.memory] ?? 0)
    };
    if (wasStopped(state)) {
      return { state: 'stopped', phase: '' };
    }
    const { text } = await engine.ask('a log', signal, (docker, abortSignal) =>
      readContainerLog(docker, info.Id, undefined, abortSignal)
    );
    return { state: 'ended', phase: '', reason: endReason(state, text) };
  }

  /** Where it can be asked from here. */
  private async _addresses(
    engine: Engine,
    { Id, Config, NetworkSettings }: Docker.ContainerInspectInfo
  ): Promise<Pick<IObserved, 'endpoint' | 'pages'>> {
    const address = async (inside: number): Promise<string | undefined> => {
      const [bound] = NetworkSettings.Ports?.[`${inside}/tcp`] ?? [];
      const port = Number(bound?.HostPort ?? 0);
      if (port === 0) {
        return undefined;
      }
      const tunnel = await engine.tunnel();
      return tunnel
        ? tunnel.forward(Id, port, this._options.sockets)
        : `http://${publishOf(engine)}:${port}`;
    };
    const service = Config.Labels?.[LABELS.service];
    const isApi = service === undefined || service === 'deepaas';
    const ide = isApi ? undefined : await address(PORTS.ide);
    const monitor = await address(PORTS.monitor);
    const pages = { ...(ide && { ide }), ...(monitor && { monitor }) };
    return {
      endpoint: isApi ? await address(PORTS.api) : undefined,
      ...(Object.keys(pages).length > 0 && { pages })
    };
  }

  private async _removeAt(
    engine: Engine,
    deployment: string,
    signal: AbortSignal
  ): Promise<void> {
    const containers = await containersOf(engine, deployment, signal);
    for (const { Id, Labels, Image } of containers) {
      await removeContainer(engine, Id);
      await (await engine.tunnel())?.unforward(Id);
      if (Labels?.[LABELS.fetched] === 'true') {
        await removeImage(engine, Image, signal);
      }
      const runtime = Labels?.[LABELS.runtime];
      await (runtime && removeRuntime(engine, runtime, signal));
    }
    await removeModel(engine, deployment, signal);
  }

  /** An order that was carried out before, or has nothing to be carried out on, is no failure. */
  private async _order(
    engine: Engine,
    doing: string,
    signal: AbortSignal,
    order: (docker: Docker) => Promise<unknown>
  ): Promise<void> {
    const call = async (docker: Docker): Promise<void> => {
      try {
        await order(docker);
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== 304) {
          throw error;
        }
      }
    };
    await engine.ask(doing, signal, call, STOP_MS);
  }

  private _imageOf(
    { module }: IDeployable,
    { tag }: IContainerChoices
  ): {
    name: ReturnType<typeof parseImageName>;
    from: ReturnType<typeof parseImageName>;
  } {
    const name = parseImageName(module.image ?? '', tag);
    return {
      name,
      from: mirrored(name, this._options.settings.targets.mirrors)
    };
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
    defaults?: TargetSetting['options'];
    /** Folder of the bundles, which go into images. */
    nodeHome: string;
    /** For ways to modules of other hosts. */
    sockets: string;
    env: Record<string, string | undefined>;
  }
}

const fetching = (image: string): string => `fetching ${image}`;

/** The engine is part of it: another one may answer first tomorrow. */
const handleOf = ({ address }: Engine, deployment: string): string =>
  `${address.text} ${deployment}`;

const publishOf = ({ address }: Engine): string =>
  address.kind === 'tcp' ? (address.publishAddress ?? LOOPBACK) : LOOPBACK;

const containersOf = (
  engine: Engine,
  deployment: string,
  signal: AbortSignal
): Promise<Docker.ContainerInfo[]> =>
  engine.ask('its containers', signal, (docker, abortSignal) =>
    docker.listContainers({
      all: true,
      filters: byLabel(LABELS.deployment, deployment),
      abortSignal
    })
  );

/** Also when whoever wanted it is gone: nothing may be left. */
const removeContainer = (engine: Engine, name: string): Promise<void> =>
  engine.ask(
    'removing a container',
    new AbortController().signal,
    async docker => {
      try {
        await docker.getContainer(name).remove({ force: true, v: true });
      } catch (error) {
        if (!isMissing(error)) {
          throw error;
        }
      }
    },
    STOP_MS
  );

/** What it was given, for people. */
function facts({
  Config,
  HostConfig
}: Docker.ContainerInspectInfo): Pick<IObserved, 'resources' | 'image'> {
  const { Memory = 0, NanoCpus = 0 } = HostConfig;
  const { image = '', digest = '' } = Object.fromEntries(
    (['image', 'digest'] as const).map(key => [
      key,
      Config.Labels?.[LABELS[key]]
    ])
  );
  const cpus = NanoCpus / 1e9;
  const given = [
    ...(cpus > 0 ? [`${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`] : []),
    ...(Memory > 0 ? [gigabytes(Memory)] : [])
  ];
  return {
    resources: given.join(', ') || undefined,
    image: [image, digest].filter(Boolean).join('@') || undefined
  };
}

/** What it uses now; a moment in which the engine cannot say so is no failure. */
async function memoryOf(
  engine: Engine,
  container: string,
  signal: AbortSignal
): Promise<number | undefined> {
  const options = { stream: false as const, 'one-shot': true };
  try {
    return await engine.ask(
      'what it uses',
      signal,
      async docker => {
        const stats = (await docker
          .getContainer(container)
          .stats(options)) as Docker.ContainerStats;
        const { usage, stats: more } = stats.memory_stats;
        const cache = Number(more?.inactive_file ?? 0);
        return usage === undefined ? undefined : usage - cache;
      },
      STATS_MS
    );
  } catch {
    return undefined;
  }
}

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
