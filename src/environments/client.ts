import type {
  InstalledPackage,
  KernelEnvironment,
  MachineReport,
  Run
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** The routes of environments, one function each. */
export class EnvironmentsClient {
  constructor(private readonly _service: IDeepService) {}

  async list(): Promise<KernelEnvironment[]> {
    const { environments } = await this._service.requestJson<{
      environments: KernelEnvironment[];
    }>('environments');
    return environments;
  }

  machine(): Promise<MachineReport> {
    return this._service.requestJson('machine');
  }

  run(id: string): Promise<Run> {
    return this._service.requestJson(`runs/${encodeURIComponent(id)}`);
  }

  /** Make it, or make it anew. */
  create(name: string): Promise<Run> {
    return this._service.requestJson(pathOf(name), {
      method: 'POST',
      json: {}
    });
  }

  cancel(run: string): Promise<Run> {
    return this._service.requestJson(`runs/${encodeURIComponent(run)}/cancel`, {
      method: 'POST',
      json: {}
    });
  }

  async remove(name: string): Promise<void> {
    await this._service.request(pathOf(name), { method: 'DELETE' });
  }

  async packages(name: string): Promise<InstalledPackage[]> {
    const { packages } = await this._service.requestJson<{
      packages: InstalledPackage[];
    }>(`${pathOf(name)}/packages`);
    return packages;
  }

  async log(
    run: string,
    offset: number
  ): Promise<{ text: string; next: number }> {
    const response = await this._service.request(
      `runs/${encodeURIComponent(run)}/log?offset=${offset}`
    );
    const next = Number(response.headers.get('x-deep-offset') ?? offset);
    return { text: await response.text(), next };
  }
}

const pathOf = (name: string): string =>
  `environments/${encodeURIComponent(name)}`;
