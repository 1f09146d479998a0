import * as path from 'node:path';

/** Where a file's first bytes are always the same: offset, bytes in hexadecimal, media type. */
const SIGNATURES: [number, string, string][] = [
  [0, '89504e470d0a1a0a', 'image/png'],
  [0, 'ffd8ff', 'image/jpeg'],
  [0, '47494638', 'image/gif'],
  [8, '57454250', 'image/webp'],
  [0, '49492a00', 'image/tiff'],
  [0, '4d4d002a', 'image/tiff'],
  // BigTIFF, above 4 GB.
  [0, '49492b00', 'image/tiff'],
  [0, '4d4d002b', 'image/tiff'],
  [0, '424d', 'image/bmp'],
  [4, '6674797061766966', 'image/avif'],
  [4, '6674797068656963', 'image/heic'],
  [0, '25504446', 'application/pdf'],
  [0, '504b0304', 'application/zip'],
  [0, '504b0506', 'application/zip'],
  [0, '1f8b', 'application/gzip'],
  [0, '934e554d5059', 'application/x-npy'],
  [0, '894844460d0a1a0a', 'application/x-hdf5'],
  [8, '57415645', 'audio/wav'],
  [0, '664c6143', 'audio/flac'],
  [0, '4f676753', 'audio/ogg'],
  [0, '494433', 'audio/mpeg'],
  // MPEG layer III without a title block before it.
  [0, 'fffb', 'audio/mpeg'],
  [0, 'fff3', 'audio/mpeg'],
  [0, 'fff2', 'audio/mpeg'],
  [8, '41564920', 'video/x-msvideo'],
  [4, '66747970', 'video/mp4'],
  [0, '1a45dfa3', 'video/webm']
];

const BY_EXTENSION: Record<string, string> = {
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.csv': 'text/csv',
  '.flac': 'audio/flac',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.h5': 'application/x-hdf5',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.npy': 'application/x-npy',
  '.oga': 'audio/ogg',
  '.ogg': 'audio/ogg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
  '.zip': 'application/zip'
};

/** How much of a text is looked at. */
const PROBE_BYTES = 4096;

/** Media type by the first bytes; undefined when they say nothing. */
export function sniffContentType(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.subarray(0, 32)).toString('hex');
  const match = SIGNATURES.find(([at, hex]) => start.startsWith(hex, at * 2));
  return match?.[2];
}

/** Media type of a whole answer: by its first bytes, then by its name, then as a text. */
export function contentTypeOfAnswer(body: Buffer, filename = ''): string {
  return (
    sniffContentType(body) ??
    BY_EXTENSION[extensionOf(filename)] ??
    textTypeOf(body.subarray(0, PROBE_BYTES)) ??
    'application/octet-stream'
  );
}

/** The media type that a file's name promises. */
export const contentTypeOf = (filename: string): string =>
  BY_EXTENSION[extensionOf(filename)] ?? 'application/octet-stream';

const extensionOf = (filename: string): string =>
  path.extname(filename).toLowerCase();

/** `application/json`, `text/csv` or `text/plain`; undefined for what is no text. */
function textTypeOf(start: Buffer): string | undefined {
  const text = start.toString('utf8');
  // A character cut at the end of the probe is no fault.

  if (/[\x00-\x08\x0e-\x1f]|\ufffd(?!$)/.test(text) || text === '') {
    return undefined;
  }
  if (/^\s*[[{]/.test(text)) {
    return 'application/json';
  }
  return isTable(text) ? 'text/csv' : 'text/plain';
}

/** Lines with equally many commas, at least two of them. */
function isTable(text: string): boolean {
  const lines = text.split(/\r?\n/).slice(0, -1);
  const commas = lines.map(line => line.split(',').length);
  return lines.length > 1 && commas[0] > 1 && new Set(commas).size === 1;
}
