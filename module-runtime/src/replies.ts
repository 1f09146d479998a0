import { type ServerResponse } from 'node:http';

const JSON_UTF8 = 'application/json; charset=utf-8';
const TEXT_UTF8 = 'text/plain; charset=utf-8';

const REASONS: Record<number, string> = {
  302: 'Found',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented'
};

type Headers = Record<string, string>;

/** Sends a body, unless the client has gone. */
export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Headers = {}
): void {
  if (response.destroyed || response.headersSent) {
    return;
  }
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    ...headers
  });
  response.end(body);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers?: Headers
): void {
  send(response, status, JSON_UTF8, JSON.stringify(value), headers);
}

/** Refused arguments, by name; real DEEPaaS leaves out the character set here. */
export function sendFieldProblems(
  response: ServerResponse,
  fields: Record<string, string[]>,
  status: number
): void {
  send(response, status, 'application/json', JSON.stringify(fields));
}

/** `404: Not Found` and its like, the bodies of aiohttp. */
export function sendStatus(
  response: ServerResponse,
  status: number,
  headers?: Headers,
  reason = REASONS[status]
): void {
  response.statusMessage = reason;
  send(response, status, TEXT_UTF8, `${status}: ${reason}`, headers);
}
