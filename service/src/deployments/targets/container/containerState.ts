import type Docker from 'dockerode';
import { gigabytes } from '../../../machine/sizes';
import { IObserved } from '../target';
import { endReason, IExitState, wasStopped } from './containerEnd';
import { readContainerLog } from './containerLog';
import { PORTS } from './containerSpec';
import { Engine } from './engine';
import { publishOf } from './engineAddress';
import { LABELS } from './labels';

const STATS_MS = 3_000;

/**
 * How a container stands.
 *
 * @param sockets Folder for ways to modules of other hosts.
 */
export async function stateOf(
  engine: Engine,
  info: Docker.ContainerInspectInfo,
  sockets: string,
  signal: AbortSignal
): Promise<Pick<IObserved, 'state' | 'phase'> & Partial<IObserved>> {
  const { Status, Health } = info.State;
  switch (Status as string) {
    case 'running':
    case 'stopping':
      return {
        state: 'running',
        phase: Health?.Status === 'unhealthy' ? 'Its health check fails' : '',
        ...(await addressesOf(engine, info, sockets))
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
      return endOf(engine, info, signal);
  }
}

async function endOf(
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
async function addressesOf(
  engine: Engine,
  { Id, Config, NetworkSettings }: Docker.ContainerInspectInfo,
  sockets: string
): Promise<Pick<IObserved, 'endpoint' | 'pages'>> {
  const portOf = (inside: number): number => {
    const [bound] = NetworkSettings.Ports?.[`${inside}/tcp`] ?? [];
    return Number(bound?.HostPort ?? 0);
  };
  const isApi = (Config.Labels?.[LABELS.service] ?? 'deepaas') === 'deepaas';
  const api = isApi ? portOf(PORTS.api) : 0;
  const tunnel = await engine.tunnel();
  if (tunnel) {
    // Browsers reach no pages on the loopback of another host.
    return api === 0
      ? {}
      : { endpoint: await tunnel.forward(Id, api, sockets) };
  }
  const at = (port: number): string =>
    `http://${publishOf(engine.address)}:${port}`;
  const ide = isApi ? 0 : portOf(PORTS.ide);
  const monitor = portOf(PORTS.monitor);
  const pages = {
    ...(ide > 0 && { ide: at(ide) }),
    ...(monitor > 0 && { monitor: at(monitor) })
  };
  return {
    ...(api > 0 && { endpoint: at(api) }),
    ...(Object.keys(pages).length > 0 && { pages })
  };
}

/** What it was given, for people. */
export function factsOf({
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
export async function memoryOf(
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
