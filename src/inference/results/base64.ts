/** The bytes of base64 text, which may have line breaks. Throws for text that is none. */
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64.replace(/\s/g, ''));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) {
    bytes[at] = binary.charCodeAt(at);
  }
  return bytes;
}

/** More arguments than these a call does not take. */
const STEP = 8192;

/** Bytes as base64 text. */
export function base64OfBytes(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += STEP) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + STEP)));
  }
  return btoa(pieces.join(''));
}
