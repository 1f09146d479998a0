import type {
  ConnectionRequest,
  Consent,
  ConsentQuestion,
  Deployment,
  ModuleApi,
  NotebookReply,
  NotebookRequest,
  PredictionRequest,
  PythonEnvironment,
  PythonModuleRequest,
  RememberedConsent,
  Run,
  Upload,
  UploadRequest
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** The routes of inference and of the modules that run, one function each. */
export class InferenceClient {
  constructor(private readonly _service: IDeepService) {}

  /** Start the module, or find the one that runs already. */
  startModule(module: string, consent?: Consent): Promise<Deployment> {
    return this._post('deployments', { module, consent });
  }

  /** What a module of foreign code would install and reach. */
  getQuestion(module: string, signal?: AbortSignal): Promise<ConsentQuestion> {
    const id = encodeURIComponent(module);
    return this._service.requestJson(`python/question?module=${id}`, {
      signal
    });
  }

  /** Name a folder, a repository or a package as a module. */
  addPythonModule(request: PythonModuleRequest): Promise<{ id: string }> {
    return this._post('python/modules', request);
  }

  async listEnvironments(): Promise<PythonEnvironment[]> {
    const { environments } = await this._service.requestJson<{
      environments: PythonEnvironment[];
    }>('python/environments');
    return environments;
  }

  async deleteEnvironment(id: string): Promise<void> {
    await this._service.request(`python/environments/${id}`, {
      method: 'DELETE'
    });
  }

  async listConsents(): Promise<RememberedConsent[]> {
    const { consents } = await this._service.requestJson<{
      consents: RememberedConsent[];
    }>('python/consents');
    return consents;
  }

  /** Its code is asked for again. */
  async revokeConsent(id: string): Promise<void> {
    await this._service.request(`python/consents/${id}`, { method: 'DELETE' });
  }

  /** Stop it and start it anew, such as for new weights. */
  restartDeployment(id: string): Promise<Deployment> {
    return this._post(`deployments/${id}/restart`, {});
  }

  /** All that is known, ended ones too. */
  async listDeployments(): Promise<Deployment[]> {
    const { deployments } = await this._service.requestJson<{
      deployments: Deployment[];
    }>('deployments');
    return deployments;
  }

  /** Stop it; forget it, where it runs elsewhere. */
  stopDeployment(id: string): Promise<Deployment> {
    return this._service.requestJson(`deployments/${id}`, {
      method: 'DELETE'
    });
  }

  /** Use a module that somebody else runs. */
  connect(
    request: ConnectionRequest,
    signal?: AbortSignal
  ): Promise<Deployment> {
    return this._service.requestJson('deployments/connections', {
      method: 'POST',
      json: request,
      signal
    });
  }

  getApi(deployment: string): Promise<ModuleApi> {
    return this._service.requestJson(`deployments/${deployment}/api`);
  }

  predict(request: PredictionRequest): Promise<Run> {
    return this._post('inference/predictions', request);
  }

  getRun(id: string): Promise<Run> {
    return this._service.requestJson(`runs/${id}`);
  }

  cancelRun(id: string): Promise<Run> {
    return this._post(`runs/${id}/cancel`, {});
  }

  /** The module's answer as it came. */
  async getResult(run: string): Promise<Blob> {
    const response = await this._service.request(`runs/${run}/result`);
    return response.blob();
  }

  /** A file that was predicted. */
  async getInput(run: string, argument: string): Promise<Blob> {
    const name = encodeURIComponent(argument);
    const response = await this._service.request(
      `inference/inputs/${run}/${name}`
    );
    return response.blob();
  }

  /** A file of a module's own example; `module` is `source/name`. */
  async getExample(
    module: string,
    example: string,
    argument: string
  ): Promise<Blob> {
    const parts = [...module.split('/'), 'examples', example, argument];
    const route = parts.map(encodeURIComponent).join('/');
    const response = await this._service.request(`catalogue/modules/${route}`);
    return response.blob();
  }

  createUpload(request: UploadRequest): Promise<Upload> {
    return this._post('inference/uploads', request);
  }

  sendPiece(
    id: string,
    offset: number,
    bytes: Blob,
    signal?: AbortSignal
  ): Promise<Upload> {
    return this._service.requestJson(
      `inference/uploads/${id}?offset=${offset}`,
      { method: 'PUT', bytes, signal }
    );
  }

  makeNotebook(request: NotebookRequest): Promise<NotebookReply> {
    return this._post('inference/notebook', request);
  }

  private _post<T>(path: string, json: unknown): Promise<T> {
    return this._service.requestJson<T>(path, { method: 'POST', json });
  }
}
