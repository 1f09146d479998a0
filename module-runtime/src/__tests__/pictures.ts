import { readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { MODEL } from './bundle';

export const CAT = readFileSync(path.join(MODEL, 'examples/cat.jpg'));

/** The cat lying on its side, with the EXIF note that turns it upright again. */
const turned = async (): Promise<Buffer> =>
  sharp(await sharp(CAT).rotate(-90).toBuffer())
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();

/** The cat behind a veil that grows from left to right. */
async function withAlpha(): Promise<Buffer> {
  const { width, height } = await sharp(CAT).metadata();
  const veil = Buffer.from(
    Array.from({ length: width * height }, (_, at) => 255 - (at % width) / 8)
  );
  return sharp(CAT)
    .joinChannel(veil, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

/** The same cat in the forms that pictures come in. */
export const FORMS: Record<string, () => Promise<Buffer>> = {
  'a JPEG': async () => CAT,
  'a JPEG that EXIF turns': turned,
  'a progressive JPEG': () => sharp(CAT).jpeg({ progressive: true }).toBuffer(),
  'a CMYK JPEG': () => sharp(CAT).toColourspace('cmyk').jpeg().toBuffer(),
  'a PNG with alpha': withAlpha,
  'a grey PNG': () => sharp(CAT).greyscale().png().toBuffer(),
  'a grey PNG with alpha': () =>
    sharp(CAT).greyscale().ensureAlpha(1).png().toBuffer(),
  'a 16-bit PNG': () => sharp(CAT).toColourspace('rgb16').png().toBuffer(),
  'a 16-bit grey PNG': () =>
    sharp(CAT).toColourspace('grey16').png().toBuffer(),
  'a palette PNG': () =>
    sharp(CAT).png({ palette: true, colours: 64 }).toBuffer(),
  'a WebP': () => sharp(CAT).webp().toBuffer(),
  'a GIF': () => sharp(CAT).gif().toBuffer(),
  'a TIFF': () => sharp(CAT).tiff().toBuffer()
};

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A small PNG whose header declares a size of its own. */
export function declaredPng(width: number, height: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    // zlib of nothing: what is declared never comes.
    chunk('IDAT', Buffer.from('789c030000000001', 'hex')),
    chunk('IEND', Buffer.alloc(0))
  ]);
}
