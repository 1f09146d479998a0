import { DeepError } from '@jupyterlab-deep/protocol';

const MARKS: [encoding: string, mark: number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]]
];

/**
 * Text of a file in UTF-8, or in UTF-16 when its first bytes say so.
 *
 * @throws DeepError `invalid-request` in words for any other encoding.
 */
export function decodeText(bytes: Uint8Array): string {
  const [encoding] = MARKS.find(([, mark]) =>
    mark.every((byte, index) => bytes[index] === byte)
  ) ?? ['utf-8'];
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DeepError(
      'invalid-request',
      `It is not text in ${encoding.toUpperCase()}: byte sequences in it have no meaning there.`,
      { hint: 'Its author must save it as UTF-8.', cause: error }
    );
  }
}
