import type Docker from 'dockerode';

const CPU_PERIOD_US = 100_000;

/**
 * The same order in Podman's own words: its copy of Docker's API passes no devices of the Container Device Interface on, neither as
 * devices nor as requests for them.
 */
export function podmanSpec(
  order: Docker.ContainerCreateOptions,
  gpus: number
): object {
  const { Labels, Cmd, Env = [], HostConfig = {} } = order;
  const { Memory, MemorySwap, NanoCpus = 0 } = HostConfig;
  return {
    name: order.name,
    image: order.Image,
    labels: Labels,
    ...(Cmd && { command: Cmd }),
    env: Object.fromEntries(Env.map(nameAndValue)),
    portmappings: portsOf(HostConfig),
    resource_limits: {
      memory: { limit: Memory, swap: MemorySwap },
      cpu: {
        period: CPU_PERIOD_US,
        quota: Math.round((NanoCpus / 1e9) * CPU_PERIOD_US)
      }
    },
    mounts: mountsOf(HostConfig),
    no_new_privileges: true,
    read_only_filesystem: HostConfig.ReadonlyRootfs ?? false,
    cap_drop: HostConfig.CapDrop ?? [],
    devices: Array.from({ length: gpus }, (_, index) => ({
      path: `nvidia.com/gpu=${index}`
    }))
  };
}

function nameAndValue(text: string): [string, string] {
  const gap = text.indexOf('=');
  return [text.slice(0, gap), text.slice(gap + 1)];
}

function portsOf({ PortBindings }: Docker.HostConfig): object[] {
  const all = PortBindings as Record<
    string,
    { HostIp: string; HostPort: string }[]
  >;
  return Object.entries(all).flatMap(([inside, bindings]) =>
    bindings.map(({ HostIp, HostPort }) => ({
      container_port: parseInt(inside, 10),
      host_ip: HostIp,
      // Left out: any that is free.
      ...(HostPort && { host_port: Number(HostPort) })
    }))
  );
}

function mountsOf({
  Binds = [],
  Mounts = [],
  Tmpfs = {}
}: Docker.HostConfig): object[] {
  const short = Binds.map(text => {
    const [source, destination, access] = text.split(':');
    return { type: 'bind', source, destination, options: ['rbind', access] };
  });
  const long = Mounts.map(({ Source, Target, ReadOnly }) => ({
    type: 'bind',
    source: Source,
    destination: Target,
    options: ['rbind', ReadOnly ? 'ro' : 'rw']
  }));
  const temporary = Object.entries(Tmpfs).map(([destination, options]) => ({
    type: 'tmpfs',
    source: 'tmpfs',
    destination,
    options: options.split(',')
  }));
  return [...short, ...long, ...temporary];
}
