import type {
  Run,
  StorageEntry,
  StorageListing,
  StorageMoveRequest,
  StoragePerson,
  StorageShare,
  StorageShareChange,
  StorageShareRequest,
  TrashEntry,
  Upload
} from '@jupyterlab-deep/protocol';
import { URLExt } from '@jupyterlab/coreutils';
import type { IDeepService } from '../service/tokens';

/** The most that one request may carry, by the door's rule; larger files go as an upload. */
export const MOST_BYTES = 8 * 1024 * 1024;

/** What must be in the place that is written: an ETag, or nothing. */
export interface IGuard {
  ifMatch?: string;
  ifAbsent?: boolean;
}

/** The routes of the files of one account. Paths are below its root, without a `/` in front. */
export class FilesClient {
  constructor(
    private readonly _service: IDeepService,
    readonly account: string
  ) {}

  list(path: string, offset: number, limit: number): Promise<StorageListing> {
    return this._service.requestJson(
      this._files('', { path, offset: String(offset), limit: String(limit) })
    );
  }

  entry(path: string): Promise<StorageEntry> {
    return this._service.requestJson(this._files('/entry', { path }));
  }

  /** The bytes of a file, and the ETag that they have. */
  async read(path: string): Promise<{ blob: Blob; etag?: string }> {
    const response = await this._service.request(
      this._files('/content', { path })
    );
    const etag = response.headers.get('ETag') ?? undefined;
    return { blob: await response.blob(), etag };
  }

  write(path: string, bytes: Blob, guard: IGuard): Promise<StorageEntry> {
    const { ifMatch, ifAbsent } = guard;
    return this._service.requestJson(
      this._files('/content', {
        path,
        ...(ifMatch !== undefined && { ifMatch }),
        ...(ifAbsent && { ifAbsent: '1' })
      }),
      { method: 'PUT', bytes }
    );
  }

  /** Save an upload: the entry, or the run that carries a large one. */
  save(
    path: string,
    upload: string,
    guard: IGuard
  ): Promise<StorageEntry | Run> {
    return this._post(this._files('/save'), { path, upload, ...guard });
  }

  makeFolder(path: string): Promise<StorageEntry> {
    return this._post(this._files('/folders'), { path });
  }

  move(request: StorageMoveRequest): Promise<StorageEntry> {
    return this._post(this._files('/move'), request);
  }

  copy(request: StorageMoveRequest): Promise<StorageEntry> {
    return this._post(this._files('/copy'), request);
  }

  async remove(path: string): Promise<{ inTrash: boolean }> {
    return this._service.requestJson(this._files('/entry', { path }), {
      method: 'DELETE'
    });
  }

  async trash(): Promise<TrashEntry[]> {
    const { entries } = await this._service.requestJson<{
      entries: TrashEntry[];
    }>(`storage/trash/${this.account}`);
    return entries;
  }

  async restore(id: string): Promise<void> {
    await this._service.request(`storage/trash/${this.account}/restore`, {
      method: 'POST',
      json: { id }
    });
  }

  /** Where the entry is in the web page of the cloud. */
  async pageOf(path: string): Promise<string> {
    const { url } = await this._service.requestJson<{ url: string }>(
      this._files('/link', { path })
    );
    return url;
  }

  async shares(path: string): Promise<StorageShare[]> {
    const { shares } = await this._service.requestJson<{
      shares: StorageShare[];
    }>(`storage/shares/${this.account}?${new URLSearchParams({ path })}`);
    return shares;
  }

  share(request: StorageShareRequest): Promise<StorageShare> {
    return this._post(`storage/shares/${this.account}`, request);
  }

  changeShare(id: string, change: StorageShareChange): Promise<StorageShare> {
    return this._service.requestJson(this._share(id), {
      method: 'PUT',
      json: change
    });
  }

  async removeShare(id: string): Promise<void> {
    await this._service.request(this._share(id), { method: 'DELETE' });
  }

  async received(): Promise<StorageEntry[]> {
    const { entries } = await this._service.requestJson<{
      entries: StorageEntry[];
    }>(`storage/shares/${this.account}/received`);
    return entries;
  }

  async people(search: string, signal: AbortSignal): Promise<StoragePerson[]> {
    const query = new URLSearchParams({ search });
    const { people } = await this._service.requestJson<{
      people: StoragePerson[];
    }>(`storage/people/${this.account}?${query}`, { signal });
    return people;
  }

  run(id: string): Promise<Run> {
    return this._service.requestJson(`runs/${id}`);
  }

  createUpload(filename: string, sizeBytes: number): Promise<Upload> {
    return this._post('inference/uploads', { filename, sizeBytes });
  }

  sendPiece(id: string, offset: number, bytes: Blob): Promise<Upload> {
    return this._service.requestJson(
      `inference/uploads/${id}?offset=${offset}`,
      { method: 'PUT', bytes }
    );
  }

  /** Where a browser downloads a file, or a folder as ZIP. */
  downloadUrl(path: string, isFolder: boolean): string {
    const { baseUrl } = this._service.serverSettings;
    const below = isFolder
      ? this._files('/zip', { path })
      : this._files('/content', { path, download: '1' });
    return `${URLExt.join(baseUrl, 'deep')}/${below}`;
  }

  private _files(tail: string, query?: Record<string, string>): string {
    const words = query ? `?${new URLSearchParams(query)}` : '';
    return `storage/files/${this.account}${tail}${words}`;
  }

  private _share(id: string): string {
    return `storage/shares/${this.account}/${encodeURIComponent(id)}`;
  }

  private _post<T>(path: string, json: object): Promise<T> {
    return this._service.requestJson(path, { method: 'POST', json });
  }
}
