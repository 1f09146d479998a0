import http from 'node:http';

export type Address = { socketPath: string } | { host: string; port: number };

export interface IAsk {
  method?: string;
  path: string;
  /** Of a POST: a form goes as multipart, parameters as a form, an object as JSON. */
  body?: FormData | URLSearchParams | Buffer | string | object;
  headers?: Record<string, string>;
}

export interface IAnswer {
  status: number;
  reason: string;
  headers: http.IncomingHttpHeaders;
  text: string;
  // The tests look into answers of many shapes.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any;
}

async function encode(
  body: IAsk['body']
): Promise<{ bytes: Buffer; type?: string }> {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    return { bytes: Buffer.from(body ?? '') };
  }
  if (body instanceof FormData || body instanceof URLSearchParams) {
    const response = new Response(body);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { bytes, type: response.headers.get('content-type')! };
  }
  const bytes = Buffer.from(JSON.stringify(body));
  return { bytes, type: 'application/json' };
}

/** Asks without adding any header that is not named, `Accept` above all. */
export async function ask(
  address: Address,
  { method = 'GET', path, body, headers = {} }: IAsk
): Promise<IAnswer> {
  const { bytes, type } = await encode(body);
  const all = {
    ...(type ? { 'Content-Type': type } : {}),
    ...(method === 'POST' && !('Transfer-Encoding' in headers)
      ? { 'Content-Length': bytes.length }
      : {}),
    ...headers
  };
  return new Promise((resolve, reject) => {
    http
      .request({ ...address, path, method, headers: all, agent: false })
      .on('response', response => collect(response).then(resolve, reject))
      .on('error', reject)
      .end(bytes);
  });
}

export async function collect(
  response: http.IncomingMessage
): Promise<IAnswer> {
  const pieces: Buffer[] = await response.toArray();
  const text = Buffer.concat(pieces).toString('utf8');
  const { statusCode: status = 0, statusMessage = '', headers } = response;
  return {
    status,
    reason: statusMessage,
    headers,
    text,
    get json() {
      return JSON.parse(text);
    }
  };
}

/** A form with a picture, or what is sent in its place. */
export function pictureForm(
  picture: Uint8Array,
  fields: Record<string, string> = {},
  fileName = 'picture.jpg'
): FormData {
  const form = new FormData();
  form.set('image', new File([picture], fileName));
  for (const [name, value] of Object.entries(fields)) {
    form.set(name, value);
  }
  return form;
}
