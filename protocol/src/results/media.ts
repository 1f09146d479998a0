/** What a file is, for the choice of how it is shown. */
export type Medium =
  | 'picture'
  | 'vector'
  | 'audio'
  | 'video'
  | 'table'
  | 'zip'
  | 'pdf'
  | 'npy'
  | 'json'
  | 'html'
  | 'text'
  | 'binary';

export interface IMedia {
  medium: Medium;
  /** Exact: by the first bytes, where the given one has a `*` or says nothing. */
  contentType: string;
}

/** First bytes that are enough for all of this. */
export const HEAD_BYTES = 512;

/** Place, bytes in hexadecimal digits (`.` for any), type. */
const SIGNATURES: [number, RegExp, string][] = [
  [0, /^89504e470d0a1a0a/, 'image/png'],
  [0, /^ffd8ff/, 'image/jpeg'],
  [0, /^47494638/, 'image/gif'],
  [0, /^52494646.{8}57454250/, 'image/webp'],
  [0, /^52494646.{8}57415645/, 'audio/wav'],
  [0, /^52494646.{8}41564920/, 'video/x-msvideo'],
  [0, /^(49492a00|4d4d002a)/, 'image/tiff'],
  [4, /^6674797061766966/, 'image/avif'],
  [4, /^667479704d3441/, 'audio/mp4'],
  [4, /^66747970/, 'video/mp4'],
  [0, /^1a45dfa3/, 'video/webm'],
  [0, /^4f676753/, 'audio/ogg'],
  [0, /^664c6143/, 'audio/flac'],
  [0, /^494433/, 'audio/mpeg'],
  [0, /^fff[b3a2]/, 'audio/mpeg'],
  [0, /^25504446/, 'application/pdf'],
  [0, /^504b(0304|0506)/, 'application/zip'],
  [0, /^1f8b08/, 'application/gzip'],
  [0, /^934e554d5059/, 'application/x-npy'],
  [0, /^424d.{8}00000000/, 'image/bmp']
];

const BY_TYPE: [RegExp, Medium][] = [
  [/^image\/svg/, 'vector'],
  [/^image\//, 'picture'],
  [/^audio\//, 'audio'],
  [/^video\//, 'video'],
  [/^text\/(csv|tab-separated-values|tsv)$/, 'table'],
  [/^application\/(x-)?csv$/, 'table'],
  [/^application\/(x-)?zip(-compressed)?$/, 'zip'],
  [/^application\/pdf$/, 'pdf'],
  [/^application\/x-npy$/, 'npy'],
  [/[/+]json$/, 'json'],
  [/^(text\/html|application\/xhtml\+xml)$/, 'html'],
  [/^text\//, 'text']
];

const BY_ENDING: [RegExp, string][] = [
  [/\.csv$/i, 'text/csv'],
  [/\.tsv$/i, 'text/tab-separated-values'],
  [/\.(geo)?json$/i, 'application/json'],
  [/\.svg$/i, 'image/svg+xml'],
  [/\.html?$/i, 'text/html'],
  [/\.(txt|log|md|ya?ml|xml|py|toml|ini)$/i, 'text/plain']
];

/**
 * What a file is: by its first bytes, then by the type that was given, then by its name.
 *
 * @param head - the first {@link HEAD_BYTES} bytes.
 */
export function recogniseBytes(
  head: Uint8Array,
  contentType = '',
  filename = ''
): IMedia {
  const said = contentType.split(';')[0].trim().toLowerCase();
  const isExact = /^[\w.+-]+\/[\w.+-]+$/.test(said) && !isVague(said);
  const type =
    signatureOf(head) ??
    (isExact ? said : undefined) ??
    BY_ENDING.find(([ending]) => ending.test(filename))?.[1] ??
    typeOfText(head);
  const medium = BY_TYPE.find(([pattern]) => pattern.test(type))?.[1];
  return { medium: medium ?? 'binary', contentType: type };
}

const isVague = (type: string): boolean =>
  ['application/octet-stream', 'binary/octet-stream'].includes(type);

/** Media type by the first bytes; undefined when they say nothing. */
export function signatureOf(head: Uint8Array): string | undefined {
  const digits = Array.from(head.subarray(0, 32), byte =>
    byte.toString(16).padStart(2, '0')
  ).join('');
  return SIGNATURES.find(([at, pattern]) =>
    pattern.test(digits.slice(at * 2))
  )?.[2];
}

function typeOfText(head: Uint8Array): string {
  if (head.length === 0 || head.some(isControl)) {
    return 'application/octet-stream';
  }
  const begin = String.fromCharCode(...head.subarray(0, 64)).trimStart();
  if (/^(<!doctype html|<html)/i.test(begin)) {
    return 'text/html';
  }
  return /^[[{]/.test(begin) ? 'application/json' : 'text/plain';
}

/** None that text has: it has tab, line feed, carriage return, form feed. */
const isControl = (byte: number): boolean =>
  byte < 32 && ![9, 10, 12, 13].includes(byte);
