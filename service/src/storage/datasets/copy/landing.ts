import { createHash } from 'node:crypto';
import { BigIntStats, createReadStream } from 'node:fs';
import { FileHandle, lstat, mkdir, open, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import { removeFile } from '../../../store/atomicFile';
import { isNoSpace } from '../../../store/diskErrors';

const PART = /^\.deep-[0-9a-f]{16}\.part$/;

/** Whether a name is one of an unfinished file of ours. */
export const isPart = (name: string): boolean => PART.test(name);

/** Where a file below a folder is written before it has its name; in the same folder, so that it can be renamed. */
export function partOf(file: string): string {
  const name = createHash('sha256').update(path.basename(file)).digest('hex');
  return path.join(path.dirname(file), `.deep-${name.slice(0, 16)}.part`);
}

/** A file that has arrived whole, and has no name yet. */
export interface IArrived {
  part: string;
  handle: FileHandle;
  bytes: number;
  hash: string;
}

/** How a file must arrive. */
export interface IExpected {
  sizeBytes: number;
  /** Seconds since 1970. */
  modifiedS?: number;
  /** Go on behind these bytes, which lie in the unfinished file. */
  startAt?: number;
}

/**
 * Write a body, or one that is in memory already, beside its place and check its size. A failure leaves the unfinished file only to who
 * may go on with it.
 *
 * @throws DeepError `no-space`; `conflict` where it has another size, as when it was changed meanwhile; what the body throws.
 */
export async function receive(
  file: string,
  body: Readable | Buffer[],
  { sizeBytes, modifiedS, startAt }: IExpected
): Promise<IArrived> {
  const part = partOf(file);
  const handle = await open(part, startAt ? 'r+' : 'w', 0o644).catch(inWords);
  try {
    const hash = createHash('sha256');
    if (startAt) {
      await addFile(hash, part, startAt);
    }
    const bytes = await pour(body, handle, hash, startAt ?? 0);
    if (bytes !== sizeBytes) {
      throw new DeepError(
        'conflict',
        `${path.basename(file)} arrived with ${bytes} instead of ${sizeBytes} bytes.`
      );
    }
    if (startAt) {
      await handle.truncate(bytes);
    }
    await handle.utimes(new Date(), modifiedS ?? new Date());
    return { part, handle, bytes, hash: hash.digest('hex') };
  } catch (error) {
    if (!Array.isArray(body)) {
      body.destroy();
    }
    await handle.close();
    if (startAt === undefined) {
      await removeFile(part);
    }
    return inWords(error);
  }
}

/** Written together; each write has to be handed to another thread. */
const PIECE_BYTES = 1024 * 1024;

async function pour(
  body: Readable | Buffer[],
  handle: FileHandle,
  hash: ReturnType<typeof createHash>,
  startAt: number
): Promise<number> {
  let at = startAt;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const write = async (): Promise<void> => {
    const pieces = held;
    held = [];
    heldBytes = 0;
    at += await writeAll(handle, pieces, at);
  };
  for await (const piece of body as AsyncIterable<Buffer>) {
    hash.update(piece);
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes >= PIECE_BYTES) {
      await write();
    }
  }
  await write();
  return at;
}

/** @returns the number of bytes */
async function writeAll(
  handle: FileHandle,
  pieces: Buffer[],
  at: number
): Promise<number> {
  if (pieces.length === 0) {
    return 0;
  }
  const { bytesWritten } = await handle.writev(pieces, at);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  // As when the disk is nearly full.
  for (let done = bytesWritten; done < bytes;) {
    const rest = Buffer.concat(pieces).subarray(done);
    done += (await handle.write(rest, 0, rest.length, at + done)).bytesWritten;
  }
  return bytes;
}

/** Have an arrived file on the disk for good. */
export async function settle({ part, handle }: IArrived): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    await removeFile(part);
    return inWords(error);
  } finally {
    await handle.close();
  }
}

/** What became of a file that arrived. */
export interface ILanded {
  mtimeNs: string;
  /** Name below the folder that the local version got, which was another. */
  conflict?: string;
}

