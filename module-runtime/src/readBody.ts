import { DeepError } from '@jupyterlab-deep/protocol';
import { type IncomingMessage } from 'node:http';
import { type IBody, readForm, readJson, withFields } from './body';
import { readInMemory } from './multipartMemory';
import { readStreamed } from './multipartStream';

/** JSON under its own name, or that of a format made of it. */
const JSON_BODY = /^application\/(?:[^/]+\+)?json$/;
/** Room for the other arguments and the parts' headers. */
const OVERHEAD_BYTES = 2 * 1024 ** 2;

/** Refuses what is announced as too large before reading any of it. */
function checkLength(request: IncomingMessage, maxFileBytes: number): void {
  const bytes = Number(request.headers['content-length'] ?? 0);
  if (bytes > maxFileBytes + OVERHEAD_BYTES) {
    const limit = Math.round(maxFileBytes / 1024 ** 2);
    throw new DeepError('too-large', `The file has more than ${limit} MB.`, {
      hint: 'Use a smaller one.'
    });
  }
}

/**
 * Reads a request's arguments, whatever way they came.
 * @throws DeepError `invalid-request`, `too-large`, `no-space`, `cancelled`
 */
export async function readBody(
  request: IncomingMessage,
  maxFileBytes: number
): Promise<IBody> {
  checkLength(request, maxFileBytes);
  const [type] = (request.headers['content-type'] ?? '').split(';');
  const mediaType = type.trim().toLowerCase();
  if (JSON_BODY.test(mediaType)) {
    return readJson(request);
  }
  switch (mediaType) {
    case 'multipart/form-data':
      return (
        (await readInMemory(request)) ?? readStreamed(request, maxFileBytes)
      );
    case 'application/x-www-form-urlencoded':
      return readForm(request);
    default:
      // Real DEEPaaS ignores other bodies: the query may say everything.
      request.resume();
      return withFields(new Map());
  }
}
