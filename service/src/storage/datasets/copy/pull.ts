import { rmdir, statfs, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../../../http/problems';
import type { IRemoteFiles } from '../../remoteFiles';
import { ITask } from '../way';
import { Arrivals } from './arrivals';
import {
  Folders,
  IArrived,
  isAsBefore,
  look,
  partOf,
  receive,
  setAside
} from './landing';
import { IManifestFile, Manifest, nameOf, parentOf, WANTED } from './manifest';
import { IZip, LARGE_BYTES, planZips } from './plan';
import { Pool } from './pool';
import { joined } from './walk';

const GETS_AT_ONCE = 4;
const LANDINGS_AT_ONCE = 16;
/** So large a file of a ZIP is held in memory, as often as landings go on at once. */
const SMALL_BYTES = 256 * 1024;
const ROWS_AT_ONCE = 500;
/** Left free on the disk. */
const SPARE_BYTES = 1024 * 1024;
const CHECK_EVERY_FILES = 64;

/** Failures that are about more than one file. */
const COMMON = new Set([
  'storage-login',
  'storage-unreachable',
  'timeout',
  'no-space',
  'cancelled',
  'interrupted'
]);

export const isCommon = (error: DeepError): boolean => COMMON.has(error.key);

export interface IPull {
  manifest: Manifest;
  remote: IRemoteFiles;
  remotePath: string;
  root: string;
  task: ITask;
  /** Whatever lies here is replaced. */
  overwrites?: boolean;
}

/** Brings what is wanted here, by streams of many files and large files apart, and takes away what the cloud has no more. */
export class Pull {
  constructor(private readonly _parts: IPull) {
    this._arrivals = new Arrivals(_parts);
    this._folders = new Folders(_parts.root);
  }

  /** @param which Only these of the wanted, as SQL. */
  async run(which = 'TRUE'): Promise<void> {
    const { manifest, task, remote } = this._parts;
    const { files, bytes } = manifest.wanted;
    task.tell({ totalFiles: files, totalBytes: bytes });
    await this._needSpace(bytes);
    try {
      if (remote.can.zip && which === 'TRUE') {
        await this._zips();
      }
      await this._gets(which);
    } finally {
      await this._arrivals.commit();
    }
  }

  /** Take away what the cloud has no more; what changed here since keeps another name. */
  async removeGone(): Promise<void> {
    const { manifest, root, task } = this._parts;
    const gone = manifest.all<IManifestFile>(
      'SELECT * FROM files WHERE thereEtag IS NULL AND (etag IS NOT NULL OR upload IS NULL)'
    );
    for (const row of gone) {
      task.signal.throwIfAborted();
      const file = path.join(root, row.path);
      const there = row.etag === null ? undefined : await look(file);
      if (there && isAsBefore(there, row)) {
        await unlink(file);
        task.log(`${row.path}: deleted in the cloud, and here`);
        await this._removeEmpty(parentOf(row.path));
      } else if (there) {
        const copy = joined(parentOf(row.path), await setAside(file));
        const foundAt = new Date().toISOString();
        manifest.addConflict({ path: row.path, copy, foundAt });
        task.log(
          `${row.path}: deleted in the cloud and changed here; kept as ${nameOf(copy)}`
        );
      }
      manifest.forget(row.path);
    }
  }

  private async _removeEmpty(folder: string): Promise<void> {
    const { manifest, root } = this._parts;
    for (let each = folder; each !== ''; each = parentOf(each)) {
      const isThere = manifest.all(
        'SELECT 1 FROM folders WHERE path = ?',
        each
      );
      if (isThere.length > 0) {
        return;
      }
      try {
        await rmdir(path.join(root, each));
      } catch {
        // Something of this machine lies in it: it stays.
        return;
      }
    }
  }

  private async _zips(): Promise<void> {
    const { manifest } = this._parts;
    for (const zip of [...planZips(manifest)]) {
      await this._zip(zip);
    }
  }

  private async _zip({ folder, names }: IZip): Promise<void> {
    const { manifest, remote, remotePath, task } = this._parts;
    const landings = new Pool(LANDINGS_AT_ONCE);
    const at = joined(remotePath, folder);
    const options = { names, signal: task.signal };
    try {
      for await (const { path: below, body } of remote.readMany(at, options)) {
        const row = wantedRow(manifest, joined(folder, below));
        if (!row) {
          await drain(body);
          continue;
        }
        // One that fits is written while the next ones come.
        const isSmall = row.thereBytes <= SMALL_BYTES;
        const content = isSmall ? await all(body, row.thereBytes) : body;
        const landing = (): Promise<void> => this._fromZip(row, content);
        await (isSmall ? landings.add(landing) : landing());
      }
      await landings.end();
    } finally {
      await landings.settle();
      await this._arrivals.commit();
    }
  }

  /** One that is not as it was listed is asked for alone afterwards. */
  private async _fromZip(
    row: IManifestFile,
    body: Readable | Buffer[]
  ): Promise<void> {
    await this._each(row, async () => {
      try {
        await this._arrivals.add(row, await this._receive(row, body));
      } catch (error) {
        if (asDeepError(error).key !== 'conflict') {
          throw error;
        }
      }
    });
  }

  /** One by one: large ones, few ones, and all where the server makes no ZIP. */
  private async _gets(which: string): Promise<void> {
    const { manifest, task } = this._parts;
    const pool = new Pool(GETS_AT_ONCE);
    let last = '';
    try {
      for (;;) {
        const rows = manifest.all<IManifestFile>(
          `SELECT * FROM files WHERE path > ? AND ${WANTED} AND ${which} ORDER BY path LIMIT ${ROWS_AT_ONCE}`,
          last
        );
        if (rows.length === 0) {
          return await pool.end();
        }
        for (const row of rows) {
          last = row.path;
          task.signal.throwIfAborted();
          await pool.add(() => this._get(row));
        }
        await pool.end();
        await this._arrivals.commit();
      }
    } finally {
      await pool.settle();
    }
  }

  private async _get(row: IManifestFile): Promise<void> {
    const { remote, remotePath, task } = this._parts;
    await this._each(row, async () => {
      if (row.thereBytes > LARGE_BYTES) {
        return this._getLarge(row);
      }
      const { body, sizeBytes, etag } = await remote.read(
        joined(remotePath, row.path),
        { signal: task.signal }
      );
      const now = { ...row, thereBytes: sizeBytes };
      const arrived = await this._receive(now, body);
      await this._arrivals.add(row, arrived, etag ?? row.thereEtag!);
    });
  }

  /** What came before a cut or a kill is kept and gone on from, as long as the cloud has the same. */
  private async _getLarge(row: IManifestFile): Promise<void> {
    const { manifest, remote, remotePath, root, task } = this._parts;
    const file = path.join(root, row.path);
    await this._folders.make(parentOf(row.path));
    const note = `part ${partOf(file)}`;
    const isOurs = manifest.about(note) === row.thereEtag;
    const startAt = isOurs ? await sizeOf(partOf(file), row.thereBytes) : 0;
    manifest.note(note, row.thereEtag);
    const { body } = await remote.read(joined(remotePath, row.path), {
      range: { start: startAt, end: row.thereBytes },
      ifMatch: isReal(row.thereEtag!) ? row.thereEtag! : undefined,
      signal: task.signal
    });
    const arrived = await receive(file, body, {
      sizeBytes: row.thereBytes,
      modifiedS: row.thereS ?? undefined,
      startAt
    });
    await this._arrivals.add(row, arrived);
    await this._arrivals.commit();
    manifest.run('DELETE FROM about WHERE name = ?', note);
  }

  private async _receive(
    row: IManifestFile,
    body: Readable | Buffer[]
  ): Promise<IArrived> {
    const { root } = this._parts;
    await this._folders.make(parentOf(row.path));
    await this._checkSpace(row.thereBytes);
    return receive(path.join(root, row.path), body, {
      sizeBytes: row.thereBytes,
      modifiedS: row.thereS ?? undefined
    });
  }

  /** What is wrong with one file does not stop the others. */
  private async _each(
    row: IManifestFile,
    work: () => Promise<void>
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { task } = this._parts;
      task.signal.throwIfAborted();
      const said = asDeepError(error);
      if (isCommon(said)) {
        throw said;
      }
      task.failed(row.path, said.message);
    }
  }

  private async _checkSpace(bytes: number): Promise<void> {
    this._untilCheck -= 1;
    if (this._untilCheck <= 0) {
      this._untilCheck = CHECK_EVERY_FILES;
      await this._needSpace(bytes);
    }
  }

  private async _needSpace(bytes: number): Promise<void> {
    await needSpace(this._parts.root, bytes);
  }

  private readonly _arrivals: Arrivals;
  private readonly _folders: Folders;
  private _untilCheck = CHECK_EVERY_FILES;
}

