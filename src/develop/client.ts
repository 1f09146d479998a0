import type {
  CheckReport,
  CheckRequest,
  Consent,
  Development,
  NewModuleRequest,
  NotebookReading,
  Run,
  WrittenModule
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

const place = (path: string) => ({ from: 'jupyter' as const, path });

/** The routes by which modules are written, served while they are edited, and checked. */
export class DevelopClient {
  constructor(private readonly _service: IDeepService) {}

  write(request: NewModuleRequest): Promise<WrittenModule> {
    return this._post('develop/modules', request);
  }

  /** What would become of a notebook of Jupyter. */
  readNotebook(path: string): Promise<NotebookReading> {
    return this._post('develop/notebooks', { notebook: place(path) });
  }

  /** Serve a folder of Jupyter. */
  serve(path: string): Promise<Development> {
    return this._post('develop/sessions', { folder: place(path) });
  }

  /** How it stands; whoever asks keeps it going. */
  development(id: string): Promise<Development> {
    return this._service.requestJson(sessionPath(id));
  }

  restart(id: string, consent?: Consent): Promise<Development> {
    return this._post(`${sessionPath(id)}/restart`, { consent });
  }

  async end(id: string): Promise<void> {
    await this._service.request(sessionPath(id), { method: 'DELETE' });
  }

  check(request: CheckRequest): Promise<Run> {
    return this._post('modules/checks', request);
  }

  report(run: string): Promise<CheckReport> {
    return this._service.requestJson(`runs/${encodeURIComponent(run)}/result`);
  }

  private _post<T>(path: string, json: object): Promise<T> {
    return this._service.requestJson(path, { method: 'POST', json });
  }
}

const sessionPath = (id: string): string =>
  `develop/sessions/${encodeURIComponent(id)}`;
