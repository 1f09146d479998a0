import { Readable } from 'node:stream';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { Reply } from './exchange';

/** Connections that may be cut in one file before it is given up. */
const RESUMES = 5;
/** So many pieces of the socket go to the disk together. */
const HELD_BYTES = 1024 * 1024;

/** What the bytes of one file are read from. */
export interface IResumingOptions {
  host: string;
  sizeBytes: number;
  first: Reply;
  /** The file from these bytes on; not there when nobody would know whether the rest is of the same file. */
  more?(start: number): Promise<Reply>;
}

/**
 * The bytes of a file, however many answers it takes. Pieces are handed on as they come: a layer of promises for each would cost more
 * than the network.
 */
export class Resuming extends Readable {
  constructor(private readonly _options: IResumingOptions) {
    super({ highWaterMark: HELD_BYTES });
    this._take(_options.first);
  }

  override _read(): void {
    this._body?.resume();
  }

  override _destroy(
    error: Error | null,
    callback: (error?: Error | null) => void
  ): void {
    this._body?.destroy();
    callback(error);
  }

  private _take({ body }: Reply): void {
    this._body = body;
    const end = (error?: Error): void => {
      if (this._body === body) {
        this._body = undefined;
        void this._end(error);
      }
    };
    body.on('data', (piece: Buffer) => {
      this._done += piece.length;
      if (!this.push(piece)) {
        body.pause();
      }
    });
    body.once('end', () => end());
    body.once('error', end);
    body.once('close', () => end(new Error('the connection was closed')));
  }

  private async _end(error?: Error): Promise<void> {
    const { sizeBytes, host, more } = this._options;
    if (this._done === sizeBytes) {
      this.push(null);
      return;
    }
    const reason =
      error ?? new Error(`${this._done} of ${sizeBytes} bytes came`);
    this._resumes += 1;
    const isOver = this._done > sizeBytes || this._resumes > RESUMES;
    if (this.destroyed || isOver || !more) {
      this.destroy(cut(host, reason));
      return;
    }
    try {
      const reply = await more(this._done);
      if (this.destroyed) {
        reply.body.destroy();
      } else {
        this._take(reply);
      }
    } catch (failure) {
      this.destroy(failure as Error);
    }
  }

  private _body?: Reply['body'];
  private _done = 0;
  private _resumes = 0;
}

const cut = (host: string, cause: Error): DeepError =>
  new DeepError(
    'storage-unreachable',
    `The file of ${host} did not come whole: ${cause.message}.`,
    { cause }
  );
