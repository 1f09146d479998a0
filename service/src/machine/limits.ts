import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';

/** What this container may use, which is often less than the host has. */
export interface ILimits {
  cpus: number;
  memoryBytes: number;
}

/**
 * CPUs and memory within the limits of the control group, version 1 or 2.
 *
 * @param root Root of the file system that is asked; another one in tests.
 */
export function readLimits(root = '/'): ILimits {
  const groups = readGroups(root);
  return {
    cpus: Math.min(availableParallelism(), ...groups.map(group => group.cpus)),
    memoryBytes: Math.min(totalmem(), ...groups.map(group => group.memoryBytes))
  };
}

const NONE: ILimits = { cpus: Infinity, memoryBytes: Infinity };

function readGroups(root: string): ILimits[] {
  const lines = readText(path.join(root, 'proc/self/cgroup'))?.split('\n');
  return (lines ?? []).flatMap(line => {
    const [, controllers, group] = line.split(':');
    return group === undefined
      ? []
      : ancestors(group).map(folder => readGroup(root, controllers, folder));
  });
}

/** A limit of any group above holds too. In a container the group's own path may be unseen, but `/` is there. */
function ancestors(group: string): string[] {
  const parent = path.dirname(group);
  return parent === group ? [group] : [group, ...ancestors(parent)];
}

function readGroup(root: string, controllers: string, group: string): ILimits {
  const base = path.join(root, 'sys/fs/cgroup');
  if (controllers === '') {
    return readUnified(path.join(base, group));
  }
  const names = controllers.split(',');
  return {
    cpus: names.includes('cpu')
      ? readQuota(path.join(base, 'cpu', group))
      : NONE.cpus,
    memoryBytes: names.includes('memory')
      ? number(
          readText(path.join(base, 'memory', group, 'memory.limit_in_bytes'))
        )
      : NONE.memoryBytes
  };
}

function readUnified(folder: string): ILimits {
  const [quota, period] = (
    readText(path.join(folder, 'cpu.max')) ?? 'max'
  ).split(' ');
  return {
    cpus: number(quota) / number(period ?? '1'),
    memoryBytes: number(readText(path.join(folder, 'memory.max')))
  };
}

function readQuota(folder: string): number {
  const quota = number(readText(path.join(folder, 'cpu.cfs_quota_us')));
  const period = number(readText(path.join(folder, 'cpu.cfs_period_us')));
  // Version 1 writes "no limit" as -1.
  return quota > 0 && Number.isFinite(period) ? quota / period : Infinity;
}

/** `max`, nothing and what is no number all mean "no limit". */
const number = (text: string | undefined): number =>
  text !== undefined && /^-?\d+$/.test(text.trim()) ? Number(text) : Infinity;

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Not every system has every file: absent means without limit.
    return undefined;
  }
}
