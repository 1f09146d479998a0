import { createReadStream } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';

/** What goes into an archive. */
export type ITarEntry =
  | { name: string; content: string }
  | { name: string; file: string; sizeBytes: number; isProgram: boolean };

const BLOCK = 512;
const MAX_NAME = 100;
const MAX_OCTAL_SIZE = 0o77777777777;

/** An archive of files, whatever their names, as it is read. */
export const packTar = (entries: ITarEntry[]): Readable =>
  Readable.from(pieces(entries));

/** Every file below a folder; links that lead out of it are left out. */
export async function entriesOf(
  folder: string,
  prefix: string
): Promise<ITarEntry[]> {
  const root = await realpath(folder);
  return walk(root, root, prefix);
}

async function walk(
  root: string,
  folder: string,
  prefix: string
): Promise<ITarEntry[]> {
  const names = (await readdir(folder)).sort();
  const found: ITarEntry[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const as = `${prefix}/${name}`;
    const isLink = (await lstat(file)).isSymbolicLink();
    if (isLink && !(await leadsInside(root, file))) {
      continue;
    }
    const info = await stat(file);
    if (info.isDirectory() && !isLink) {
      found.push(...(await walk(root, file, as)));
    } else if (info.isFile()) {
      const isProgram = (info.mode & 0o100) !== 0;
      found.push({ name: as, file, sizeBytes: info.size, isProgram });
    }
  }
  return found;
}

async function leadsInside(root: string, link: string): Promise<boolean> {
  const target = await realpath(link).catch(() => '');
  return target.startsWith(`${root}/`);
}

async function* pieces(entries: ITarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    const sizeBytes =
      'content' in entry ? Buffer.byteLength(entry.content) : entry.sizeBytes;
    const isProgram = 'file' in entry && entry.isProgram;
    yield* headers(entry.name, sizeBytes, isProgram);
    if ('content' in entry) {
      yield Buffer.from(entry.content);
    } else {
      yield* contentOf(entry.file, sizeBytes);
    }
    yield Buffer.alloc(padding(sizeBytes));
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Exactly as long as was announced, also of a file that changes meanwhile. */
async function* contentOf(
  file: string,
  sizeBytes: number
): AsyncGenerator<Buffer> {
  if (sizeBytes === 0) {
    return;
  }
  let left = sizeBytes;
  const stream = createReadStream(file, { end: sizeBytes - 1 });
  for await (const piece of stream as AsyncIterable<Buffer>) {
    left -= piece.length;
    yield piece;
  }
  if (left > 0) {
    throw new Error(`${file} became shorter while it was read.`);
  }
}

/** Names that a plain header cannot hold stand in one of their own before it. */
function* headers(
  name: string,
  sizeBytes: number,
  isProgram: boolean
): Generator<Buffer> {
  const isPlain = /^[\x20-\x7e]*$/.test(name) && name.length <= MAX_NAME;
  const isHuge = sizeBytes > MAX_OCTAL_SIZE;
  if (!isPlain || isHuge) {
    const records = [
      record('path', name),
      ...(isHuge ? [record('size', String(sizeBytes))] : [])
    ];
    const body = Buffer.concat(records);
    yield header('extended', body.length, 'x', 0o644);
    yield body;
    yield Buffer.alloc(padding(body.length));
  }
  const mode = isProgram ? 0o755 : 0o644;
  yield header(isPlain ? name : 'file', isHuge ? 0 : sizeBytes, '0', mode);
}

/** `<length> <key>=<value>\n`, in which the length counts its own digits. */
function record(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length;
  while (String(length).length + rest.length !== length) {
    length = String(length).length + rest.length;
  }
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function header(
  name: string,
  sizeBytes: number,
  type: string,
  mode: number
): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string =>
    `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0, MAX_NAME);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(sizeBytes, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const padding = (sizeBytes: number): number =>
  (BLOCK - (sizeBytes % BLOCK)) % BLOCK;
