import { setTimeout as sleep } from 'node:timers/promises';
import type {
  EnvironmentDevice,
  InstalledPackage,
  KernelEnvironment,
  MachineReport,
  Run,
  RunState
} from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { display, type IProgress } from '../display';
import { shownAs } from '../display/bundle';
import { interruptible } from '../interrupt';
import { listBundle, madeBundle } from './shown';

const LOOK_EVERY_MS = 300;
const AT_WORK: RunState[] = ['queued', 'running'];

interface ICancellable {
  signal?: AbortSignal;
}

/** How an environment is made. */
export interface ICreateOptions extends ICancellable {
  /** `cpu`, `cuda` or `any`; without it what suits this machine. */
  device?: EnvironmentDevice;
  /** When the waiting is cancelled (signal, stop button), cancel the making too. Else it goes on: *Activity* shows it. */
  cancelsRun?: boolean;
}

/** Ready-to-use environments for notebooks. */
export const environments = {
  /**
   * What there is, what making each takes, and what was made; shown as a table.
   *
   * ```ts
   * await environments.list();
   * ```
   */
  async list({ signal }: ICancellable = {}): Promise<KernelEnvironment[]> {
    const { environments: found } = await service.json<{
      environments: KernelEnvironment[];
    }>('/environments', { signal });
    return shownAs(found, listBundle);
  },

  /**
   * Make one, or make it anew, and wait until its kernel can be chosen; the work goes on when this kernel ends.
   *
   * ```ts
   * const { made } = await environments.create('scikit-learn');
   * ```
   *
   * @throws DeepError `not-found`, `environment-failed`, `no-space`, `cancelled`.
   */
  create(
    name: string,
    { device, cancelsRun = false, signal }: ICreateOptions = {}
  ): Promise<KernelEnvironment> {
    return interruptible(signal, async stop => {
      const run = await service.json<Run>(pathOf(name), {
        method: 'POST',
        body: { device },
        signal: stop
      });
      await watch(run, cancelsRun, stop);
      const about = await service.json<KernelEnvironment>(pathOf(name), {
        signal: stop
      });
      return shownAs(about, madeBundle);
    });
  },

  /**
   * Everything that is installed in one that was made.
   *
   * @throws DeepError `not-found`.
   */
  async packages(
    name: string,
    { signal }: ICancellable = {}
  ): Promise<InstalledPackage[]> {
    const { packages } = await service.json<{ packages: InstalledPackage[] }>(
      `${pathOf(name)}/packages`,
      { signal }
    );
    return packages;
  },

  /**
   * Remove one that no kernel runs in.
   *
   * @throws DeepError `not-found`, `conflict`.
   */
  async remove(name: string, { signal }: ICancellable = {}): Promise<void> {
    await service.request(pathOf(name), { method: 'DELETE', signal });
  },

  /** CPUs, memory, GPUs and disk of this machine, within the limits that hold. */
  machine({ signal }: ICancellable = {}): Promise<MachineReport> {
    return service.json<MachineReport>('/machine', { signal });
  }
};

const pathOf = (name: string): string =>
  `/environments/${encodeURIComponent(name)}`;
const runPath = (id: string): string => `/runs/${encodeURIComponent(id)}`;

async function watch(
  started: Run,
  cancelsRun: boolean,
  signal: AbortSignal | undefined
): Promise<void> {
  const line = display.progress(started.title);
  let run = started;
  try {
    while (AT_WORK.includes(run.state)) {
      show(line, run);
      throwIfCancelled(signal);
      await sleep(LOOK_EVERY_MS);
      run = await service.json<Run>(runPath(run.id), { signal });
    }
  } catch (error) {
    if (cancelsRun && (error as DeepError).key === 'cancelled') {
      const options = { method: 'POST', body: {} } as const;
      await service.json(`${runPath(run.id)}/cancel`, options);
    }
    throw error;
  } finally {
    const isLeft = AT_WORK.includes(run.state) && !cancelsRun;
    line.end(`${run.title}: ${isLeft ? 'it goes on' : run.state}`);
  }
  if (run.state !== 'succeeded') {
    throw run.error
      ? DeepError.fromProblem(run.error)
      : new DeepError('interrupted', `${run.title} is ${run.state}.`);
  }
}

const show = (line: IProgress, { title, phase, progress, state }: Run): void =>
  line.update(`${title}: ${phase || state}`, progress);
