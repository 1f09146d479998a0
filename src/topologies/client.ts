import type {
  KnownTopologyModule,
  Run,
  RunListing,
  TopologyCheck,
  TopologyCheckRequest,
  TopologyExport,
  TopologyExportRequest,
  TopologyItems,
  TopologyModule,
  TopologyModuleRequest,
  TopologyPreview,
  TopologyPreviewRequest,
  TopologyRunRequest,
  TopologyServeRequest
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** Which of the items of a run. */
export interface IItemsQuery {
  node?: string;
  port?: string;
  state?: 'failed';
  offset?: number;
  limit?: number;
}

/** So many runs are looked through for those of a document. */
const MOST_RUNS = 200;

/** The routes of topologies, one function each. */
export class TopologiesClient {
  constructor(private readonly _service: IDeepService) {}

  check(
    request: TopologyCheckRequest,
    signal?: AbortSignal
  ): Promise<TopologyCheck> {
    return this._post('topologies/check', request, signal);
  }

  /** Ask a module for its ports; it is started if need be. */
  askModule(request: TopologyModuleRequest): Promise<TopologyModule> {
    return this._post('topologies/modules', request);
  }

  /** The same as it was when it was last asked; nothing is started. */
  knownModule(module: string): Promise<KnownTopologyModule> {
    const query = new URLSearchParams({ module });
    return this._service.requestJson(`topologies/modules?${query}`);
  }

  preview(
    request: TopologyPreviewRequest,
    signal?: AbortSignal
  ): Promise<TopologyPreview> {
    return this._post('topologies/preview', request, signal);
  }

  run(request: TopologyRunRequest): Promise<Run> {
    return this._post('topologies/runs', request);
  }

  /** Newest first. */
  async listRuns(): Promise<Run[]> {
    const { runs } = await this._service.requestJson<RunListing>(
      `runs?limit=${MOST_RUNS}`
    );
    return runs.filter(({ kind }) => kind === 'topology');
  }

  items(
    run: string,
    query: IItemsQuery,
    signal?: AbortSignal
  ): Promise<TopologyItems> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) {
        search.set(name, String(value));
      }
    }
    return this._service.requestJson(`topologies/runs/${run}/items?${search}`, {
      signal
    });
  }

  async itemFile(run: string, item: number): Promise<Blob> {
    const response = await this._service.request(
      `topologies/runs/${run}/items/${item}/content`
    );
    return response.blob();
  }

  serve(request: TopologyServeRequest): Promise<{ module: string }> {
    return this._post('topologies/served', request);
  }

  exportAs(request: TopologyExportRequest): Promise<TopologyExport> {
    return this._post('topologies/exports', request);
  }

  private _post<T>(
    path: string,
    json: unknown,
    signal?: AbortSignal
  ): Promise<T> {
    return this._service.requestJson(path, { method: 'POST', json, signal });
  }
}
