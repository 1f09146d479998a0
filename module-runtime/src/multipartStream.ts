import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { DeepError } from '@jupyterlab-deep/protocol';
import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  damaged,
  hungUp,
  type IBody,
  MAX_FIELD_BYTES,
  MAX_PARTS,
  setOnce,
  type Upload
} from './body';
import { Spool } from './spool';

/** Keeps the file in `spool`; the stream waits while it is written. */
async function keepFile(stream: Readable, spool: Spool): Promise<Upload> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    await spool.write(chunk);
  }
  return spool.finish();
}

/** Collects what a multipart parser finds. Everything it has kept is freed by `dispose`. */
class StreamedBody implements IBody {
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
      const kept = keepFile(stream, spool).then(upload =>
        setOnce(this.files, name, upload)
      );
      kept.catch(this._fail);
      this._streams.push(stream);
      this._spools.push(spool);
      this._kept.push(kept);
    });
  }

  async complete(): Promise<void> {
    await Promise.all(this._kept);
  }

  async dispose(): Promise<void> {
    // The parser does not end the files in the middle of which it stops.
    this._streams.forEach(stream => stream.destroy());
    await Promise.allSettled(this._kept);
    await Promise.all(this._spools.map(spool => spool.dispose()));
  }

  private readonly _streams: Readable[] = [];
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

/** Reads a multipart body of any size piece by piece; large files go to disk. */
export async function readStreamed(
  request: IncomingMessage,
  maxFileBytes: number
): Promise<IBody> {
  const parser = createParser(request);
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  const body = new StreamedBody(maxFileBytes, error => fail(error));
  body.listen(parser);
  // The parser alone would wait for ever for the rest of a body that was cut off.
  request.on('close', () => request.complete || fail(hungUp()));
  request.pipe(parser);
  try {
    await Promise.race([failed, finished(parser)]);
    await body.complete();
    return body;
  } catch (error) {
    request.unpipe(parser);
    await body.dispose();
    throw error instanceof DeepError
      ? error
      : damaged(`The body is damaged: ${(error as Error).message}.`);
  }
}
