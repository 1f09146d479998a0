import { readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { sniffContentType } from '../deepaas/reply';
import type { FileSource } from '../deepaas/types';
import { escapeHtml, IMimeBundle, textBundle } from './bundle';

/** A picture as the notebook can hold it. */
export interface IThumbnail {
  contentType: string;
  data: Buffer;
  name: string;
}

/** Longest side of what is put into a notebook, pixels. */
const DEFAULT_SIDE = 512;
/** Above it a picture is made smaller before it is put into a notebook. */
const EMBED_BYTES = 100 * 1024;
/** Above it a file is not read for a preview. */
const READ_BYTES = 200 * 1024 * 1024;
/** Decoded, 400 MB. */
const MAX_PIXELS = 100_000_000;
const JPEG_QUALITY = 85;

const BROWSERS_SHOW = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** Loaded with the first picture only: 20 ms that most starts do not need. */
export const napiImage = (): typeof import('@napi-rs/image') =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- at once, since outputs have an order
  require('@napi-rs/image');

/**
 * A small copy of a picture.
 *
 * @throws Error when it is not a picture, or one too large to decode.
 */
export function thumbnail(
  source: FileSource,
  maxSide = DEFAULT_SIDE
): IThumbnail {
  const name = nameOf(source);
  const data = bytesOf(source);
  const contentType = sniffContentType(data);
  const { Transformer, ResizeFit } = napiImage();
  // Reads the declared size and refuses what would not fit in memory.
  const { width, height } = new Transformer(data).metadataSync();
  if (width * height > MAX_PIXELS) {
    throw new Error(`${width} × ${height} pixels are too many for a preview`);
  }
  const isSmall = Math.max(width, height) <= maxSide;
  if (
    isSmall &&
    data.length <= EMBED_BYTES &&
    contentType &&
    BROWSERS_SHOW.includes(contentType)
  ) {
    return { name, contentType, data };
  }
  const upright = new Transformer(data).rotate();
  const resized = isSmall
    ? upright
    : upright.resize({
        width: maxSide,
        height: maxSide,
        fit: ResizeFit.Inside
      });
  return {
    name,
    contentType: 'image/jpeg',
    data: resized.jpegSync(JPEG_QUALITY)
  };
}

export const nameOf = (source: FileSource): string =>
  source.filename ?? ('path' in source ? path.basename(source.path) : '');

export function bytesOf(source: FileSource): Buffer {
  if ('data' in source) {
    const { buffer, byteOffset, byteLength } = source.data;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
  const { size } = statSync(source.path);
  if (size > READ_BYTES) {
    throw new Error(`${source.path} is too large for a preview`);
  }
  return readFileSync(source.path);
}

/** A picture as output; says why where it cannot be shown. */
export function pictureBundle(
  source: FileSource,
  maxSide?: number
): IMimeBundle {
  try {
    const { name, contentType, data } = thumbnail(source, maxSide);
    return { 'text/plain': name, [contentType]: data.toString('base64') };
  } catch (error) {
    return textBundle(
      `${nameOf(source)} cannot be shown: ${(error as Error).message}`
    );
  }
}

/** The picture as HTML for a place beside other things. */
export const pictureHtml = ({ name, contentType, data }: IThumbnail): string =>
  `<img alt="${escapeHtml(name)}" style="max-width:16em;max-height:16em;border-radius:4px" src="data:${contentType};base64,${data.toString('base64')}"/>`;
