import type { StorageEntry } from '@jupyterlab-deep/protocol';
import type { FilesClient } from '../filesClient';

const PAGE = 1000;

interface IKnownFolder {
  etag?: string;
  entries: StorageEntry[];
}

/** Whole folders, page by page; a large one that has not changed is asked for its first page only. */
export class Listings {
  constructor(private readonly _client: FilesClient) {}

  async list(path: string): Promise<StorageEntry[]> {
    const first = await this._client.list(path, 0, PAGE);
    const known = this._known.get(path);
    const { etag } = first.entry;
    if (known && etag !== undefined && known.etag === etag) {
      return known.entries;
    }
    const entries = [...first.entries];
    while (entries.length < first.total) {
      const next = await this._client.list(path, entries.length, PAGE);
      if (next.entries.length === 0) {
        break; // It shrank meanwhile.
      }
      entries.push(...next.entries);
    }
    this._known.set(path, { etag, entries });
    return entries;
  }

  forget(): void {
    this._known.clear();
  }

  private readonly _known = new Map<string, IKnownFolder>();
}
