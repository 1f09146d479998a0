import type { Dispatcher } from 'undici';
import type { IAnswer } from './refusals';

type Controller = Dispatcher.DispatchController;

/** One request and its whole answer. Half as much work for Node as undici's own `request`, whose body is a stream. */
export class Exchange implements Dispatcher.DispatchHandler {
  constructor(private readonly _options: Exchange.IOptions) {
    this.answer = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    // Who asks for the answer sees it; until then it is no failure of the process.
    this.answer.catch(() => undefined);
  }

  /** Settles with the answer, or with what broke it off. */
  readonly answer: Promise<IAnswer>;

  /** Break it off, wherever it stands. */
  stop(reason: unknown): void {
    this._reason ??= reason;
    this._reject(reason);
    this._controller?.abort(reason as Error);
  }

  onRequestStart(controller: Controller): void {
    this._controller = controller;
    if (this._reason !== undefined) {
      controller.abort(this._reason as Error);
    }
  }

  onResponseStart(
    _controller: Controller,
    status: number,
    headers: Record<string, string | string[] | undefined>
  ): void {
    this._status = status;
    this._headers = headers;
  }

  onResponseData(_controller: Controller, piece: Buffer): void {
    this._sizeBytes += piece.length;
    if (this._sizeBytes > this._options.maxReplyBytes) {
      this.stop(this._options.tooLarge());
    } else {
      this._pieces.push(piece);
    }
  }

  onResponseEnd(): void {
    const [first = Buffer.alloc(0), ...more] = this._pieces;
    this._resolve({
      status: this._status,
      headers: this._headers,
      body: more.length === 0 ? first : Buffer.concat(this._pieces)
    });
  }

  onResponseError(_controller: Controller, error: Error): void {
    this._reject(error);
  }

  private _resolve!: (answer: IAnswer) => void;
  private _reject!: (reason: unknown) => void;
  private readonly _pieces: Buffer[] = [];
  private _controller?: Controller;
  private _reason?: unknown;
  private _status = 0;
  private _headers: IAnswer['headers'] = {};
  private _sizeBytes = 0;
}

export namespace Exchange {
  export interface IOptions {
    /** What the answer may take in memory. */
    maxReplyBytes: number;
    /** The failure of a longer one. */
    tooLarge(): Error;
  }
}
