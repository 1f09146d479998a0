import { createHash } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DeepError, StorageEntry } from '@jupyterlab-deep/protocol';
import type {
  IBytes,
  IRemoteBody,
  IRemoteFiles,
  IRemotes,
  ISmallFile,
  ISmallResult
} from '../../remoteFiles';

type Options = Record<string, unknown> & {
  ifMatch?: string;
  ifAbsent?: boolean;
  names?: string[];
  range?: { start: number; end: number };
};

/** An account over a folder of this machine, with the rules of the interface: ETags that change up to the root, guards, a trash. */
export class DiskRemote implements IRemoteFiles, IRemotes {
  constructor(readonly folder: string) {
    mkdirSync(path.join(folder, 'files'), { recursive: true });
    mkdirSync(path.join(folder, 'trash'), { recursive: true });
  }

  readonly account = 'cloud';
  readonly can = {
    chunked: true,
    bulk: true,
    zip: true,
    hash: true,
    paging: true,
    folderEtags: true,
    trash: true,
    shares: false
  };
  /** As they would go to a server. */
  readonly requests: string[] = [];
  /** Asked before each; throws where the server fails. */
  trouble: (request: string) => void = () => undefined;
  /** Bytes of bodies until the connection is cut. */
  cutAfterBytes = Infinity;
  private readonly _listeners = new Set<(account: string) => void>();

  files(account: string): IRemoteFiles {
    if (account !== this.account) {
      throw new DeepError('not-found', `There is no account ${account}.`);
    }
    return this;
  }

  onChange(listener: (account: string) => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  changed(): void {
    this._listeners.forEach(each => each(this.account));
  }

  /** Somebody else writes into the cloud. */
  put(file: string, content: string | Buffer): void {
    mkdirSync(path.dirname(this.at(file)), { recursive: true });
    writeFileSync(`${this.at(file)}.tmp`, content);
    renameSync(`${this.at(file)}.tmp`, this.at(file));
  }

  at(file: string): string {
    return path.join(this.folder, 'files', file);
  }

  read_(file: string): string {
    return readFileSync(this.at(file), 'utf8');
  }

  async stat(file: string): Promise<StorageEntry> {
    this._ask(`PROPFIND0 ${file}`);
    return this._entry(file);
  }

  async *list(folder: string): AsyncGenerator<StorageEntry[]> {
    this._ask(`PROPFIND1 ${folder}`);
    this._entry(folder);
    const entries = readdirSync(this.at(folder)).map(name =>
      this._entry(path.posix.join(folder, name))
    );
    for (let at = 0; at < entries.length || at === 0; at += 400) {
      yield entries.slice(at, at + 400);
    }
  }

  async quota(): Promise<undefined> {
    return undefined;
  }

  async read(file: string, options: Options = {}): Promise<IRemoteBody> {
    this._ask(`GET ${file}`);
    const { etag, sizeBytes } = this._entry(file);
    if (options.ifMatch && options.ifMatch !== etag) {
      throw new DeepError('conflict', 'It has changed.');
    }
    const content = readFileSync(this.at(file));
    const { start, end } = options.range ?? { start: 0, end: content.length };
    const body = this._body(content.subarray(start, end));
    return { body, etag, sizeBytes: sizeBytes! };
  }

  async write(
    file: string,
    bytes: IBytes,
    options: Options = {}
  ): Promise<StorageEntry> {
    this._ask(`PUT ${file}`);
    this._guard(file, options);
    const chunks: Buffer[] = [];
    for await (const chunk of bytes.open()) {
      chunks.push(chunk as Buffer);
    }
    this.put(file, Buffer.concat(chunks));
    return this._entry(file);
  }

  async writeMany(files: ISmallFile[]): Promise<ISmallResult[]> {
    this._ask(`BULK ${files.length}`);
    return files.map(({ path: file, content }) => {
      if (!existsSync(path.dirname(this.at(file)))) {
        return { path: file, refused: 'its folder is not there' };
      }
      this.put(file, Buffer.from(content));
      return { path: file, etag: this._entry(file).etag };
    });
  }

  async *readMany(
    folder: string,
    { names }: Options = {}
  ): AsyncGenerator<{ path: string; body: Readable }> {
    this._ask(`ZIP ${folder}`);
    for (const below of this._below(folder, names)) {
      const content = readFileSync(this.at(path.posix.join(folder, below)));
      yield { path: below, body: this._body(content) };
    }
  }

  async makeFolder(folder: string): Promise<void> {
    this._ask(`MKCOL ${folder}`);
    mkdirSync(this.at(folder), { recursive: true });
  }

  async move(from: string, to: string): Promise<void> {
    this._ask(`MOVE ${from}`);
    renameSync(this.at(from), this.at(to));
  }

  async copy(from: string, to: string): Promise<void> {
    this._ask(`COPY ${from}`);
    cpSync(this.at(from), this.at(to), { recursive: true });
  }

  async remove(file: string, options: Options = {}): Promise<void> {
    this._ask(`DELETE ${file}`);
    this._entry(file);
    this._guard(file, options);
    const name = file.replaceAll('/', '_');
    const trash = path.join(this.folder, 'trash', name);
    rmSync(trash, { recursive: true, force: true });
    renameSync(this.at(file), trash);
  }

  private _ask(request: string): void {
    this.requests.push(request);
    this.trouble(request);
  }

  private _guard(file: string, { ifMatch, ifAbsent }: Options): void {
    const etag = existsSync(this.at(file)) ? this._entry(file).etag : undefined;
    if ((ifAbsent && etag) || (ifMatch && ifMatch !== etag)) {
      throw new DeepError('conflict', `${file} is another in the cloud.`);
    }
  }

  private _body(content: Buffer): Readable {
    const remote = this;
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < content.length; at += 65_536) {
        const piece = content.subarray(at, at + 65_536);
        remote.cutAfterBytes -= piece.length;
        if (remote.cutAfterBytes < 0) {
          remote.cutAfterBytes = Infinity;
          throw new DeepError('storage-unreachable', 'The connection was cut.');
        }
        yield piece;
      }
    }
    return Readable.from(pieces());
  }

  private *_below(folder: string, names?: string[]): Generator<string> {
    for (const name of names ?? readdirSync(this.at(folder))) {
      if (lstatSync(this.at(path.posix.join(folder, name))).isDirectory()) {
        for (const inner of this._below(path.posix.join(folder, name))) {
          yield path.posix.join(name, inner);
        }
      } else {
        yield name;
      }
    }
  }

  private _entry(file: string): StorageEntry {
    if (!existsSync(this.at(file))) {
      throw new DeepError('not-found', `${file} is not in the cloud.`);
    }
    const info = lstatSync(this.at(file), { bigint: true });
    const isFolder = info.isDirectory();
    return {
      path: file,
      name: path.posix.basename(file),
      type: isFolder ? 'folder' : 'file',
      sizeBytes: isFolder ? undefined : Number(info.size),
      modifiedAt: new Date(Number(info.mtimeMs)).toISOString(),
      etag: `"${this._etag(file, info)}"`,
      isReadOnly: false
    };
  }

  private _etag(
    file: string,
    info: { isDirectory(): boolean; ino: bigint; mtimeNs: bigint }
  ): string {
    if (!info.isDirectory()) {
      return `${info.ino}-${info.mtimeNs}`;
    }
    const sum = createHash('sha1');
    for (const name of readdirSync(this.at(file)).sort()) {
      const below = path.posix.join(file, name);
      const inner = lstatSync(this.at(below), { bigint: true });
      sum.update(`${name} ${this._etag(below, inner)}\n`);
    }
    return sum.digest('hex');
  }
}
