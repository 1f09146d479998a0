import { mkdirSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { machineLimits } from '../machine';
import { Scratch } from './surroundings';

const GB = 1024 ** 3;

describe('The limits of the machine', () => {
  const scratch = new Scratch();
  let count = 0;

  afterAll(() => scratch.remove());

  const limitsWith = (files: Record<string, string>) => {
    const root = scratch.file(String(count++));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), `${text}\n`);
    }
    return machineLimits(root);
  };

  it('are those of the machine where no container sets any', () => {
    expect(limitsWith({})).toEqual({
      cpus: os.availableParallelism(),
      memoryBytes: os.totalmem()
    });
  });

  it('follow version 2 of cgroups, fractions included', () => {
    const limits = limitsWith({
      'proc/self/cgroup': '0::/',
      'sys/fs/cgroup/cpu.max': '50000 100000',
      'sys/fs/cgroup/memory.max': String(GB)
    });
    expect(limits).toEqual({ cpus: 0.5, memoryBytes: GB });
  });

  it('are those of the strictest group above', () => {
    const limits = limitsWith({
      'proc/self/cgroup': '0::/user/lab',
      'sys/fs/cgroup/user/cpu.max': '80000 100000',
      'sys/fs/cgroup/user/lab/cpu.max': 'max 100000',
      'sys/fs/cgroup/user/lab/memory.max': 'max',
      'sys/fs/cgroup/user/memory.max': String(2 * GB)
    });
    expect(limits).toEqual({ cpus: 0.8, memoryBytes: 2 * GB });
  });

  it('follow version 1 of cgroups', () => {
    const limits = limitsWith({
      'proc/self/cgroup': '4:memory:/docker/x\n3:cpu,cpuacct:/docker/x',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '25000',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': String(GB)
    });
    expect(limits).toEqual({ cpus: 0.25, memoryBytes: GB });
  });

  it('ignore what version 1 writes for no limit', () => {
    const limits = limitsWith({
      'proc/self/cgroup': '3:cpu,cpuacct:/\n4:memory:/',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712'
    });
    expect(limits.cpus).toBe(os.availableParallelism());
    expect(limits.memoryBytes).toBe(os.totalmem());
  });
});
