import Busboy from '@fastify/busboy';
import { DeepError } from '@jupyterlab-deep/protocol';
import { type IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { Spool } from './spool';

/** Arguments from a request's body. Files are bytes, or the path of a temporary file. */
export interface IBody {
  values: Record<string, unknown>;
  /** Removes temporary files. */
  dispose(): Promise<void>;
}

const NOTHING: IBody = { values: {}, dispose: async () => undefined };

/** Of arguments that are not files. */
const MAX_FIELD_BYTES = 1024 ** 2;
const MAX_PARTS = 100;

const damaged = (detail: string): DeepError =>
  new DeepError('invalid-request', detail, {
    hint: 'Send the arguments as multipart/form-data, as a form, or as JSON.'
  });

/** The first value of a name counts, as in aiohttp. */
const setOnce = (
  values: Record<string, unknown>,
  name: string,
  value: unknown
): void => {
  if (!Object.hasOwn(values, name)) {
    values[name] = value;
  }
};

async function readSmall(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_FIELD_BYTES) {
      throw new DeepError('too-large', 'The arguments have more than 1 MB.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readJson(request: IncomingMessage): Promise<IBody> {
  const text = await readSmall(request);
  if (text === '') {
    return NOTHING;
  }
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && !Array.isArray(value);
    return isObject && value ? { ...NOTHING, values: { ...value } } : NOTHING;
  } catch (error) {
    throw new DeepError('invalid-request', 'Invalid JSON body.', {
      fields: { json: ['Invalid JSON body.'] },
      cause: error
    });
  }
}

async function readForm(request: IncomingMessage): Promise<IBody> {
  const values = {};
  for (const [name, value] of new URLSearchParams(await readSmall(request))) {
    setOnce(values, name, value);
  }
  return { ...NOTHING, values };
}

/** Keeps the file in `spool`; the stream waits while it is written. */
async function keepFile(
  stream: AsyncIterable<Buffer>,
  spool: Spool
): Promise<Buffer | string> {
  for await (const chunk of stream) {
    await spool.write(chunk);
  }
  return spool.finish();
}

async function readMultipart(
  request: IncomingMessage,
  maxFileBytes: number
): Promise<IBody> {
  const values: Record<string, unknown> = {};
  const spools: Spool[] = [];
  const files: Promise<void>[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(spools.map(spool => spool.dispose()));
  };
  let parser;
  try {
    parser = new Busboy({
      headers: request.headers as { 'content-type': string },
      limits: { parts: MAX_PARTS, fieldSize: MAX_FIELD_BYTES }
    });
  } catch (error) {
    throw damaged(`The body cannot be read: ${(error as Error).message}.`);
  }
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  parser.on('field', (name, value) => setOnce(values, name, value));
  parser.on('file', (name, stream) => {
    const spool = new Spool(maxFileBytes);
    spools.push(spool);
    const kept = keepFile(stream as unknown as AsyncIterable<Buffer>, spool);
    files.push(kept.then(value => setOnce(values, name, value)));
    kept.catch(fail);
  });
  // The client may hang up in the middle: the parser alone would wait for ever.
  request.on('close', () => {
    if (!request.complete) {
      fail(new DeepError('cancelled', 'The client closed the connection.'));
    }
  });
  request.pipe(parser);
  try {
    await Promise.race([failed, finished(parser)]);
    await Promise.all(files);
    return { values, dispose };
  } catch (error) {
    request.unpipe(parser);
    await Promise.allSettled(files);
    await dispose();
    throw error instanceof DeepError
      ? error
      : damaged(`The body is damaged: ${(error as Error).message}.`);
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
  const [type] = (request.headers['content-type'] ?? '').split(';');
  switch (type.trim().toLowerCase()) {
    case 'multipart/form-data':
      return readMultipart(request, maxFileBytes);
    case 'application/x-www-form-urlencoded':
      return readForm(request);
    case 'application/json':
      return readJson(request);
    default:
      // Real DEEPaaS ignores other bodies: the query may say everything.
      request.resume();
      return NOTHING;
  }
}
