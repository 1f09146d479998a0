import { readFile, stat } from 'node:fs/promises';
import { DeepError } from '@jupyterlab-deep/protocol';
import { IForeignContent } from '../../http/content';

/** Longest side, pixels. */
const SIDE = 192;
const JPEG_QUALITY = 80;
const MAX_BYTES = 50 * 1024 * 1024;
/** Decoded, 200 MB. */
const MAX_PIXELS = 50_000_000;

/**
 * A small picture of a file, made outside of the event loop.
 *
 * @throws DeepError `not-found` when it is gone, `too-large`, `invalid-picture`
 */
export async function thumbnailOf(file: string): Promise<IForeignContent> {
  const data = await read(file);
  const { Transformer, ResizeFit } = await import('@napi-rs/image');
  try {
    const { width, height } = await new Transformer(data).metadata();
    if (width * height > MAX_PIXELS) {
      throw new Error(`${width} × ${height} pixels are too many`);
    }
    const content = await new Transformer(data)
      .rotate()
      .resize({ width: SIDE, height: SIDE, fit: ResizeFit.Inside })
      .jpeg(JPEG_QUALITY);
    return { contentType: 'image/jpeg', content };
  } catch (cause) {
    throw new DeepError('invalid-picture', 'No small picture of it is made.', {
      technical: (cause as Error).message,
      cause
    });
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > MAX_BYTES) {
      throw new DeepError('too-large', 'It is too large for a small picture.');
    }
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof DeepError) {
      throw cause;
    }
    throw new DeepError('not-found', 'The file is not there any more.', {
      cause
    });
  }
}