/** What may be replaced. */
export interface IReplaced {
  /** A file as it was then. */
  before?: { bytes: number; mtimeNs: string | null } | 'anything';
  /** The arrived file is an earlier version of what lies here, which stays. */
  isOurs?: boolean;
}

/** Time of change of a file that has to go to the cloud again: no file has it. */
export const NO_TIME = '0';

/**
 * Give a settled file its name. Whatever lies there and is neither what was there before nor the same keeps another name.
 */
export async function land(
  file: string,
  { part, hash, bytes }: IArrived,
  { before, isOurs }: IReplaced = {}
): Promise<ILanded> {
  const there = await look(file);
  const mayReplace =
    !there ||
    (before === 'anything' ? there.isFile() : isAsBefore(there, before));
  if (mayReplace) {
    await rename(part, file);
    return { mtimeNs: await mtimeOf(file) };
  }
  const isSame =
    there.isFile() &&
    Number(there.size) === bytes &&
    (await hashOf(file)) === hash;
  if (isSame || isOurs) {
    await removeFile(part);
    return { mtimeNs: isSame ? String(there.mtimeNs) : NO_TIME };
  }
  const conflict = await setAside(file);
  await rename(part, file);
  return { mtimeNs: await mtimeOf(file), conflict };
}

export const isAsBefore = (
  { size, mtimeNs }: BigIntStats,
  before?: { bytes: number; mtimeNs: string | null }
): boolean =>
  before?.mtimeNs === String(mtimeNs) && before.bytes === Number(size);

/** Give a local version the name of a conflict. @returns the name */
export async function setAside(file: string): Promise<string> {
  const { name, ext, dir } = path.parse(file);
  const day = new Date().toISOString().slice(0, 10);
  for (let number = 1; ; number++) {
    const which = number === 1 ? '' : ` ${number}`;
    const aside = `${shortened(name)} (conflict ${hostname()} ${day}${which})${ext}`;
    if (!(await look(path.join(dir, aside)))) {
      await rename(file, path.join(dir, aside));
      return aside;
    }
  }
}

/** Leaves room for what is added. */
const shortened = (name: string): string =>
  Buffer.byteLength(name) > 150 ? [...name].slice(0, 40).join('') : name;

/** What lies there, links not followed; undefined: nothing. */
export async function look(file: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(file, { bigint: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}

const mtimeOf = async (file: string): Promise<string> =>
  String((await lstat(file, { bigint: true })).mtimeNs);

/** SHA-256 of a file, in hex. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await addFile(hash, file);
  return hash.digest('hex');
}

async function addFile(
  hash: ReturnType<typeof createHash>,
  file: string,
  bytes = Infinity
): Promise<void> {
  const pieces = createReadStream(file, {
    end: bytes - 1,
    highWaterMark: PIECE_BYTES / 4
  });
  for await (const chunk of pieces) {
    hash.update(chunk as Buffer);
  }
}

/** Makes the folders of a dataset; none of them may be a link, which could lead outside. */
export class Folders {
  constructor(private readonly _root: string) {}

  /** @throws DeepError `conflict` where a file or link lies in the way. */
  async make(below: string): Promise<void> {
    if (this._known.has(below)) {
      return;
    }
    let folder = this._root;
    for (const name of below === '' ? [] : below.split('/')) {
      folder = path.join(folder, name);
      const there = await look(folder);
      if (!there) {
        await mkdir(folder).catch(unlessThere);
      } else if (!there.isDirectory()) {
        throw new DeepError(
          'conflict',
          `${folder} is a ${there.isSymbolicLink() ? 'link' : 'file'} here and a folder in the cloud.`
        );
      }
    }
    this._known.add(below);
  }

  private readonly _known = new Set<string>();
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') {
    inWords(error);
  }
}

/** A full local disk in the words of people. */
export function inWords(error: unknown): never {
  if (isNoSpace(error) && !(error instanceof DeepError)) {
    throw new DeepError(
      'no-space',
      'The disk of this machine is full: the file could not be written.',
      {
        hint: 'Free space, then let the transfer go on.',
        technical: (error as Error).message,
        cause: error
      }
    );
  }
  throw error;
}
