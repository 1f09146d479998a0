import type {
  EnvironmentDevice,
  InstalledPackage,
  KernelEnvironment,
  MachineReport
} from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { shownAs } from '../display/bundle';
import { carryOutRun, IWaitingForEnd } from '../runs/carryOut';
import { listBundle, madeBundle } from './shown';

interface ICancellable {
  signal?: AbortSignal;
}

/** How an environment is made. */
export interface ICreateOptions extends IWaitingForEnd {
  /** `cpu`, `cuda` or `any`; without it what suits this machine. */
  device?: EnvironmentDevice;
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
  async create(
    name: string,
    { device, ...waiting }: ICreateOptions = {}
  ): Promise<KernelEnvironment> {
    await carryOutRun(pathOf(name), { device }, waiting);
    const about = await service.json<KernelEnvironment>(pathOf(name), {
      signal: waiting.signal
    });
    return shownAs(about, madeBundle);
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
