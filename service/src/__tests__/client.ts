import http from 'node:http';
import { TOKEN_HEADER } from '@jupyterlab-deep/protocol';

export interface IAsk {
  method?: string;
  path: string;
  /** An object goes as JSON. */
  body?: object | Buffer | string;
  headers?: http.OutgoingHttpHeaders;
}

export interface IAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  // The tests look into answers of many shapes.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any;
}

/** Ask a service over its socket. */
export function ask(
  socketPath: string,
  token: string | undefined,
  { method = 'GET', path, body, headers = {} }: IAsk
): Promise<IAnswer> {
  const isJson =
    body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
  const content = isJson
    ? JSON.stringify(body)
    : (body as Buffer | string | undefined);
  const all: http.OutgoingHttpHeaders = {
    ...(token === undefined ? {} : { [TOKEN_HEADER]: token }),
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    // Node sends none with the body of a DELETE.
    ...(content === undefined
      ? {}
      : { 'content-length': Buffer.byteLength(content) }),
    ...headers
  };
  return new Promise((resolve, reject) => {
    const request = http.request(
      { socketPath, path, method, headers: all, agent: false },
      response => collect(response).then(resolve, reject)
    );
    request.on('error', reject);
    request.end(content);
  });
}

async function collect(response: http.IncomingMessage): Promise<IAnswer> {
  const pieces: Buffer[] = await response.toArray();
  const text = Buffer.concat(pieces).toString('utf8');
  const { statusCode: status = 0, headers } = response;
  return {
    status,
    headers,
    text,
    get json() {
      return JSON.parse(text);
    }
  };
}
