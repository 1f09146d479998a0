import { DeepError } from '@jupyterlab-deep/protocol';
import type { IAttempt } from './failures';
import type { IPredictReply } from './types';

const SIGNATURES: [number, string, string][] = [
  [0, '89504e470d0a1a0a', 'image/png'],
  [0, 'ffd8ff', 'image/jpeg'],
  [0, '47494638', 'image/gif'],
  [8, '57454250', 'image/webp'],
  [0, '49492a00', 'image/tiff'],
  [0, '4d4d002a', 'image/tiff'],
  [0, '424d', 'image/bmp'],
  [0, '25504446', 'application/pdf'],
  [0, '504b0304', 'application/zip'],
  [0, '1f8b', 'application/gzip'],
  [8, '57415645', 'audio/wav'],
  [0, '494433', 'audio/mpeg'],
  [4, '66747970', 'video/mp4']
];

/** Media type by the first bytes; undefined when they say nothing. */
export function sniffContentType(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.subarray(0, 32)).toString('hex');
  const match = SIGNATURES.find(([at, hex]) => start.startsWith(hex, at * 2));
  return match?.[2];
}

/**
 * Understand the answer to predict: unwrap JSON, find type and name of files.
 *
 * @throws DeepError `module-failed` when the answer says that it is JSON and is not.
 */
export function readReply(
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
  attempt: IAttempt
): IPredictReply {
  const contentType = typeOf(headers['content-type'], body);
  const filename = filenameIn(headers['content-disposition']);
  const reply: IPredictReply = { contentType, body };
  if (filename) {
    reply.filename = filename;
  }
  if (/[/+]json$/.test(contentType)) {
    reply.value = unwrap(parse(body, attempt));
  }
  return reply;
}

/** Modules send the accepted type literally, also `image/*`: then the first bytes decide. */
function typeOf(header: string | string[] | undefined, body: Buffer): string {
  const said = String(header ?? '')
    .split(';')[0]
    .trim()
    .toLowerCase();
  if (said && !said.includes('*')) {
    return said;
  }
  const looksLikeJson = /^\s*[[{]/.test(
    body.subarray(0, 64).toString('latin1')
  );
  const fallback = looksLikeJson
    ? 'application/json'
    : 'application/octet-stream';
  return sniffContentType(body) ?? fallback;
}

/** Only the last part of the name: a module must not choose a folder here. */
function filenameIn(header: string | string[] | undefined): string | undefined {
  const text = String(header ?? '');
  const encoded = /filename\*=(?:UTF-8)?''([^;]+)/i.exec(text)?.[1];
  const plain = /filename="((?:[^"\\]|\\.)*)"|filename=([^;\s]+)/i.exec(text);
  const name = encoded ? decode(encoded) : (plain?.[1] ?? plain?.[2]);
  const last = name?.split(/[/\\]/).pop();
  return last && last !== '.' && last !== '..' ? last : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A wrong escape: the name is only a proposal, so it is taken as it stands.
    return text;
  }
}

function parse(body: Buffer, { action, name }: IAttempt): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Python writes these words, which JSON does not have.
    const number = /\b(NaN|-?Infinity)\b/.exec(text)?.[0];
    const why = number ? `it contains ${number}` : (cause as Error).message;
    throw new DeepError(
      'module-failed',
      `${name} answered ${action} with something that is not valid JSON: ${why}.`,
      {
        hint: "Tell the module's author.",
        technical: text.slice(0, 1000),
        cause
      }
    );
  }
}

/** DEEPaaS wraps the answers of modules that declare no schema of their own. */
function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const keys = Object.keys(value).sort().join();
  return keys === 'predictions,status'
    ? (value as { predictions: unknown }).predictions
    : value;
}
