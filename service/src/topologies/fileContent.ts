import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { FileSource } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError } from '@jupyterlab-deep/protocol';
import { Turns } from '../inference/turns';
import { ITopologyFile } from './token';

const PIECE_BYTES = 256 * 1024;
/** Files that are read at once; each has a piece of memory that is used again and again. */
const READ_AT_ONCE = 4;

const hashes = new WeakMap<ITopologyFile, Promise<string>>();
const turns = new Turns(READ_AT_ONCE);
const pieces: Buffer[] = [];
const never = new AbortController().signal;

/** SHA-256 of a file's content; read once for all that take it. @throws DeepError where it cannot be read */
export function hashOf(file: ITopologyFile): Promise<string> {
  const known = file.hash ? Promise.resolve(file.hash) : hashes.get(file);
  const hash = known ?? turns.take('', never, () => readHash(file));
  hashes.set(file, hash);
  return hash;
}

async function readHash({ path: place, name }: ITopologyFile): Promise<string> {
  const hash = createHash('sha256');
  const piece = pieces.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  try {
    const handle = await open(place);
    try {
      for (;;) {
        const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES);
        hash.update(piece.subarray(0, bytesRead));
        // A short piece is the last one of a file.
        if (bytesRead < PIECE_BYTES) {
          break;
        }
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unusable(name, error as NodeJS.ErrnoException);
  } finally {
    pieces.push(piece);
  }
  return hash.digest('hex');
}

/** As clients of modules take it. @throws DeepError where it cannot be sent */
export async function sourceOf(file: ITopologyFile): Promise<FileSource> {
  const { path: place, name, contentType } = file;
  const info = await stat(place).catch(error => {
    throw unusable(name, error);
  });
  if (!info.isFile()) {
    throw unusable(name);
  }
  const isKnown = contentType !== 'application/octet-stream';
  return {
    path: place,
    filename: path.basename(name),
    ...(isKnown && { contentType })
  };
}

function unusable(name: string, error?: NodeJS.ErrnoException): DeepError {
  const why =
    error === undefined
      ? 'it is not a file'
      : error.code === 'ENOENT'
        ? 'it has vanished since it was listed'
        : error.code === 'EACCES'
          ? 'you are not allowed to read it'
          : error.message;
  return new DeepError('invalid-arguments', `${name} cannot be used: ${why}.`, {
    cause: error
  });
}
