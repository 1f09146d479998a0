import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { DeepError } from '@jupyterlab-deep/protocol';
import { type IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { Spool } from './spool';

/** An uploaded file: its bytes, or the path of the temporary file that holds them. */
export type Upload = Buffer | string;

/** Arguments from a request's body. */
export interface IBody {
  fields: Map<string, unknown>;
  files: Map<string, Upload>;
  /** Removes temporary files. */
  dispose(): Promise<void>;
}

const withFields = (fields: Map<string, unknown>): IBody => ({
  fields,
  files: new Map(),
  dispose: async () => undefined
});

/** Of arguments that are not files. */
const MAX_FIELD_BYTES = 1024 ** 2;
const MAX_PARTS = 100;

const damaged = (detail: string): DeepError =>
  new DeepError('invalid-request', detail, {
    hint: 'Send the arguments as multipart/form-data, as a form, or as JSON.'
  });

/** The first value of a name counts, as in aiohttp. */
function setOnce<T>(values: Map<string, T>, name: string, value: T): void {
  if (!values.has(name)) {
    values.set(name, value);
  }
}

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
    return withFields(new Map());
  }
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && !Array.isArray(value);
    return withFields(new Map(Object.entries(isObject && value ? value : {})));
  } catch (error) {
    throw new DeepError('invalid-request', 'Invalid JSON body.', {
      fields: { json: ['Invalid JSON body.'] },
      cause: error
    });
  }
}

async function readForm(request: IncomingMessage): Promise<IBody> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of new URLSearchParams(await readSmall(request))) {
    setOnce(fields, name, value);
  }
  return withFields(fields);
}

/** Keeps the file in `spool`; the stream waits while it is written. */
async function keepFile(
  stream: AsyncIterable<Buffer>,
  spool: Spool
): Promise<Upload> {
  for await (const chunk of stream) {
    await spool.write(chunk);
  }
  return spool.finish();
}

/** Collects what a multipart parser finds. Everything it has kept is freed by `dispose`. */
class MultipartBody implements IBody {
  constructor(
    private readonly _maxFileBytes: number,
    private readonly _fail: (error: Error) => void
  ) {}

  readonly fields = new Map<string, unknown>();
  readonly files = new Map<string, Upload>();

  listen(parser: BusboyInstance): void {
    parser.on('field', (name, value) => setOnce(this.fields, name, value));
    parser.on('file', (name, stream) => {
      const spool = new Spool(this._maxFileBytes);
      this._spools.push(spool);
      const kept = keepFile(stream as AsyncIterable<Buffer>, spool).then(
        upload => setOnce(this.files, name, upload)
      );
      kept.catch(this._fail);
      this._kept.push(kept);
    });
  }

  async complete(): Promise<void> {
    await Promise.all(this._kept);
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this._kept);
    await Promise.all(this._spools.map(spool => spool.dispose()));
  }

  private readonly _spools: Spool[] = [];
  private readonly _kept: Promise<void>[] = [];
}

function createParser(request: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({
      headers: request.headers as { 'content-type': string },
      limits: { parts: MAX_PARTS, fieldSize: MAX_FIELD_BYTES }
    });
  } catch (error) {
    throw damaged(`The body cannot be read: ${(error as Error).message}.`);
  }
}

async function readMultipart(
  request: IncomingMessage,
  maxFileBytes: number
): Promise<IBody> {
  const parser = createParser(request);
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  const body = new MultipartBody(maxFileBytes, error => fail(error));
  body.listen(parser);
  // The parser alone would wait for ever for the rest of a body that was cut off.
  request.on('close', () => {
    if (!request.complete) {
      fail(new DeepError('cancelled', 'The client closed the connection.'));
    }
  });
  request.pipe(parser);
  try {
    await Promise.race([failed, finished(parser)]);
    await body.complete();
    return body;
  } catch (error) {
    request.unpipe(parser);
    parser.destroy();
    await body.dispose();
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
      return withFields(new Map());
  }
}
