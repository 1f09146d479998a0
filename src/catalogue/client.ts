import type {
  CatalogueListing,
  CatalogueQuery,
  CatalogueSource,
  ModuleDetail,
  SourceRequest
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** The catalogue's routes, one function each. */
export class CatalogueClient {
  constructor(private readonly _service: IDeepService) {}

  list(
    query: CatalogueQuery = {},
    signal?: AbortSignal
  ): Promise<CatalogueListing> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      for (const each of [value ?? []].flat()) {
        search.append(name, String(each));
      }
    }
    return this._service.requestJson(`catalogue/modules?${search}`, { signal });
  }

  get(id: string): Promise<ModuleDetail> {
    return this._service.requestJson(`catalogue/modules/${moduleRoute(id)}`);
  }

  /** Have a source read again, or all; events tell how it goes. */
  async refresh(source?: string): Promise<void> {
    await this._service.request('catalogue/refresh', {
      method: 'POST',
      json: source === undefined ? {} : { source }
    });
  }

  async cancelRefresh(): Promise<void> {
    await this._service.request('catalogue/refresh/cancel', {
      method: 'POST',
      json: {}
    });
  }

  addSource(json: SourceRequest): Promise<CatalogueSource> {
    return this._service.requestJson('catalogue/sources', {
      method: 'POST',
      json
    });
  }

  switchSource(id: string, enabled: boolean): Promise<CatalogueSource> {
    return this._service.requestJson(
      `catalogue/sources/${encodeURIComponent(id)}`,
      { method: 'PUT', json: { enabled } }
    );
  }

  async removeSource(id: string): Promise<void> {
    await this._service.request(`catalogue/sources/${encodeURIComponent(id)}`, {
      method: 'DELETE'
    });
  }
}

/** `source/name`, each part escaped. */
export function moduleRoute(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}
