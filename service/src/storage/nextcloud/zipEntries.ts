import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { crc32 } from 'node:zlib';

/** What is no ZIP that we read, or a damaged one. */
export class ZipError extends Error {}

/** A file of a ZIP; its body is read to its end before the next is asked for, and fails where the sum is wrong. */
export interface IZipEntry {
  name: string;
  body: Readable;
}

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const ENDS = new Set([CENTRAL, 0x06064b50, 0x06054b50]);
const HEADER_BYTES = 30;
const SIZE_BEHIND = 0x08;
const ENCRYPTED = 0x01;
const ZIP64 = 0xffffffff;
/** Signature, sum, two sizes of 8 bytes. */
const LONG_DESCRIPTOR_BYTES = 24;
const SHORT_DESCRIPTOR_BYTES = 16;
const SIGNATURE = Buffer.from([0x50, 0x4b, 0x07, 0x08]);

/**
 * The files of a ZIP that comes as a stream (PKWARE's APPNOTE 4.3): stored, sizes in front or in descriptors behind the data, as
 * Nextcloud writes folders. Where a size is not in front, the data ends at the descriptor whose sum and size are those of what was read.
 *
 * @throws ZipError
 */
export async function* zipEntries(
  source: AsyncIterable<Uint8Array>
): AsyncGenerator<IZipEntry> {
  const reader = new ByteReader(source);
  for (;;) {
    const signature = (await reader.take(4)).readUInt32LE();
    if (ENDS.has(signature)) {
      await reader.drain();
      return;
    }
    if (signature !== LOCAL) {
      throw new ZipError('The ZIP is damaged: a file does not begin.');
    }
    const header = await readHeader(reader);
    const state = { isRead: false };
    const body = Readable.from(
      marked(header.hasSize ? known(reader, header) : found(reader), state),
      { objectMode: false }
    );
    yield { name: header.name, body };
    if (!state.isRead) {
      await skip(body, state);
    }
  }
}

interface IHeader {
  name: string;
  hasSize: boolean;
  sizeBytes: number;
  crc: number;
}

async function readHeader(reader: ByteReader): Promise<IHeader> {
  const fixed = await reader.take(HEADER_BYTES - 4);
  const flags = fixed.readUInt16LE(2);
  const method = fixed.readUInt16LE(4);
  if (flags & ENCRYPTED || method !== 0) {
    throw new ZipError(
      `The ZIP is compressed (${method}) or encrypted, which was not asked for.`
    );
  }
  const name = await reader.take(fixed.readUInt16LE(22));
  const extra = await reader.take(fixed.readUInt16LE(24));
  const short = fixed.readUInt32LE(14);
  return {
    name: name.toString('utf8'),
    hasSize: (flags & SIZE_BEHIND) === 0,
    crc: fixed.readUInt32LE(10),
    sizeBytes: short === ZIP64 ? longSize(extra) : short
  };
}

/** The size in the extra field of ZIP64 (APPNOTE 4.5.3). */
function longSize(extra: Buffer): number {
  for (let at = 0; at + 4 <= extra.length;) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1 && length >= 8) {
      return Number(extra.readBigUInt64LE(at + 4));
    }
    at += 4 + length;
  }
  throw new ZipError('The ZIP is damaged: a size is missing.');
}

async function* known(
  reader: ByteReader,
  { sizeBytes, crc }: IHeader
): AsyncGenerator<Buffer> {
  let sum = 0;
  for (let left = sizeBytes; left > 0;) {
    const piece = await reader.some(left);
    left -= piece.length;
    sum = crc32(piece, sum);
    yield piece;
  }
  if (sum !== crc) {
    throw new ZipError('The ZIP is damaged: a sum is wrong.');
  }
}

/** Data up to its descriptor. */
async function* found(reader: ByteReader): AsyncGenerator<Buffer> {
  let sum = 0;
  let size = 0;
  for (;;) {
    const at = await reader.find(SIGNATURE);
    if (at > 0) {
      const piece = await reader.take(at);
      sum = crc32(piece, sum);
      size += piece.length;
      yield piece;
    }
    const head = await reader.peek(LONG_DESCRIPTOR_BYTES + 4);
    const bytes = isSignature(head) ? descriptorBytes(head, sum, size) : 0;
    if (bytes > 0) {
      await reader.take(bytes);
      return;
    }
    if (isSignature(head)) {
      // Four bytes of the data look like a descriptor.
      const piece = await reader.take(1);
      sum = crc32(piece, sum);
      size += 1;
      yield piece;
    }
  }
}

