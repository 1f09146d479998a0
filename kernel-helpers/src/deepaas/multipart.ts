import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { FileSource } from './types';

/** A request body that can be sent once. */
export interface IBody {
  contentType: string;
  sizeBytes: number;
  payload: Buffer | Readable;
}

/** Above this the files are read while they are sent; below, one buffer is several times faster. */
const STREAM_ABOVE_BYTES = 4 * 1024 * 1024;

const CONTENT_TYPES: Record<string, string> = {
  '.bmp': 'image/bmp',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.txt': 'text/plain',
  '.wav': 'audio/wav',
  '.webp': 'image/webp',
  '.zip': 'application/zip'
};

interface IPart {
  head: Buffer;
  sizeBytes: number;
  content: Buffer | { path: string };
}

/**
 * The body of a predict call: JSON without files, else multipart; lists repeat their key.
 *
 * @throws DeepError `not-found` for a missing file, `invalid-arguments` for an object beside a file.
 */
export async function makeBody(
  args: Record<string, unknown>,
  files: Record<string, FileSource>
): Promise<IBody> {
  if (Object.keys(files).length === 0) {
    const payload = Buffer.from(JSON.stringify(args));
    return {
      contentType: 'application/json',
      sizeBytes: payload.length,
      payload
    };
  }
  const boundary = `deep-${randomUUID()}`;
  const parts = [
    ...fieldParts(args, boundary),
    ...(await Promise.all(
      Object.entries(files).map(([name, file]) =>
        filePart(name, file, boundary)
      )
    ))
  ];
  const end = Buffer.from(`--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    ...(await join(parts, end))
  };
}

const LINE_END = Buffer.from('\r\n');

async function join(
  parts: IPart[],
  end: Buffer
): Promise<Omit<IBody, 'contentType'>> {
  const sizeBytes = parts.reduce(
    (sum, part) => sum + part.head.length + part.sizeBytes + LINE_END.length,
    end.length
  );
  if (sizeBytes > STREAM_ABOVE_BYTES) {
    return { sizeBytes, payload: Readable.from(inPieces(parts, end)) };
  }
  const pieces: Buffer[] = [];
  for (const { head, content } of parts) {
    const data = Buffer.isBuffer(content)
      ? content
      : await readFile(content.path);
    pieces.push(head, data, LINE_END);
  }
  const payload = Buffer.concat([...pieces, end]);
  return { sizeBytes: payload.length, payload };
}

async function* inPieces(parts: IPart[], end: Buffer): AsyncGenerator<Buffer> {
  for (const { head, content } of parts) {
    yield head;
    if (Buffer.isBuffer(content)) {
      yield content;
    } else {
      yield* createReadStream(content.path, { highWaterMark: 256 * 1024 });
    }
    yield LINE_END;
  }
  yield end;
}

function fieldParts(args: Record<string, unknown>, boundary: string): IPart[] {
  return Object.entries(args).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(item => {
      const content = Buffer.from(fieldText(name, item));
      return {
        head: partHead(boundary, `name="${escapeName(name)}"`),
        sizeBytes: content.length,
        content
      };
    })
  );
}

function fieldText(name: string, value: unknown): string {
  if (typeof value === 'object') {
    const says = 'An object cannot be sent together with a file.';
    throw new DeepError('invalid-arguments', `${name}: ${says}`, {
      hint: 'DEEPaaS takes objects only in a JSON body, and files only in a form.',
      fields: { [name]: [says] }
    });
  }
  return String(value);
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
    `name="${escapeName(name)}"; filename="${escapeName(filename)}"`,
    type.replace(/[\r\n]/g, '')
  );
  if ('data' in file) {
    const { buffer, byteOffset, byteLength } = file.data;
    const content = Buffer.from(buffer, byteOffset, byteLength);
    return { head, sizeBytes: content.length, content };
  }
  const sizeBytes = await sizeOf(name, file.path);
  return { head, sizeBytes, content: { path: file.path } };
}

async function sizeOf(name: string, file: string): Promise<number> {
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new DeepError('not-found', `${name}: “${file}” cannot be read.`, {
      hint: 'Check the path; it is relative to the notebook.',
      technical: cause.message,
      cause
    });
  });
  if (!found.isFile()) {
    const says = `“${file}” is not a file.`;
    throw new DeepError('invalid-arguments', `${name}: ${says}`, {
      fields: { [name]: [says] }
    });
  }
  return found.size;
}

/** The media type that a file's name promises. */
export const contentTypeOf = (filename: string): string =>
  CONTENT_TYPES[path.extname(filename).toLowerCase()] ??
  'application/octet-stream';

const partHead = (
  boundary: string,
  disposition: string,
  contentType?: string
): Buffer =>
  Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n` +
      (contentType ? `Content-Type: ${contentType}\r\n` : '') +
      '\r\n'
  );

/** As browsers do it (WHATWG, multipart/form-data encoding algorithm). */
const escapeName = (name: string): string =>
  name.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
