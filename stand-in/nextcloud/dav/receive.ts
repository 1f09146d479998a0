import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  openSync,
  closeSync,
  readSync,
  rmSync,
  statSync,
  writeSync
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Exchange } from '../exchange.ts';
import { badRequest } from '../failures.ts';
import type { IParts } from '../parts.ts';

/**
 * A request's body, as a file. A body shorter than it was announced is refused; one without an announcement is lost where the switch
 * says so.
 * @returns its size in bytes
 */
export async function receive(
  parts: IParts,
  exchange: Exchange,
  file: string
): Promise<number> {
  const length = exchange.header('content-length');
  try {
    await pipeline(exchange.request, createWriteStream(file));
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
  if (length === undefined && parts.switches.emptyOnChunkedEncoding) {
    closeSync(openSync(file, 'w'));
    return 0;
  }
  const { size } = statSync(file);
  if (length !== undefined && size !== Number(length)) {
    rmSync(file, { force: true });
    throw badRequest(
      `Expected filesize of ${length} bytes but read (from Nextcloud client) and wrote (to Nextcloud storage) ${size} bytes.`
    );
  }
  spoil(parts, file);
  return size;
}

/** One wrong byte, where a test wants a disk that lies. */
function spoil({ switches }: IParts, file: string): void {
  const { size } = statSync(file);
  if (switches.corrupt === 0 || size === 0) {
    return;
  }
  switches.corrupt--;
  const at = size >> 1;
  const byte = Buffer.alloc(1);
  const open = openSync(file, 'r+');
  readSync(open, byte, 0, 1, at);
  writeSync(open, Buffer.from([byte[0]! ^ 0xff]), 0, 1, at);
  closeSync(open);
}

/** Hex sum of a file. */
export async function sumOfFile(algorithm: string, file: string) {
  const hash = createHash(algorithm);
  for await (const piece of createReadStream(file)) {
    hash.update(piece);
  }
  return hash.digest('hex');
}
