import { signatureOf } from './media';

const DIGITS =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Shorter text is no file. Characters. */
const SHORTEST = 40;
/** As much as signatures need, in whole groups of four. Characters. */
const HEAD_CHARACTERS = 64;

/** A file that is text. */
export interface IEncodedFile {
  contentType: string;
  base64: string;
  sizeBytes: number;
}

/**
 * A file as base64 text, with or without a `data:` prefix: known by its first bytes, since the type is seldom said.
 * Looks only at the beginning of the text.
 */
export function encodedFile(text: string): IEncodedFile | undefined {
  if (text.length < SHORTEST) {
    return undefined;
  }
  const prefix = /^data:([\w.+-]+\/[\w.+-]+)?[^,]{0,100};base64,/.exec(
    text.slice(0, 200)
  );
  const base64 = prefix ? text.slice(prefix[0].length) : text;
  const head = base64.slice(0, HEAD_CHARACTERS).replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+=*$/.test(head)) {
    return undefined;
  }
  const contentType = signatureOf(bytesOfBase64(head)) ?? prefix?.[1];
  return contentType
    ? { contentType, base64, sizeBytes: Math.floor((base64.length * 3) / 4) }
    : undefined;
}

function bytesOfBase64(text: string): Uint8Array {
  const values = Array.from(text.replace(/=+$/, ''), digit =>
    DIGITS.indexOf(digit)
  );
  const bytes: number[] = [];
  for (let at = 0; at + 3 < values.length; at += 4) {
    const [a, b, c, d] = values.slice(at, at + 4);
    bytes.push((a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2));
    bytes.push(((c & 3) << 6) | d);
  }
  return Uint8Array.from(bytes);
}
