import { DeepError, StorageEntry } from '@jupyterlab-deep/protocol';
import type { IRemoteFiles, IRemotes } from '../../../remoteFiles';
import type { ITask } from '../../way';
import type { MountHere } from './mountHere';

/** What the ways ask of an account, asked of the stand-in; after a 401 it asks nothing, as accounts do. */
export class RemotesHere implements IRemotes {
  constructor(private readonly _here: MountHere) {}

  isRefused = false;

  files(account: string): IRemoteFiles {
    const files: Pick<IRemoteFiles, 'account' | 'stat' | 'list' | 'can'> = {
      account,
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
      stat: async path => (await this._ask(path, '0'))[0],
      list: path => this._list(path)
    };
    return files as IRemoteFiles;
  }

  onChange(listener: (account: string) => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /** The account was linked again. */
  linkAgain(): void {
    this.isRefused = false;
    this._listeners.forEach(listener => listener('cloud'));
  }

  private async *_list(path: string): AsyncGenerator<StorageEntry[]> {
    yield (await this._ask(path, '1')).slice(1);
  }

  private async _ask(path: string, depth: string): Promise<StorageEntry[]> {
    const refused = new DeepError('storage-login', 'Link it again.');
    if (this.isRefused) {
      throw refused;
    }
    const { status, text } = await this._here.dav('PROPFIND', path, undefined, {
      depth
    });
    if (status === 401) {
      this.isRefused = true;
      throw refused;
    }
    return text.split('<d:response>').slice(1).map(asEntry);
  }

  private readonly _listeners = new Set<(account: string) => void>();
}

function asEntry(xml: string): StorageEntry {
  const value = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  const path = decodeURIComponent(value('d:href')!)
    .replace(/^.*\/files\/[^/]+\//, '')
    .replace(/\/$/, '');
  return {
    path,
    name: path.split('/').at(-1)!,
    type: xml.includes('<d:collection') ? 'folder' : 'file',
    sizeBytes: Number(value('d:getcontentlength') ?? 0),
    etag: value('d:getetag'),
    isReadOnly: false
  };
}

/** A run of nobody; what it was told is kept. */
export class TaskHere implements ITask {
  readonly id = 'task';
  readonly signal = new AbortController().signal;
  readonly told: object[] = [];
  readonly lines: string[] = [];
  readonly failures: string[] = [];

  tell(news: object): void {
    this.told.push(news);
  }

  log(line: string): void {
    this.lines.push(line);
  }

  failed(path: string, reason: string): void {
    this.failures.push(`${path}: ${reason}`);
  }
}
