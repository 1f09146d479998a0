import type {
  CatalogueListing,
  Deployment,
  DeploymentRequest,
  ModelInspection,
  ModelPlace,
  ModelRequest,
  ModuleCard,
  SavedModel,
  Target,
  TargetPlan,
  WrittenPythonModule
} from '@jupyterlab-deep/protocol';
import { DeepRequestError } from '../../service/errors';
import type { IDeepService } from '../../service/tokens';

/** The routes that make a module of a model and deploy it, one function each. */
export class WizardClient {
  constructor(private readonly _service: IDeepService) {}

  inspect(file: ModelPlace): Promise<ModelInspection> {
    return this._post('models/inspections', { file });
  }

  save(request: ModelRequest): Promise<SavedModel> {
    return this._post('models', request);
  }

  /** Give a draft its name. */
  finish(draft: string, replace: boolean): Promise<SavedModel> {
    return this._post(`models/${encodeURIComponent(draft)}/finish`, {
      replace
    });
  }

  async remove(name: string): Promise<void> {
    await this._service.request(`models/${encodeURIComponent(name)}`, {
      method: 'DELETE'
    });
  }

  writePython(name: string, folder: ModelPlace): Promise<WrittenPythonModule> {
    return this._post(`models/${encodeURIComponent(name)}/python`, { folder });
  }

  /** What its user has made before. */
  async listOwn(): Promise<ModuleCard[]> {
    const { modules } = await this._service.requestJson<CatalogueListing>(
      'catalogue/modules?source=mine'
    );
    return modules;
  }

  /** Where modules can run; null where the service knows only this machine. */
  async targets(): Promise<Target[] | null> {
    return orNull(async () => {
      const { targets } = await this._service.requestJson<{
        targets: Target[];
      }>('deployments/targets');
      return targets;
    });
  }

  /** Ask a target now whether it can be used. */
  check(target: string): Promise<Target> {
    return this._post(
      `deployments/targets/${encodeURIComponent(target)}/check`,
      {}
    );
  }

  /** What would happen; null where the service makes no plans. */
  plan(target: string, module: string): Promise<TargetPlan | null> {
    const path = `deployments/targets/${encodeURIComponent(target)}/plan`;
    return orNull(() => this._post<TargetPlan>(path, { module }));
  }

  deploy(request: DeploymentRequest): Promise<Deployment> {
    return this._post('deployments', request);
  }

  private _post<T>(path: string, json: object): Promise<T> {
    return this._service.requestJson(path, { method: 'POST', json });
  }
}

/** An older service does not know the route. */
async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (reason) {
    if (reason instanceof DeepRequestError && reason.status === 404) {
      return null;
    }
    throw reason;
  }
}
