import type {
  Deployment,
  DeploymentRequest,
  JobRequest,
  Run,
  RunListing,
  Target,
  TargetPlan,
  TargetRequest,
  TargetTemplate,
  TargetTemplates
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';
import type { ILogPiece } from '../shared/logFollower';

/** What may still be lost or go on. */
const OPEN: Run['state'][] = ['queued', 'running', 'paused'];

/** The routes of deployments and targets, one function each. */
export class DeploymentsClient {
  constructor(private readonly _service: IDeepService) {}

  /** All that is known, ended ones too. */
  async list(): Promise<Deployment[]> {
    const { deployments } = await this._service.requestJson<{
      deployments: Deployment[];
    }>('deployments');
    return deployments;
  }

  get(id: string): Promise<Deployment> {
    return this._service.requestJson(pathOf(id));
  }

  async targets(): Promise<Target[]> {
    const { targets } = await this._service.requestJson<{ targets: Target[] }>(
      'deployments/targets'
    );
    return targets;
  }

  /** Add a place of the user's own. */
  addTarget(request: TargetRequest): Promise<Target> {
    return this._post('deployments/targets', request);
  }

  /** Forget one. */
  async removeTarget(target: string): Promise<void> {
    await this._service.request(targetPath(target), { method: 'DELETE' });
  }

  /** TOSCA templates of a target. */
  templates(target: string): Promise<TargetTemplates> {
    return this._service.requestJson(`${targetPath(target)}/templates`);
  }

  bringTemplate(
    target: string,
    name: string,
    text: string
  ): Promise<TargetTemplate> {
    return this._post(`${targetPath(target)}/templates`, { name, text });
  }

  async forgetTemplate(target: string, template: string): Promise<void> {
    const path = `${targetPath(target)}/templates/${encodeURIComponent(template)}`;
    await this._service.request(path, { method: 'DELETE' });
  }

  /** Ask a target whether it can be used now. */
  check(target: string): Promise<Target> {
    return this._post(`${targetPath(target)}/check`, {});
  }

  /** What would happen if the module were deployed, or a batch job, there. */
  plan(
    target: string,
    module: string,
    as?: 'deployment' | 'job'
  ): Promise<TargetPlan> {
    return this._post(`${targetPath(target)}/plan`, {
      module,
      ...(as === 'job' && { as })
    });
  }

  /** Have a script carried out there. */
  submit(target: string, request: JobRequest): Promise<Run> {
    return this._post(`${targetPath(target)}/jobs`, request);
  }

  deploy(request: DeploymentRequest): Promise<Deployment> {
    return this._post('deployments', request);
  }

  act(id: string, order: 'stop' | 'start' | 'restart'): Promise<Deployment> {
    return this._post(`${pathOf(id)}/${order}`, {});
  }

  /** Leave nothing of it at its target, and forget it: `deployment-removed` tells when that is done. */
  remove(id: string): Promise<Deployment> {
    return this._service.requestJson(`${pathOf(id)}?remove=true`, {
      method: 'DELETE'
    });
  }

  /** Forget what somebody else runs; its server goes on. */
  disconnect(id: string): Promise<Deployment> {
    return this._service.requestJson(pathOf(id), { method: 'DELETE' });
  }

  async openRuns(): Promise<Run[]> {
    const listings = await Promise.all(
      OPEN.map(state =>
        this._service.requestJson<RunListing>(`runs?state=${state}`)
      )
    );
    return listings.flatMap(({ runs }) => runs);
  }

  /** Its log from an offset on, as far as one reply goes. */
  async log(id: string, offset: number): Promise<ILogPiece> {
    const response = await this._service.request(
      `${pathOf(id)}/log?offset=${offset}`
    );
    const next = Number(response.headers.get('x-deep-offset') ?? offset);
    return { text: await response.text(), next };
  }

  private _post<T>(path: string, json: object): Promise<T> {
    return this._service.requestJson(path, { method: 'POST', json });
  }
}

const pathOf = (id: string): string => `deployments/${encodeURIComponent(id)}`;

const targetPath = (target: string): string =>
  `deployments/targets/${encodeURIComponent(target)}`;