/** @throws DeepError `no-space` when so much more does not fit. */
export async function needSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (bytes > 0 && bytes + SPARE_BYTES > freeBytes) {
    throw new DeepError(
      'no-space',
      `${megabytes(bytes)} MB are to be fetched, and the disk of ${folder} has ${megabytes(freeBytes)} MB free.`,
      { hint: 'Free space and let it go on, or fetch only a pattern of files.' }
    );
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

const isReal = (etag: string): boolean => /^(W\/)?"/.test(etag);

const wantedRow = (
  manifest: Manifest,
  file: string
): IManifestFile | undefined =>
  manifest.all<IManifestFile>(
    `SELECT * FROM files WHERE path = ? AND ${WANTED}`,
    file
  )[0];

async function sizeOf(file: string, most: number): Promise<number> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  return size < most ? size : 0;
}

/** A body that has so many bytes; of a longer one that it is longer. */
async function all(body: Readable, sizeBytes: number): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  let held = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    if (held <= sizeBytes) {
      pieces.push(piece);
      held += piece.length;
    }
  }
  return pieces.length > 1 ? [Buffer.concat(pieces)] : pieces;
}

/** Nobody wants it; what follows in the stream may be. */
async function drain(body: Readable): Promise<void> {
  await finished(body.resume());
}
