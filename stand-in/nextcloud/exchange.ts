import type { IncomingMessage, ServerResponse } from 'node:http';
import { notFound } from './failures.ts';
import type { IUser } from './users.ts';

/** One request with its answer. */
export class Exchange {
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    webroot: string
  ) {
    const [path, query = ''] = request.url!.split('?', 2) as [string, string?];
    this.request = request;
    this.response = response;
    this.method = request.method!;
    this.path = path.startsWith(webroot) ? path.slice(webroot.length) : path;
    this.query = new URLSearchParams(query);
  }

  /** One header as a string. */
  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.at(-1) : value;
  }

  /** The whole body, for those that are small. */
  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }

  async bytes(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.request) {
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  send(
    status: number,
    body: string | Uint8Array = '',
    headers: Record<string, string | number> = {}
  ): void {
    this.response.writeHead(status, {
      'content-length': Buffer.byteLength(body),
      ...headers
    });
    this.response.end(this.method === 'HEAD' ? undefined : body);
  }

  sendJson(status: number, value: unknown): void {
    this.send(status, JSON.stringify(value), {
      'content-type': 'application/json; charset=utf-8'
    });
  }

  sendXml(status: number, body: string, headers = {}): void {
    this.send(status, body, {
      'content-type': 'application/xml; charset=utf-8',
      ...headers
    });
  }

  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** As it came, without webroot and query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Who asks, where it was proved. */
  user: IUser | undefined;
  appPassword: string | undefined;
}

/** The decoded segments of a path. What climbs, in whatever encoding, is not found. */
export function segmentsOf(path: string): string[] {
  const segments = path
    .split('/')
    .filter(each => each !== '')
    .map(each => decode(each, path));
  const isHostile = segments.some(
    each => each === '.' || each === '..' || /[/\\\0]/.test(each)
  );
  if (isHostile) {
    throw notFound(path);
  }
  return segments;
}

function decode(segment: string, path: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw notFound(path);
  }
}

/** A path as servers write it in `href`. */
export const encodePath = (segments: string[]) =>
  segments.map(each => `/${encodeURIComponent(each)}`).join('');
