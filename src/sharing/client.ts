import type {
  AuthorKey,
  ExportedKey,
  FetchRequest,
  KeyImport,
  KeyImportRequest,
  OpenLinkRequest,
  Publication,
  Publications,
  PublishRequest,
  ReceivedModules,
  Run,
  SharedLink,
  SharedLinks,
  SharedModule,
  SharePreview,
  SharePreviewRequest,
  SharingFolders,
  StorageAccount,
  StorageAccounts,
  Withdrawal
} from '@jupyterlab-deep/protocol';
import type { IDeepService } from '../service/tokens';

/** The routes of sharing, one function each. */
export class SharingClient {
  constructor(private readonly _service: IDeepService) {}

  preview(what: SharePreviewRequest): Promise<SharePreview> {
    return this._post('sharing/preview', what);
  }

  publish(request: PublishRequest): Promise<Run> {
    return this._post('sharing/publications', request);
  }

  async published(): Promise<Publication[]> {
    const { publications } = await this._service.requestJson<Publications>(
      'sharing/publications'
    );
    return publications;
  }

  async withdraw(withdrawal: Withdrawal): Promise<void> {
    await this._service.request('sharing/withdrawals', {
      method: 'POST',
      json: withdrawal
    });
  }

  received(): Promise<ReceivedModules> {
    return this._service.requestJson('sharing/received');
  }

  fetch(name: string, request: FetchRequest): Promise<Run> {
    return this._post(`${pathOf(name)}/fetch`, request);
  }

  trust(name: string, key: string): Promise<SharedModule> {
    return this._post(`${pathOf(name)}/trust`, { key });
  }

  async forget(name: string): Promise<void> {
    await this._service.request(pathOf(name), { method: 'DELETE' });
  }

  /** Links that were opened. */
  async links(): Promise<SharedLink[]> {
    const { links } =
      await this._service.requestJson<SharedLinks>('sharing/links');
    return links;
  }

  async openLink(request: OpenLinkRequest): Promise<SharedModule[]> {
    const { modules } = await this._post<{ modules: SharedModule[] }>(
      'sharing/links',
      request
    );
    return modules;
  }

  async removeLink(id: string): Promise<void> {
    await this._service.request(`sharing/links/${encodeURIComponent(id)}`, {
      method: 'DELETE'
    });
  }

  /** Fingerprint of the key that signs. */
  async key(): Promise<string> {
    return (await this._service.requestJson<AuthorKey>('sharing/key')).key;
  }

  exportKey(passphrase: string): Promise<ExportedKey> {
    return this._post('sharing/key/export', { passphrase });
  }

  importKey(request: KeyImportRequest): Promise<KeyImport> {
    return this._post('sharing/key/import', request);
  }

  /** Folders on disks where is looked for modules. */
  async folders(): Promise<string[]> {
    return pathsOf(await this._service.requestJson('sharing/folders'));
  }

  async addFolder(path: string): Promise<string[]> {
    return pathsOf(await this._post('sharing/folders', { path }));
  }

  async removeFolder(path: string): Promise<string[]> {
    const query = new URLSearchParams({ path });
    return pathsOf(
      await this._service.requestJson(`sharing/folders?${query}`, {
        method: 'DELETE'
      })
    );
  }

  /** Those in which something can be shared. */
  async clouds(): Promise<StorageAccount[]> {
    const { accounts } =
      await this._service.requestJson<StorageAccounts>('storage/accounts');
    return accounts.filter(({ can }) => can.shares);
  }

  /** Look at what is shared with the user anew. */
  async refresh(): Promise<void> {
    await this._service.request('catalogue/refresh', {
      method: 'POST',
      json: { source: 'shared' }
    });
  }

  private _post<T>(path: string, json: object): Promise<T> {
    return this._service.requestJson<T>(path, { method: 'POST', json });
  }
}

const pathOf = (name: string): string =>
  `sharing/received/${encodeURIComponent(name)}`;

const pathsOf = ({ folders }: SharingFolders): string[] =>
  folders.map(({ path }) => path);
