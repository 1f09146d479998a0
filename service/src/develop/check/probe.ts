import type { Dispatcher } from 'undici';
import { parseEndpoint } from '@jupyterlab-deep/kernel-helpers/deepaas/endpoint';

const ANSWER_MS = 60_000;
const MAX_ANSWER_BYTES = 32 * 1024 ** 2;
const SHOWN_CHARACTERS = 600;

/** One request as it is to be sent; nothing is added to it and no redirect is followed. */
export interface IAsk {
  method?: string;
  /** Below the server's origin. */
  path: string;
  headers?: Record<string, string>;
  body?: string | FormData;
  /** For the report, in place of the body. */
  bodyWords?: string;
}

/** What came back; `status` is 0 where nothing did. */
export interface ISeen {
  status: number;
  contentType: string;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Undefined where it is no JSON. */
  json: unknown;
  ms: number;
  sent: string;
  answered: string;
}

/** Asks a server as it is told to, and writes down what was sent and answered. */
export class Probe {
  constructor(
    endpoint: string,
    private readonly _dispatcher: Dispatcher,
    private readonly _signal: AbortSignal
  ) {
    this._origin = parseEndpoint(endpoint).origin;
  }

  /** @throws The signal's reason alone: a server that does not answer is something seen. */
  async ask(asked: IAsk): Promise<ISeen> {
    const { method = 'GET', path, headers = {}, body } = asked;
    const since = performance.now();
    const sent = sentWords(asked);
    const { request } = await import('undici');
    this._signal.throwIfAborted();
    try {
      const { content, type } = await contentOf(body);
      const answer = await request(this._origin + path, {
        method: method as Dispatcher.HttpMethod,
        headers: { accept: 'application/json', ...type, ...headers },
        body: content,
        dispatcher: this._dispatcher,
        signal: AbortSignal.any([this._signal, AbortSignal.timeout(ANSWER_MS)])
      });
      const bytes = await readSome(answer.body);
      return {
        ...seenOf(answer.statusCode, { ...answer.headers }, bytes),
        ms: performance.now() - since,
        sent
      };
    } catch (error) {
      this._signal.throwIfAborted();
      const why = (error as Error).message || String(error);
      return {
        status: 0,
        contentType: '',
        headers: {},
        text: '',
        json: undefined,
        ms: performance.now() - since,
        sent,
        answered: `no answer: ${why}`
      };
    }
  }

  private readonly _origin: string;
}

/** A form as bytes: undici takes only those of its own making. */
async function contentOf(
  body: IAsk['body']
): Promise<{ content?: string | Buffer; type?: Record<string, string> }> {
  if (!(body instanceof FormData)) {
    return { content: body };
  }
  const made = new Response(body);
  return {
    content: Buffer.from(await made.arrayBuffer()),
    type: { 'content-type': made.headers.get('content-type') ?? '' }
  };
}

async function readSome(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES) {
      throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function seenOf(
  status: number,
  headers: ISeen['headers'],
  bytes: Buffer
): Omit<ISeen, 'ms' | 'sent'> {
  const contentType = String(headers['content-type'] ?? '').split(';')[0];
  const isText = /json|text|xml|^$/.test(contentType);
  const text = isText ? bytes.toString('utf8') : '';
  const shown = isText
    ? shortened(text)
    : `${bytes.length.toLocaleString('en')} bytes`;
  const where = headers.location ? `, Location: ${headers.location}` : '';
  return {
    status,
    headers,
    contentType,
    text,
    json: parsed(text),
    answered:
      `${status} ${contentType || '(no content type)'}${where}\n${shown}`.trim()
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const shortened = (text: string): string =>
  text.length > SHOWN_CHARACTERS
    ? `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length.toLocaleString('en')} characters)`
    : text;

function sentWords({
  method = 'GET',
  path,
  headers = {},
  body,
  bodyWords
}: IAsk): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${value}`
  );
  const content = bodyWords ?? (typeof body === 'string' ? body : undefined);
  return [
    `${method} ${path}`,
    ...lines,
    ...(content === undefined ? [] : ['', shortened(content)])
  ].join('\n');
}
