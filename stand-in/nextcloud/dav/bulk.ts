import { writeFileSync } from 'node:fs';
import type { Exchange } from '../exchange.ts';
import { segmentsOf } from '../exchange.ts';
import { DavError, badRequest, notAllowed } from '../failures.ts';
import { work } from '../pace.ts';
import type { IParts } from '../parts.ts';
import { sum } from '../tree.ts';
import { find, lettersOf, rootOf } from '../view.ts';
import type { IDavRequest } from './context.ts';
import { ocId } from './context.ts';
import { checkName, checkQuota, parentOf, place } from './put.ts';
import { filesPrefix } from './uploads.ts';

type PartHeaders = Record<string, string | undefined>;

interface IPart {
  headers: PartHeaders;
  content: Buffer;
}

const CRLF = '\r\n';

/** What stands between two boundaries, one after the other; throws where the body is not what it says. */
class MultipartReader {
  constructor(body: Buffer, boundary: string) {
    this._body = body;
    this._boundary = `--${boundary}`;
    this._at = this._take(this._boundary);
  }

  /** The next part, or undefined behind the last. */
  next(): IPart | undefined {
    if (this._starts('--')) {
      return undefined;
    }
    this._at = this._take(CRLF);
    const headers = this._headers();
    const length = Number(headers['content-length']);
    if (!Number.isInteger(length)) {
      throw new Error('The Content-Length header must not be null.');
    }
    const content = this._body.subarray(this._at, this._at + length);
    this._at += length;
    this._at = this._take(CRLF + this._boundary);
    verify(headers, content);
    return { headers, content };
  }

  private _headers(): PartHeaders {
    const end = this._body.indexOf(CRLF + CRLF, this._at);
    if (end < 0) {
      throw new Error('Error while parsing the headers of a part');
    }
    const lines = this._body.toString('utf8', this._at, end).split(CRLF);
    this._at = end + 4;
    return Object.fromEntries(
      lines.map(line => {
        const colon = line.indexOf(':');
        return [
          line.slice(0, colon).toLowerCase(),
          line.slice(colon + 1).trim()
        ];
      })
    );
  }

  private _starts(text: string): boolean {
    const end = this._at + text.length;
    return this._body.toString('utf8', this._at, end) === text;
  }

  private _take(text: string): number {
    if (!this._starts(text)) {
      throw new Error('Boundary not found where it should be.');
    }
    return this._at + text.length;
  }

  private readonly _body: Buffer;
  private readonly _boundary: string;
  private _at = 0;
}

/** Here the sum is looked at. */
function verify(headers: PartHeaders, content: Buffer): void {
  const [algorithm, given] = headers['oc-checksum']?.split(':') ?? [
    'md5',
    headers['x-file-md5']
  ];
  if (given === undefined) {
    throw new Error('The hash headers must not be null.');
  }
  if (sum(algorithm!.toLowerCase(), content) !== given.toLowerCase()) {
    throw new Error('Computed hash is incorrect.');
  }
}

const boundaryOf = (exchange: Exchange) => {
  const type = exchange.header('content-type') ?? '';
  const boundary = /^multipart\/related;.*boundary="?([^";]+)"?/.exec(
    type
  )?.[1];
  if (!boundary) {
    throw badRequest('Content-Type must be multipart/related with a boundary');
  }
  return boundary;
};

/** POST /bulk: many files in one request, each with an answer of its own. */
export async function bulk(parts: IParts, exchange: Exchange): Promise<void> {
  if (exchange.method !== 'POST') {
    throw notAllowed(`${exchange.method} is not allowed here`);
  }
  const body = await exchange.bytes();
  const answers: Record<string, unknown> = {};
  try {
    const reader = new MultipartReader(body, boundaryOf(exchange));
    for (let part = reader.next(); part; part = reader.next()) {
      await work(parts.pace?.bulkFileMs ?? 0);
      const name = part.headers['x-file-path'] ?? '';
      answers[name] = write(parts, exchange, part);
    }
  } catch (error) {
    if (error instanceof DavError) {
      throw error;
    }
    exchange.sendJson(400, phpArray(answers));
    return;
  }
  exchange.sendJson(200, phpArray(answers));
}

/** PHP writes an empty map as a list. */
const phpArray = (answers: Record<string, unknown>) =>
  Object.keys(answers).length === 0 ? [] : answers;

function write(parts: IParts, exchange: Exchange, part: IPart) {
  const asked: IDavRequest = {
    parts,
    exchange,
    root: rootOf(parts, exchange.user!.uid),
    segments: [],
    prefix: filesPrefix(parts, exchange)
  };
  try {
    const path = part.headers['x-file-path'] ?? '';
    asked.segments = segmentsOf(
      path.split('/').map(encodeURIComponent).join('/')
    );
    return writeOne(asked, part);
  } catch (error) {
    return { error: true, message: String((error as Error).message) };
  }
}

function writeOne(asked: IDavRequest, { headers, content }: IPart) {
  const { parts, root, segments } = asked;
  checkName(segments.at(-1) ?? '');
  const parent = parentOf(asked, false);
  checkQuota(parts, parent.node.owner, content.length);
  const file = parts.tree.temporaryFile();
  writeFileSync(file, content);
  const modified = headers['x-oc-mtime'] ?? headers['x-file-mtime'];
  const { node } = place(asked, parent, {
    file,
    sizeBytes: content.length,
    modifiedS: modified === undefined ? undefined : Number(modified),
    checksum: headers['oc-checksum']
  });
  return {
    error: false,
    // Without quotes here, unlike everywhere else.
    etag: node.etag.slice(1, -1),
    fileid: ocId(node.id),
    permissions: lettersOf(find(parts, root, segments))
  };
}
