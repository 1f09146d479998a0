import { DeepError } from '@jupyterlab-deep/protocol';

export interface IPictureHeader {
  format: 'PNG' | 'JPEG' | 'WebP' | 'BMP' | 'TIFF' | 'AVIF';
  width: number;
  height: number;
}

type Sizes = Pick<IPictureHeader, 'width' | 'height'> | null;

const startsWith = (bytes: Buffer, text: string, at = 0): boolean =>
  bytes.toString('latin1', at, at + text.length) === text;

function pngSize(bytes: Buffer): Sizes {
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function bmpSize(bytes: Buffer): Sizes {
  if (bytes.readUInt32LE(14) === 12) {
    return { width: bytes.readUInt16LE(18), height: bytes.readUInt16LE(20) };
  }
  // A negative height says that the rows run from top to bottom.
  const height = Math.abs(bytes.readInt32LE(22));
  return { width: bytes.readInt32LE(18), height };
}

/** SOF0 to SOF15 carry the size; the three numbers in between mean other things. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegSize(bytes: Buffer): Sizes {
  let at = 2;
  while (at + 9 <= bytes.length) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === 0xff) {
      at += 1;
    } else if (isFrameHeader(marker)) {
      const height = bytes.readUInt16BE(at + 5);
      return { width: bytes.readUInt16BE(at + 7), height };
    } else {
      at += 2 + bytes.readUInt16BE(at + 2);
    }
  }
  return null;
}

function webpSize(bytes: Buffer): Sizes {
  if (startsWith(bytes, 'VP8X', 12)) {
    const width = bytes.readUIntLE(24, 3) + 1;
    return { width, height: bytes.readUIntLE(27, 3) + 1 };
  }
  if (startsWith(bytes, 'VP8L', 12)) {
    const bits = bytes.readUInt32LE(21);
    const height = ((bits >>> 14) & 0x3fff) + 1;
    return { width: (bits & 0x3fff) + 1, height };
  }
  const width = bytes.readUInt16LE(26) & 0x3fff;
  return { width, height: bytes.readUInt16LE(28) & 0x3fff };
}

function tiffSize(bytes: Buffer): Sizes {
  const little = startsWith(bytes, 'II');
  const u16 = (at: number) =>
    little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  const u32 = (at: number) =>
    little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  const directory = u32(4);
  const found = new Map<number, number>();
  for (let index = 0; index < u16(directory); index++) {
    const entry = directory + 2 + index * 12;
    const isShort = u16(entry + 2) === 3;
    found.set(u16(entry), isShort ? u16(entry + 8) : u32(entry + 8));
  }
  const [width, height] = [found.get(256), found.get(257)];
  return width && height ? { width, height } : null;
}

/** The size lies in the `ispe` property; a file can have several, of which the largest counts. */
function avifSize(bytes: Buffer): Sizes {
  let largest: Sizes = null;
  for (
    let at = bytes.indexOf('ispe');
    at >= 0;
    at = bytes.indexOf('ispe', at + 4)
  ) {
    const width = bytes.readUInt32BE(at + 8);
    const height = bytes.readUInt32BE(at + 12);
    if (!largest || width * height > largest.width * largest.height) {
      largest = { width, height };
    }
  }
  return largest;
}

const FORMATS: [
  IPictureHeader['format'],
  (bytes: Buffer) => boolean,
  (bytes: Buffer) => Sizes
][] = [
  ['JPEG', bytes => bytes[0] === 0xff && bytes[1] === 0xd8, jpegSize],
  ['PNG', bytes => startsWith(bytes, '\x89PNG\r\n\x1a\n'), pngSize],
  [
    'WebP',
    bytes => startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8),
    webpSize
  ],
  ['BMP', bytes => startsWith(bytes, 'BM'), bmpSize],
  [
    'TIFF',
    bytes => startsWith(bytes, 'II*\0') || startsWith(bytes, 'MM\0*'),
    tiffSize
  ],
  ['AVIF', bytes => startsWith(bytes, 'ftypavi', 4), avifSize]
];

const refuse = (detail: string, hint: string): DeepError =>
  new DeepError('invalid-picture', detail, { hint });

const OTHER_FORMAT = 'Use a PNG, JPEG, WebP, TIFF or BMP file.';

/**
 * Format and declared size of a picture, read from its first bytes and before anything is decoded.
 * @throws DeepError `invalid-picture` when it is empty, damaged, no picture, or of a format that is not read.
 */
export function readPictureHeader(bytes: Buffer): IPictureHeader {
  if (bytes.length === 0) {
    throw refuse('The file is empty.', 'Choose another one.');
  }
  if (startsWith(bytes, 'GIF8')) {
    throw refuse('GIF pictures are not read.', OTHER_FORMAT);
  }
  const entry = FORMATS.find(([, matches]) => matches(bytes));
  if (!entry) {
    throw refuse('The file is not a picture that can be read.', OTHER_FORMAT);
  }
  const [format, , read] = entry;
  const size = sizeOrNull(read, bytes);
  if (!size || size.width < 1 || size.height < 1) {
    throw refuse(
      `The file begins like a ${format} picture but is damaged: it does not say its size.`,
      'Open it in a picture program and save it again.'
    );
  }
  return { format, ...size };
}

function sizeOrNull(read: (bytes: Buffer) => Sizes, bytes: Buffer): Sizes {
  try {
    return read(bytes);
  } catch (error) {
    // A file that is cut off makes the reader run over its end.
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  }
}
