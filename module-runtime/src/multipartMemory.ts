import { freeNow } from '@jupyterlab-deep/kernel-helpers/models/freeNow';
import { type IncomingMessage } from 'node:http';
import {
  damaged,
  hungUp,
  type IBody,
  MAX_PARTS,
  setOnce,
  type Upload
} from './body';
import { release, reserve } from './memoryBudget';

const END_OF_HEADERS = '\r\n\r\n';
const DISPOSITION = /^content-disposition:\s*form-data\s*;(.*)$/im;
const NAME = /(?:^|;)\s*name=(?:"((?:\\.|[^"])*)"|([^;\s]+))/i;
const FILENAME = /(?:^|;)\s*filename\*?=/i;

/** How browsers write a quotation mark in a name, and how curl does. */
const unescaped = (text: string): string =>
  text.replace(/%22/g, '"').replace(/\\(.)/g, '$1');

/** Whole body of a request whose length is known. */
function readWhole(request: IncomingMessage, bytes: number): Promise<Buffer> {
  const whole = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      at += chunk.copy(whole, at);
      freeNow(chunk);
    });
    request.on('end', () => resolve(whole));
    request.on('close', () => request.complete || reject(hungUp()));
    request.on('error', () => reject(hungUp()));
  });
}

interface IParts {
  fields: Map<string, unknown>;
  files: Map<string, Upload>;
}

function addPart(parts: IParts, headers: string, content: Buffer): void {
  const [, disposition = ''] = DISPOSITION.exec(headers) ?? [];
  const [, quoted, plain] = NAME.exec(disposition) ?? [];
  const name = unescaped(quoted ?? plain ?? '');
  if (name === '') {
    throw damaged('The body is damaged: one of its parts has no name.');
  }
  if (FILENAME.test(disposition)) {
    setOnce(parts.files, name, content);
  } else {
    setOnce(parts.fields, name, content.toString('utf8'));
  }
}

/** The parts of a multipart body; files are views of it. */
export function parseMultipart(whole: Buffer, boundary: string): IParts {
  const parts: IParts = { fields: new Map(), files: new Map() };
  const delimiter = `\r\n--${boundary}`;
  // The first one stands at the beginning, or behind a preamble.
  let at = whole.indexOf(delimiter.slice(2)) + delimiter.length - 2;
  for (let count = 0; count <= MAX_PARTS; count++) {
    if (at < delimiter.length - 2) {
      break;
    }
    if (whole.toString('latin1', at, at + 2) === '--') {
      return parts;
    }
    const headersEnd = whole.indexOf(END_OF_HEADERS, at);
    const end = whole.indexOf(delimiter, headersEnd);
    if (headersEnd < 0 || end < 0) {
      break;
    }
    const headers = whole.toString('utf8', at + 2, headersEnd);
    const content = headersEnd + END_OF_HEADERS.length;
    addPart(parts, headers, whole.subarray(Math.min(content, end), end));
    at = end + delimiter.length;
  }
  throw damaged('The body is damaged: its parts do not end as announced.');
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (!boundary) {
    throw damaged('The body cannot be read: its boundary is not given.');
  }
  return boundary;
}

/**
 * Reads a small multipart body in one piece, which takes half the time of reading it as a stream.
 * @returns null when its length is unknown, or it is too large to be kept in memory; nothing has been read then.
 */
export async function readInMemory(
  request: IncomingMessage
): Promise<IBody | null> {
  const boundary = boundaryOf(request.headers['content-type']!);
  const bytes = Number(request.headers['content-length'] ?? NaN);
  if (!Number.isInteger(bytes) || !reserve(bytes)) {
    return null;
  }
  try {
    const whole = await readWhole(request, bytes);
    const dispose = async (): Promise<void> => {
      freeNow(whole);
      release(bytes);
    };
    try {
      return { ...parseMultipart(whole, boundary), dispose };
    } catch (error) {
      freeNow(whole);
      throw error;
    }
  } catch (error) {
    release(bytes);
    throw error;
  }
}
