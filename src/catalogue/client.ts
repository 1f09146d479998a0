import type { CatalogueListing, Module } from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';
import type { ICatalogue } from './tokens';

/** The most that the service lists at once. */
const LIMIT = 10_000;

/** The catalogue's routes, one function each. */
export class CatalogueClient implements ICatalogue {
  constructor(private readonly _service: IDeepService) {}

  list(text = ''): Promise<CatalogueListing> {
    const query = new URLSearchParams({ limit: String(LIMIT) });
    if (text) {
      query.set('text', text);
    }
    return this._service.requestJson(`catalogue/modules?${query}`);
  }

  get(id: string): Promise<Module> {
    return this._service.requestJson(`catalogue/modules/${moduleRoute(id)}`);
  }

  /** Ask the service to read its sources again; it tells of the end by an event. */
  async refresh(): Promise<void> {
    await this._service.request('catalogue/refresh', {
      method: 'POST',
      json: {}
    });
  }
}

/** `source/name`, each part escaped. */
export function moduleRoute(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}
