import { rmSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Exchange } from '../exchange.ts';
import { badRequest, conflict } from '../failures.ts';
import type { IParts } from '../parts.ts';
import { look } from '../view.ts';
import {
  announced,
  checkQuota,
  checkWrite,
  place,
  writtenHeaders
} from './put.ts';
import type { IChunk, IUpload } from './uploads.ts';
import { chunksOf, targetOf } from './uploads.ts';

const PIECE_BYTES = 1 << 20;

/** Every chunk but the last has the least size; all of them have the announced sum. @throws 400 */
function checkChunks(parts: IParts, exchange: Exchange, chunks: IChunk[]) {
  const small = chunks
    .slice(0, -1)
    .find(each => each.sizeBytes < parts.switches.minChunkBytes);
  if (small) {
    throw badRequest(
      `Chunk ${small.name} has ${small.sizeBytes} bytes, every chunk except the last must have 5 MB to 5 GB`
    );
  }
  const sum = chunks.reduce((total, each) => total + each.sizeBytes, 0);
  const total = exchange.header('oc-total-length');
  if (total !== undefined && Number(total) !== sum) {
    throw badRequest(
      `Chunks on server do not sum up to ${total} but to ${sum} bytes`
    );
  }
  return sum;
}

/** MOVE of `.file`: the chunks become the file. */
export async function join(
  parts: IParts,
  exchange: Exchange,
  upload: IUpload
): Promise<void> {
  const { moveTimeout } = parts.switches;
  if (moveTimeout === 'before' && takesOne(parts)) {
    exchange.send(504, 'Gateway Time-out');
    return;
  }
  const asked = targetOf(parts, exchange, upload);
  const parent = look(parts, asked.root, upload.destination.slice(0, -1));
  if (!parent?.node.isFolder) {
    throw conflict('The destination node is not found');
  }
  checkWrite(asked, parent);
  const chunks = chunksOf(upload);
  const sizeBytes = checkChunks(parts, exchange, chunks);
  checkQuota(parts, parent.node.owner, sizeBytes);
  const file = await joined(parts, upload, chunks);
  checkWrite(asked, parent);
  const content = { file, sizeBytes, ...announced(exchange) };
  const { node, isNew } = place(asked, parent, content);
  rmSync(upload.folder, { recursive: true });
  if (moveTimeout === 'after' && takesOne(parts)) {
    exchange.send(504, 'Gateway Time-out');
    return;
  }
  exchange.send(isNew ? 201 : 204, '', writtenHeaders(exchange, node));
}

async function joined(parts: IParts, upload: IUpload, chunks: IChunk[]) {
  const file = parts.tree.temporaryFile();
  const piece = Buffer.alloc(PIECE_BYTES);
  const to = await open(file, 'w');
  try {
    for (const { name } of chunks) {
      await append(path.join(upload.folder, name), to, piece);
    }
  } finally {
    await to.close();
  }
  return file;
}

async function append(chunk: string, to: FileHandle, piece: Buffer) {
  const from = await open(chunk);
  try {
    for (;;) {
      const { bytesRead } = await from.read(piece);
      if (bytesRead === 0) {
        return;
      }
      await to.write(piece, 0, bytesRead);
    }
  } finally {
    await from.close();
    // At once, so that one file of memory or disk is needed and not two.
    rmSync(chunk);
  }
}

function takesOne({ switches }: IParts): boolean {
  return switches.moveTimeouts-- > 0;
}
