import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import { contentTypeOf } from './contentType';
import type { FileSource } from './types';

/** A request body that can be sent once. */
export interface IBody {
  contentType: string;
  sizeBytes: number;
  payload: Buffer | Readable;
}

/** Above this the files are read while they are sent; below, one buffer is several times faster. */
const STREAM_ABOVE_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
const LINE_END = Buffer.from('\r\n');

interface IPart {
  head: string;
  sizeBytes: number;
  content: Buffer | { argument: string; path: string };
}

/**
 * A form with fields and files.
 *
 * @param fields Names with texts; a name may come several times.
 * @throws DeepError `not-found` for a missing file, `invalid-arguments` for what is not a file.
 */
export async function makeForm(
  fields: [string, string][],
  files: [string, FileSource][]
): Promise<IBody> {
  const boundary = `deep-${randomUUID()}`;
  const parts = fields.map(([name, text]) => fieldPart(name, text, boundary));
  for (const [name, file] of files) {
    parts.push(await filePart(name, file, boundary));
  }
  const end = Buffer.from(`--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    ...(await join(parts, end))
  };
}

async function join(
  parts: IPart[],
  end: Buffer
): Promise<Omit<IBody, 'contentType'>> {
  const sizeBytes = parts.reduce(
    (sum, { head, sizeBytes }) =>
      sum + Buffer.byteLength(head) + sizeBytes + LINE_END.length,
    end.length
  );
  if (sizeBytes > STREAM_ABOVE_BYTES) {
    const payload = Readable.from(inPieces(parts, end), { objectMode: false });
    return { sizeBytes, payload };
  }
  const pieces: Buffer[] = [];
  for (const { head, content } of parts) {
    const data = Buffer.isBuffer(content)
      ? content
      : await readFile(content.path).catch(unreadable(content));
    pieces.push(Buffer.from(head), data, LINE_END);
  }
  const payload = Buffer.concat([...pieces, end]);
  return { sizeBytes: payload.length, payload };
}

async function* inPieces(parts: IPart[], end: Buffer): AsyncGenerator<Buffer> {
  for (const { head, content, sizeBytes } of parts) {
    yield Buffer.from(head);
    yield* Buffer.isBuffer(content)
      ? [content]
      : fileInPieces(content, sizeBytes);
    yield LINE_END;
  }
  yield end;
}

/** The file as it was measured: were it longer or shorter, the rest of the form would be out of place. */
async function* fileInPieces(
  file: { argument: string; path: string },
  sizeBytes: number
): AsyncGenerator<Buffer> {
  let readBytes = 0;
  const stream = createReadStream(file.path, { highWaterMark: READ_BYTES });
  try {
    for await (const piece of stream) {
      readBytes += piece.length;
      if (readBytes > sizeBytes) {
        break;
      }
      yield piece;
    }
  } catch (error) {
    unreadable(file)(error as NodeJS.ErrnoException);
  }
  if (readBytes !== sizeBytes) {
    const says = `“${file.path}” changed its size while it was sent.`;
    throw new DeepError('invalid-arguments', `${file.argument}: ${says}`, {
      hint: 'Send it again when nothing writes to it any more.',
      fields: { [file.argument]: [says] }
    });
  }
}

function fieldPart(name: string, text: string, boundary: string): IPart {
  const content = Buffer.from(text);
  return {
    head: partHead(boundary, `name="${escapeName(name)}"`),
    sizeBytes: content.length,
    content
  };
}

async function filePart(
  name: string,
  file: FileSource,
  boundary: string
): Promise<IPart> {
  const filename =
    file.filename ?? path.basename('path' in file ? file.path : name);
  const type = file.contentType ?? contentTypeOf(filename);
  const head = partHead(
    boundary,
    `name="${escapeName(name)}"; ${filenameParameters(filename)}`,
    type.replace(/[\r\n]/g, '')
  );
  if ('data' in file) {
    const { buffer, byteOffset, byteLength } = file.data;
    const content = Buffer.from(buffer, byteOffset, byteLength);
    return { head, sizeBytes: content.length, content };
  }
  const sizeBytes = await sizeOf(name, file.path);
  const content = { argument: name, path: file.path };
  return { head, sizeBytes, content };
}

async function sizeOf(argument: string, file: string): Promise<number> {
  const found = await stat(file).catch(unreadable({ argument, path: file }));
  if (!found.isFile()) {
    const says = `“${file}” is not a file.`;
    throw new DeepError('invalid-arguments', `${argument}: ${says}`, {
      fields: { [argument]: [says] }
    });
  }
  return found.size;
}

const unreadable =
  ({ argument, path: file }: { argument: string; path: string }) =>
  (cause: NodeJS.ErrnoException): never => {
    throw new DeepError('not-found', `${argument}: “${file}” cannot be read.`, {
      hint: 'Check the path; it is relative to the notebook.',
      // Not as its cause: that has the code of a module's socket that is gone.
      technical: cause.message
    });
  };

const partHead = (
  boundary: string,
  disposition: string,
  contentType?: string
): string =>
  `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n` +
  (contentType ? `Content-Type: ${contentType}\r\n` : '') +
  '\r\n';

/** As browsers do it (WHATWG, multipart/form-data encoding algorithm). */
const escapeName = (name: string): string =>
  name.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');

/**
 * Where browsers' way would lose something, the name goes as RFC 8187 has it too: DEEPaaS (aiohttp) does not take `%22` back and
 * stumbles over semicolons and backslashes, but prefers `filename*`.
 */
function filenameParameters(filename: string): string {
  const plain = escapeName(filename.replace(/[\\;]/g, '_'));
  return plain === filename
    ? `filename="${plain}"`
    : `filename="${plain}"; filename*=UTF-8''${percentEncoded(filename)}`;
}

const percentEncoded = (text: string): string =>
  encodeURIComponent(Buffer.from(text).toString()).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  );
