import { hostname } from 'node:os';
import { Health } from '@jupyterlab-deep/protocol';
import { listGpus } from './machine/gpus';
import { ILimits } from './machine/limits';
import { Store } from './store/store';
import { version } from './version';

/** What the service says about itself. */
export async function readHealth(facts: {
  startedAt: Date;
  store: Store;
  limits: ILimits;
  active: Health['active'];
  notes: string[];
}): Promise<Health> {
  const { startedAt, store, limits, active, notes } = facts;
  return {
    status: 'ok',
    version,
    pid: process.pid,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    startedAt: startedAt.toISOString(),
    uptimeS: process.uptime(),
    memoryBytes: process.memoryUsage.rss(),
    store: {
      path: store.folder,
      schema: store.version,
      ...(await store.size())
    },
    machine: { host: hostname(), ...limits, gpus: await listGpus() },
    active,
    notes
  };
}