const isSignature = (head: Buffer): boolean =>
  head.length >= 4 && head.readUInt32LE() === DESCRIPTOR;

/** How long the descriptor is that fits what was read; 0 when it does not. */
function descriptorBytes(head: Buffer, sum: number, size: number): number {
  if (head.length < SHORT_DESCRIPTOR_BYTES || head.readUInt32LE(4) !== sum) {
    return 0;
  }
  const isLong =
    head.length >= LONG_DESCRIPTOR_BYTES &&
    head.readBigUInt64LE(8) === BigInt(size) &&
    head.readBigUInt64LE(16) === BigInt(size) &&
    isNext(head, LONG_DESCRIPTOR_BYTES);
  if (isLong) {
    return LONG_DESCRIPTOR_BYTES;
  }
  const isShort =
    head.readUInt32LE(8) === size % 2 ** 32 &&
    isNext(head, SHORT_DESCRIPTOR_BYTES);
  return isShort ? SHORT_DESCRIPTOR_BYTES : 0;
}

function isNext(head: Buffer, at: number): boolean {
  if (head.length < at + 4) {
    return false;
  }
  const signature = head.readUInt32LE(at);
  return signature === LOCAL || ENDS.has(signature);
}

async function* marked(
  source: AsyncGenerator<Buffer>,
  state: { isRead: boolean }
): AsyncGenerator<Buffer> {
  yield* source;
  state.isRead = true;
}

/** Whoever does not want a file leaves it; the next one begins behind it. */
async function skip(body: Readable, state: { isRead: boolean }): Promise<void> {
  if (body.destroyed) {
    throw body.errored ?? new ZipError('A file of the ZIP was not read.');
  }
  await finished(body.resume());
  state.isRead = true;
}

/** Takes bytes of a stream in pieces as they are wanted. */
class ByteReader {
  constructor(source: AsyncIterable<Uint8Array>) {
    this._source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many. */
  async take(count: number): Promise<Buffer> {
    await this._fill(count);
    if (this._held.length < count) {
      throw new ZipError('The ZIP was cut.');
    }
    return this._cut(count);
  }

  /** At least one, at most so many. */
  async some(most: number): Promise<Buffer> {
    await this._fill(1);
    if (this._held.length === 0) {
      throw new ZipError('The ZIP was cut.');
    }
    return this._cut(Math.min(most, this._held.length));
  }

  /** So many, or what is left, without taking them. */
  async peek(count: number): Promise<Buffer> {
    await this._fill(count);
    return this._held.subarray(0, count);
  }

  /** How many bytes of what is held stand before a text, or can be no part of it. */
  async find(wanted: Buffer): Promise<number> {
    await this._fill(wanted.length);
    if (this._held.length < wanted.length) {
      throw new ZipError('The ZIP was cut.');
    }
    const at = this._held.indexOf(wanted);
    return at >= 0 ? at : this._held.length - wanted.length + 1;
  }

  async drain(): Promise<void> {
    this._held = Buffer.alloc(0);
    for (let next = await this._source.next(); !next.done;) {
      next = await this._source.next();
    }
  }

  private async _fill(count: number): Promise<void> {
    while (this._held.length < count && !this._isDone) {
      const { done, value } = await this._source.next();
      if (done) {
        this._isDone = true;
      } else {
        this._held =
          this._held.length === 0
            ? asBuffer(value)
            : Buffer.concat([this._held, value]);
      }
    }
  }

  private _cut(count: number): Buffer {
    const cut = this._held.subarray(0, count);
    this._held = this._held.subarray(count);
    return cut;
  }

  private readonly _source: AsyncIterator<Uint8Array>;
  private _held: Buffer = Buffer.alloc(0);
  private _isDone = false;
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
