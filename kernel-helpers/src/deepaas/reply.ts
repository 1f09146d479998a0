import { DeepError } from '@jupyterlab-deep/protocol';
import { contentTypeOfAnswer } from './contentType';
import type { IAttempt } from './failures';
import { parseJson } from './json';
import type { IPredictReply } from './types';

export { sniffContentType } from './contentType';

/**
 * Understand the answer to predict: unwrap JSON, find type and name of files.
 *
 * @param accept Media type that was asked for.
 * @throws DeepError `module-failed` when the answer says that it is JSON and is not, or when it is a web page.
 */
export function readReply(
  headers: Record<string, unknown>,
  body: Buffer,
  attempt: IAttempt,
  accept: string
): IPredictReply {
  const filename = filenameIn(headers['content-disposition']);
  const contentType = typeOf(headers['content-type'], body, filename);
  if (contentType === 'text/html' && accept !== 'text/html') {
    throw webPage(body, attempt);
  }
  const reply: IPredictReply = { contentType, body };
  if (filename) {
    reply.filename = filename;
  }
  if (/[/+]json$/.test(contentType)) {
    reply.value = unwrap(parse(body, attempt));
  }
  return reply;
}

/** Modules send the accepted type literally, also `image/*`: then the content decides. */
function typeOf(header: unknown, body: Buffer, filename?: string): string {
  const said = String(header ?? '')
    .split(';')[0]
    .trim()
    .toLowerCase();
  const saysNothing =
    said === '' || said.includes('*') || said === 'application/octet-stream';
  return saysNothing ? contentTypeOfAnswer(body, filename) : said;
}

/** Only the last part of the name: a module must not choose a folder here. */
function filenameIn(header: unknown): string | undefined {
  const text = String(header ?? '');
  const encoded = /filename\*=(?:UTF-8)?''([^;]+)/i.exec(text)?.[1];
  const plain = /filename="((?:[^"\\]|\\.)*)"|filename=([^;\s]+)/i.exec(text);
  const name = unescaped(
    encoded ??
      fromBytes(plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2] ?? '')
  );

  const last = name
    .split(/[/\\]/)
    .pop()
    ?.replace(/[\x00-\x1f\x7f]/g, '');
  return last && last !== '.' && last !== '..' ? last : undefined;
}

/** DEEPaaS (aiohttp) escapes the plain name too. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A wrong escape: the name is only a proposal, so it is taken as it stands.
    return text;
  }
}

/** Headers come as bytes; names in them are often UTF-8. */
function fromBytes(text: string): string {
  const isBytes = /^[\x20-\xff]*$/.test(text);
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return isBytes && !decoded.includes('\ufffd') ? decoded : text;
}

function parse(body: Buffer, { action, name }: IAttempt): unknown {
  const text = body.toString('utf8');
  try {
    return parseJson(text);
  } catch (cause) {
    throw new DeepError(
      'module-failed',
      `${name} answered ${action} with something that is not valid JSON: ${(cause as Error).message}.`,
      {
        hint: "Tell the module's author.",
        technical: text.slice(0, 1000),
        cause
      }
    );
  }
}

const webPage = (body: Buffer, { action, name }: IAttempt): DeepError =>
  new DeepError(
    'module-failed',
    `${name} answered ${action} with a web page: something else than the module, perhaps a login, stands before it.`,
    {
      hint: 'Open the address in a browser to see what it says.',
      technical: body.subarray(0, 1000).toString('utf8')
    }
  );

/** DEEPaaS wraps the answers of modules that declare no schema of their own. */
function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const keys = Object.keys(value).sort().join();
  return keys === 'predictions,status'
    ? (value as { predictions: unknown }).predictions
    : value;
}
