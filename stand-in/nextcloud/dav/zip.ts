import { closeSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Exchange } from '../exchange.ts';
import { badRequest } from '../failures.ts';
import { work } from '../pace.ts';
import type { ISeen } from '../view.ts';
import { childrenOf, find } from '../view.ts';
import type { IDavRequest } from './context.ts';

/** UTF-8 names and sizes after the data, as Nextcloud's ZIP streamer sets them. */
const FLAGS = 0x0808;
const VERSION = 45;
const NOT_HERE = 0xffffffff;
const PIECE_BYTES = 1 << 18;

export function asksForZip(exchange: Exchange): boolean {
  const accept =
    exchange.query.get('accept') ?? exchange.header('accept') ?? '';
  return accept
    .split(',')
    .some(each => ['zip', 'application/zip'].includes(each.trim()));
}

interface IWritten {
  name: Buffer;
  crc: number;
  sizeBytes: number;
  at: number;
  time: Buffer;
}

/** A ZIP as it comes: stored, zip64, sizes and sums in descriptors behind the data. */
class ZipStream {
  constructor(response: ServerResponse) {
    this._response = response;
    this._closed = once(response, 'close');
  }

  async add(name: string, modifiedS: number, file?: string): Promise<void> {
    const entry: IWritten = {
      name: Buffer.from(name),
      crc: 0,
      sizeBytes: 0,
      at: this._at,
      time: dosTime(modifiedS)
    };
    let held: Buffer = localHeader(entry);
    for (const piece of file ? pieces(file) : []) {
      entry.crc = crc32(piece, entry.crc);
      entry.sizeBytes += piece.length;
      // Small ones go together, as web servers send them.
      if (held.length + piece.length > PIECE_BYTES) {
        await this._write(held);
        held = piece;
      } else {
        held = Buffer.concat([held, piece]);
      }
    }
    await this._write(Buffer.concat([held, descriptor(entry)]));
    this._entries.push(entry);
  }

  async end(): Promise<void> {
    const start = this._at;
    for (const entry of this._entries) {
      await this._write(centralHeader(entry));
    }
    await this._write(ending(this._entries.length, start, this._at - start));
    this._response.end();
  }

  private async _write(bytes: Buffer): Promise<void> {
    this._at += bytes.length;
    if (bytes.length > 0 && !this._response.write(bytes)) {
      await Promise.race([once(this._response, 'drain'), this._closed]);
    }
    if (this._response.destroyed) {
      throw new Error('The client has gone');
    }
  }

  private readonly _response: ServerResponse;
  private readonly _closed: Promise<unknown>;
  private readonly _entries: IWritten[] = [];
  private _at = 0;
}

function* pieces(file: string): Generator<Buffer> {
  const open = openSync(file, 'r');
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const length = readSync(open, piece);
      if (length === 0) {
        return;
      }
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(open);
  }
}

function dosTime(seconds: number): Buffer {
  const d = new Date(seconds * 1000);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(
    (d.getUTCHours() << 11) |
      (d.getUTCMinutes() << 5) |
      (d.getUTCSeconds() >> 1)
  );
  const years = Math.max(0, d.getUTCFullYear() - 1980);
  bytes.writeUInt16LE(
    (years << 9) | ((d.getUTCMonth() + 1) << 5) | d.getUTCDate(),
    2
  );
  return bytes;
}

/** Numbers of two, four and eight bytes, one after the other. */
function packed(...fields: (Buffer | [bytes: 2 | 4 | 8, value: number])[]) {
  return Buffer.concat(
    fields.map(field => {
      if (Buffer.isBuffer(field)) {
        return field;
      }
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(field[1]));
      return bytes.subarray(0, field[0]);
    })
  );
}

const localHeader = ({ name, time }: IWritten) =>
  packed(
    [4, 0x04034b50],
    [2, VERSION],
    [2, FLAGS],
    [2, 0],
    time,
    [4, 0],
    [4, NOT_HERE],
    [4, NOT_HERE],
    [2, name.length],
    [2, 20],
    name,
    [2, 1],
    [2, 16],
    [8, 0],
    [8, 0]
  );

const descriptor = ({ crc, sizeBytes }: IWritten) =>
  packed([4, 0x08074b50], [4, crc], [8, sizeBytes], [8, sizeBytes]);

const centralHeader = ({ name, time, crc, sizeBytes, at }: IWritten) =>
  packed(
    [4, 0x02014b50],
    [2, 0x0300 | VERSION],
    [2, VERSION],
    [2, FLAGS],
    [2, 0],
    time,
    [4, crc],
    [4, NOT_HERE],
    [4, NOT_HERE],
    [2, name.length],
    [2, 28],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, NOT_HERE],
    name,
    [2, 1],
    [2, 24],
    [8, sizeBytes],
    [8, sizeBytes],
    [8, at]
  );

const ending = (count: number, start: number, bytes: number) =>
  packed(
    [4, 0x06064b50],
    [8, 44],
    [2, VERSION],
    [2, VERSION],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, bytes],
    [8, start],
    [4, 0x07064b50],
    [4, 0],
    [8, start + bytes],
    [4, 1],
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, Math.min(count, 0xffff)],
    [2, Math.min(count, 0xffff)],
    [4, NOT_HERE],
    [4, NOT_HERE],
    [2, 0]
  );

function filesOf({ exchange }: IDavRequest): string[] {
  const query = exchange.query.get('files');
  if (query === null) {
    const header = exchange.header('x-nc-files');
    return header === undefined ? [] : [header];
  }
  try {
    const files: unknown = JSON.parse(query);
    return Array.isArray(files) ? files.map(String) : [String(files)];
  } catch {
    throw badRequest('Invalid files filter');
  }
}

/** A whole folder, then it is in the names; or those below it that are named. The root's own name is `files`, as in Nextcloud. */
export async function sendZip(asked: IDavRequest, folder: ISeen) {
  const { parts, exchange } = asked;
  const files = filesOf(asked);
  const chosen = files.map(each =>
    find(parts, asked.root, [...folder.segments, ...each.split('/')])
  );
  const name = folder.segments.at(-1) ?? 'download';
  exchange.response.writeHead(200, {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}.zip`
  });
  const zip = new ZipStream(exchange.response);
  if (files.length === 0) {
    await zip.add(`${name}/`, folder.node.modifiedS);
  }
  const above = files.length === 0 ? (folder.segments.at(-1) ?? 'files') : '';
  const depth = folder.segments.length;
  for (const each of chosen.length ? chosen : childrenOf(parts, folder)) {
    await addTree(asked, zip, each, above, depth);
  }
  if (parts.switches.zipExtra) {
    await zip.add(parts.switches.zipExtra, 0);
  }
  await zip.end();
}

async function addTree(
  asked: IDavRequest,
  zip: ZipStream,
  seen: ISeen,
  above: string,
  depth: number
): Promise<void> {
  const { parts } = asked;
  const below = seen.segments.slice(depth);
  const name = (above ? [above, ...below] : below).join('/');
  const { node } = seen;
  if (!node.isFolder) {
    await work(parts.pace?.zipFileMs ?? 0);
    await zip.add(name, node.modifiedS, parts.tree.bytesFile(node));
    return;
  }
  await zip.add(`${name}/`, node.modifiedS);
  for (const child of childrenOf(parts, seen)) {
    await addTree(asked, zip, child, above, depth);
  }
}
