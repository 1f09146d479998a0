import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { renameToFree } from '../notebook';
import { base64OfBytes } from './base64';

/** As Jupyter's file browser sends files: its server takes larger ones in pieces only. */
const PIECE_BYTES = 1024 * 1024;

/** Drives other than Jupyter's own take a file as a whole, which is in memory four times on the way. */
const WHOLE_BYTES = 50_000_000;

interface ISaveOptions {
  contents: Contents.IManager;

  /** With its drive's name, where it has one. */
  folder: string;

  /** The suggestion; a number is added where it is taken. */
  name: string;
  blob: Blob;
  onProgress: (sentBytes: number) => void;
}

/** The file is larger than its drive takes. */
export class TooLargeForDrive extends Error {}

/**
 * Save a file, never over another.
 *
 * @returns its path.
 * @throws TooLargeForDrive, and whatever Jupyter answers.
 */
export async function saveFile(options: ISaveOptions): Promise<string> {
  const { contents, folder, name, blob } = options;
  const isOwnDrive = contents.driveName(folder) === '';
  if (!isOwnDrive && blob.size > WHOLE_BYTES) {
    throw new TooLargeForDrive();
  }
  const { path } = await contents.newUntitled({
    path: folder,
    type: 'file',
    ext: PathExt.extname(name)
  });
  try {
    await (isOwnDrive && blob.size > PIECE_BYTES
      ? sendPieces(options, path)
      : send(contents, path, blob));
    return await renameToFree(contents, path, name);
  } catch (reason) {
    // Half-written, and nobody's: the reason is what the user needs.
    await contents.delete(path).catch(() => undefined);
    throw reason;
  }
}

async function sendPieces(
  { contents, blob, onProgress }: ISaveOptions,
  path: string
): Promise<void> {
  for (let from = 0, chunk = 1; from < blob.size; chunk++) {
    const piece = blob.slice(from, from + PIECE_BYTES);
    from += piece.size;
    // The server knows the last piece by this number.
    await send(contents, path, piece, from >= blob.size ? -1 : chunk);
    onProgress(from);
  }
}

async function send(
  contents: Contents.IManager,
  path: string,
  blob: Blob,
  chunk?: number
): Promise<void> {
  await contents.save(path, {
    type: 'file',
    format: 'base64',
    content: base64OfBytes(new Uint8Array(await blob.arrayBuffer())),
    ...(chunk === undefined ? {} : { chunk })
  });
}
