import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import { readLimits } from '../limits';

describe('the limits of the container', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  /** A root with these files of control groups. */
  function root(files: Record<string, string>): string {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(home.folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, `${content}\n`);
    }
    return home.folder;
  }

  it("are the machine's own where nothing is limited", () => {
    expect(readLimits(root({}))).toEqual({
      cpus: availableParallelism(),
      memoryBytes: totalmem()
    });
    const unlimited = root({
      'proc/self/cgroup': '0::/',
      'sys/fs/cgroup/cpu.max': 'max 100000',
      'sys/fs/cgroup/memory.max': 'max'
    });
    expect(readLimits(unlimited).memoryBytes).toBe(totalmem());
  });

  it('are read from version 2, also from groups above', () => {
    const limits = readLimits(
      root({
        'proc/self/cgroup': '0::/pod/container',
        'sys/fs/cgroup/pod/cpu.max': '50000 100000',
        'sys/fs/cgroup/pod/container/cpu.max': 'max 100000',
        'sys/fs/cgroup/pod/container/memory.max': '1048576'
      })
    );
    expect(limits).toEqual({ cpus: 0.5, memoryBytes: 1048576 });
  });

  it('are read from version 1', () => {
    const limits = readLimits(
      root({
        'proc/self/cgroup':
          '4:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n2:pids:/',
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '25000',
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': '2097152'
      })
    );
    expect(limits).toEqual({ cpus: 0.25, memoryBytes: 2097152 });
  });

  it('take -1 of version 1 for no limit', () => {
    const { cpus } = readLimits(
      root({
        'proc/self/cgroup': '3:cpu:/',
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000'
      })
    );
    expect(cpus).toBe(availableParallelism());
  });
});
