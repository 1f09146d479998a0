import type { Readable } from 'node:stream';
import type {
  StorageCapabilities,
  StorageEntry,
  StorageQuota
} from '@jupyterlab-deep/protocol';

/** Half-open range of bytes. */
export interface IByteRange {
  start: number;
  end: number;
}

/** What a write must find in its place: an ETag, nothing, or (neither given) anything. */
export interface IWriteGuard {
  ifMatch?: string;
  ifAbsent?: boolean;
}

/** Bytes that can be read again from any place, because an upload may be taken up again. */
export interface IBytes {
  sizeBytes: number;
  /** Seconds since 1970 that the file shall bear. */
  modifiedS?: number;
  open(range?: IByteRange): Readable;
}

/** A file on its way down. */
export interface IRemoteBody {
  body: Readable;
  sizeBytes: number;
  etag?: string;
  contentType?: string;
}

/** One of many small files. `content` is at most a few MB. */
export interface ISmallFile {
  path: string;
  content: Uint8Array;
  modifiedS?: number;
}

/** What became of one of many small files. */
export interface ISmallResult {
  path: string;
  etag?: string;
  /** Why the server did not take it, in words. */
  refused?: string;
}

/** A chunked upload, to be kept in a journal so that it can be taken up after a kill. */
export interface IChunkedUpload {
  id: string;
  path: string;
  sizeBytes: number;
  chunkBytes: number;
}

/** How far a long upload is. */
export interface IUploadProgress {
  onBytes?(done: number): void;
  /** Called before the first chunk goes; to be written down. */
  onOpened?(upload: IChunkedUpload): void | Promise<void>;
  /** What an earlier, killed attempt had written down. */
  resume?: IChunkedUpload;
}

/**
 * The files of one account. Paths are below its root, segments with `/` between, not encoded.
 * Failures are DeepErrors: `not-found`, `conflict` (412, 423, something in the way), `storage-login` (401: nothing is asked after it),
 * `storage-refused`, `storage-unreachable`, `storage-full`, `address-private`, `timeout`, `cancelled`.
 */
export interface IRemoteFiles {
  readonly account: string;
  readonly can: StorageCapabilities;
  stat(path: string, signal?: AbortSignal): Promise<StorageEntry>;
  /** What lies in a folder, in pieces as it comes; names that no path may have are counted, not given. */
  list(
    path: string,
    options?: { signal?: AbortSignal; onSkipped?(name: string): void }
  ): AsyncIterable<StorageEntry[]>;
  quota(signal?: AbortSignal): Promise<StorageQuota | undefined>;
  read(
    path: string,
    options?: { range?: IByteRange; ifMatch?: string; signal?: AbortSignal }
  ): Promise<IRemoteBody>;
  /**
   * Write a whole file, by one request or by chunks, and check size (and hash, where the server gives one) of what was stored.
   * Folders above it are made.
   */
  write(
    path: string,
    bytes: IBytes,
    options?: IWriteGuard & IUploadProgress & { signal?: AbortSignal }
  ): Promise<StorageEntry>;
  /** Many small files in few requests; folders above them must be there. Only where `can.bulk`. */
  writeMany(files: ISmallFile[], signal?: AbortSignal): Promise<ISmallResult[]>;
  /** Files below a folder as one stream, in the server's order. Only where `can.zip`. `path` is below the folder. */
  readMany(
    folder: string,
    options?: { names?: string[]; signal?: AbortSignal }
  ): AsyncIterable<{ path: string; body: Readable }>;
  /** With the folders above it; one that is there is no failure. */
  makeFolder(path: string, signal?: AbortSignal): Promise<void>;
  move(
    from: string,
    to: string,
    options?: { overwrite?: boolean; signal?: AbortSignal }
  ): Promise<void>;
  copy(
    from: string,
    to: string,
    options?: { overwrite?: boolean; signal?: AbortSignal }
  ): Promise<void>;
  /** To the trash, where the server has one. */
  remove(
    path: string,
    options?: { ifMatch?: string; signal?: AbortSignal }
  ): Promise<void>;
}

/** How rclone reaches an account. It holds the password: never to be logged, shown or given away. */
export interface IRcloneAccess {
  /** Root of the account's files: `https://host/remote.php/dav/files/ada`. */
  url: string;
  vendor: 'nextcloud' | 'other';
  user: string;
  password: string;
}

/** The accounts, as datasets and transfers see them. */
export interface IRemotes {
  /** @throws DeepError `not-found` */
  files(account: string): IRemoteFiles;
  /**
   * What a mount is made with; absent where accounts cannot give it.
   *
   * @throws DeepError `storage-login` while the account is refused, `not-found`
   */
  rcloneAccess?(account: string): Promise<IRcloneAccess>;
  /** Called when an account was linked, linked again, refused or disconnected; returns how to stop listening. */
  onChange(listener: (account: string) => void): () => void;
}
