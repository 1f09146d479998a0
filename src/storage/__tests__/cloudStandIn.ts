import type { StorageAccount, StorageEntry } from '@jupyterlab-deep/protocol';
import {
  ISeenRequest,
  refuse,
  StandInServer
} from '../../__tests__/standInServer';

interface IFile {
  bytes: Buffer;
  version: number;
}

/** Stands in for the service's routes of one account's files, with ETags that change and guards that hold. */
export class CloudStandIn extends StandInServer {
  constructor() {
    super();
    const at = 'storage/files/cloud';
    Object.assign(this.routes, {
      [`GET ${at}`]: (request: ISeenRequest) => this._list(request),
      [`GET ${at}/entry`]: (request: ISeenRequest) =>
        this._entryOf(query(request, 'path')),
      [`GET ${at}/content`]: (request: ISeenRequest) => this._read(request),
      [`PUT ${at}/content`]: (request: ISeenRequest) => this._write(request),
      [`POST ${at}/move`]: (request: ISeenRequest) => this._move(request),
      [`DELETE ${at}/entry`]: (request: ISeenRequest) => {
        const path = query(request, 'path');
        this._trash.set(path, this.files.get(path)!);
        this.files.delete(path);
        return { inTrash: true };
      },
      'GET storage/trash/cloud': () => ({
        entries: [...this._trash.keys()].map(path => ({
          id: `trash-${path}`,
          name: path,
          originalPath: path
        }))
      }),
      'POST storage/trash/cloud/restore': ({ body }: ISeenRequest) => {
        const path = (body as { id: string }).id.slice('trash-'.length);
        this.files.set(path, this._trash.get(path)!);
        return {};
      }
    });
  }

  readonly files = new Map<string, IFile>();

  /** By somebody else. */
  put(path: string, text: string): void {
    const version = (this.files.get(path)?.version ?? 0) + 1;
    this.files.set(path, { bytes: Buffer.from(text), version });
  }

  textOf(path: string): string | undefined {
    return this.files.get(path)?.bytes.toString();
  }

  private _list(request: ISeenRequest): object {
    const path = query(request, 'path');
    const offset = Number(query(request, 'offset'));
    const limit = Number(query(request, 'limit'));
    const prefix = path === '' ? '' : `${path}/`;
    const names = new Set<string>();
    for (const each of this.files.keys()) {
      if (each.startsWith(prefix)) {
        names.add(each.slice(prefix.length).split('/')[0]);
      }
    }
    const all = [...names].sort();
    return {
      entry: this._folder(path),
      entries: all
        .slice(offset, offset + limit)
        .map(name => this._entryOf(prefix + name)),
      total: all.length,
      skipped: 0
    };
  }

  private _entryOf(path: string): StorageEntry | Response {
    const file = this.files.get(path);
    if (file) {
      return {
        path,
        name: path.split('/').pop()!,
        type: 'file',
        sizeBytes: file.bytes.length,
        modifiedAt: new Date(file.version * 1000).toISOString(),
        etag: `"${file.version}"`,
        isReadOnly: false
      };
    }
    const isFolder =
      path === '' ||
      [...this.files.keys()].some(each => each.startsWith(`${path}/`));
    return isFolder
      ? this._folder(path)
      : refuse('not-found', 404, `There is no “${path}”.`);
  }

  /** Its ETag changes with anything below it. */
  private _folder(path: string): StorageEntry {
    const below = [...this.files].filter(([each]) => each.startsWith(path));
    const etag = `"${below.map(([p, f]) => `${p}${f.version}`).join()}"`;
    const name = path.split('/').pop()!;
    return { path, name, type: 'folder', isReadOnly: false, etag };
  }

  private _read(request: ISeenRequest): Response {
    const file = this.files.get(query(request, 'path'))!;
    const headers = { ETag: `"${file.version}"` };
    return new Response(new Uint8Array(file.bytes), { headers });
  }

  private async _write(
    request: ISeenRequest
  ): Promise<StorageEntry | Response> {
    const path = query(request, 'path');
    const ifMatch = query(request, 'ifMatch');
    const file = this.files.get(path);
    const isStale = ifMatch !== '' && ifMatch !== `"${file?.version}"`;
    const isTaken = query(request, 'ifAbsent') !== '' && file !== undefined;
    if (isStale || isTaken) {
      return refuse('conflict', 409, `“${path}” has changed.`);
    }
    this.put(path, await textOfBlob(request.body as Blob));
    return this._entryOf(path);
  }

  private _move({ body }: ISeenRequest): StorageEntry | Response {
    const { from, to } = body as { from: string; to: string };
    if (this.files.has(to)) {
      return refuse('conflict', 409, `There is a “${to}” already.`);
    }
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
    return this._entryOf(to);
  }

  private readonly _trash = new Map<string, IFile>();
}

const query = ({ path }: ISeenRequest, name: string): string =>
  new URLSearchParams(path.split('?')[1]).get(name) ?? '';

const textOfBlob = (blob: Blob): Promise<string> =>
  new Promise(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });

export const ACCOUNT: StorageAccount = {
  id: 'cloud',
  title: 'cloud.example.org · ada',
  kind: 'nextcloud',
  origin: 'linked',
  server: 'https://cloud.example.org',
  user: 'ada',
  displayName: 'Ada',
  state: 'connected',
  quota: { usedBytes: 412_000_000_000, totalBytes: 500_000_000_000 },
  can: {
    chunked: true,
    bulk: true,
    zip: true,
    hash: true,
    paging: true,
    folderEtags: true,
    trash: true,
    shares: true
  },
  lacks: [],
  createdAt: '2026-01-01T10:00:00.000Z'
};
