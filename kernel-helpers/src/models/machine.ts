import { readFileSync } from 'node:fs';
import * as os from 'node:os';

/** What this process may use of the machine, within its container's limits. */
export interface IMachineLimits {
  /** CPUs, perhaps a fraction; at least 0.1. */
  cpus: number;
  memoryBytes: number;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Not Linux, or the other version of cgroups: then there is no limit of this kind.
    return '';
  }
};

/** Paths of this process's groups by controller; version 2 has one under the empty name. */
function groupPaths(root: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of read(`${root}/proc/self/cgroup`).split('\n')) {
    const [, controllers = '', ...group] = line.split(':');
    for (const controller of controllers.split(',')) {
      groups.set(controller, group.join(':') || '/');
    }
  }
  return groups;
}

/** A group and those above it: each can carry a limit. In a container the own path may not be mounted. */
function withParents(base: string, group: string): string[] {
  const parts = group.split('/').filter(Boolean);
  return parts
    .map((_, index) => `${base}/${parts.slice(0, index + 1).join('/')}`)
    .concat(base);
}

const positive = (text: string): number =>
  /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : Infinity;

function cpuLimitV2(folder: string): number {
  const [quota = '', period = ''] = read(`${folder}/cpu.max`).split(' ');
  return positive(quota) / (Number(period) || 1);
}

function cpuLimitV1(folder: string): number {
  const period = Number(read(`${folder}/cpu.cfs_period_us`)) || 1;
  return positive(read(`${folder}/cpu.cfs_quota_us`)) / period;
}

/**
 * CPUs and memory that this process may use: cgroup limits (versions 1 and 2), the CPUs it is pinned to, the machine's memory.
 * @param root - Where `/proc` and `/sys` lie; tests give a folder.
 */
export function machineLimits(root = ''): IMachineLimits {
  const groups = groupPaths(root);
  const base = `${root}/sys/fs/cgroup`;
  const unified = withParents(base, groups.get('') ?? '/');
  const cpu = withParents(`${base}/cpu`, groups.get('cpu') ?? '/');
  const memory = withParents(`${base}/memory`, groups.get('memory') ?? '/');
  const cpus = Math.min(
    os.availableParallelism(),
    ...unified.map(cpuLimitV2),
    ...cpu.map(cpuLimitV1)
  );
  const memoryBytes = Math.min(
    os.totalmem(),
    ...unified.map(folder => positive(read(`${folder}/memory.max`))),
    ...memory.map(folder => positive(read(`${folder}/memory.limit_in_bytes`)))
  );
  return { cpus: Math.max(0.1, cpus), memoryBytes };
}
