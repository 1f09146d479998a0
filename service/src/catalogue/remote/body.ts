import { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { RemoteFailure } from './failure';

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress
};

/** What `Accept-Encoding` may say. */
export const ENCODINGS = 'gzip, br';

/**
 * Read a body to its end, decompressed.
 *
 * @param encoding `Content-Encoding`
 * @param maxBytes Of what is decompressed; no more is ever held.
 * @throws RemoteFailure when it is larger or compressed in an unknown way
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(body, encoding)) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) {
      throw new RemoteFailure(
        `It is larger than ${maxBytes / 1_000_000} MB, which no file of a catalogue is.`
      );
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function decoded(body: Readable, encoding = 'identity'): Readable {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') {
    return body;
  }
  const decoder = DECODERS[name];
  if (!decoder) {
    body.destroy();
    throw new RemoteFailure(
      `It is compressed in a way that was not asked for (${encoding}).`
    );
  }
  const decompressed = decoder();
  body.on('error', error => decompressed.destroy(error));
  decompressed.on('close', () => body.destroy());
  return body.pipe(decompressed);
}
