import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * Where a connection is cut: in the request's head, in the first 64 KiB of its body, in the middle of it, before any of it reaches
 * the server, before or in the answer.
 */
export type Place =
  'head' | 'first-chunk' | 'middle' | 'before' | 'before-answer' | 'in-answer';

export const PLACES: readonly Place[] = [
  'head',
  'first-chunk',
  'middle',
  'before',
  'before-answer',
  'in-answer'
];

export interface ICut {
  place: Place;
  /** Only of requests with this method, or whose path contains this. */
  method?: string;
  path?: string;
}

/** A cut as it happened. */
export interface IDoneCut {
  place: Place;
  method: string;
  path: string;
}

export interface IOptions {
  /** Base URL of the server behind it: http only. */
  target: string;
  port?: number;
  seed?: number;
}

const FIRST_BYTES = 65_536;
const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKED_END = Buffer.from('0\r\n\r\n');

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface IRequest {
  method: string;
  path: string;
  /** Bytes of the body; undefined where it is chunked. */
  length: number | undefined;
  cut?: Place;
}

function parseHead(head: string): IRequest {
  const [method = '', path = ''] = head.split(' ', 2);
  const isChunked = /^transfer-encoding:.*chunked/im.test(head);
  const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
  return { method, path, length: isChunked ? undefined : length };
}

/** One connection of a client, with its own to the server. */
class Connection {
  constructor(proxy: FaultProxy, client: Socket, server: Socket) {
    this._proxy = proxy;
    this._client = client;
    this._server = server;
    client.on('data', bytes => this._fromClient(bytes));
    server.on('data', bytes => this._fromServer(bytes));
    for (const [one, other] of [
      [client, server],
      [server, client]
    ] as const) {
      one.on('end', () => other.end());
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.on('drain', () => other.resume());
    }
  }

  cut(): void {
    this._client.resetAndDestroy();
    this._server.resetAndDestroy();
  }

  hold(): void {
    this._client.pause();
    this._server.pause();
  }

  release(): void {
    this._client.resume();
    this._server.resume();
  }

  private _fromClient(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0 && !this._client.destroyed) {
      rest = this._request ? this._body(rest) : this._head(rest);
    }
  }

  /** Holds a head until it is whole. */
  private _head(bytes: Buffer): Buffer {
    const all = Buffer.concat([this._held, bytes]);
    const end = all.indexOf(HEAD_END);
    this._held = end < 0 ? all : Buffer.alloc(0);
    if (end >= 0) {
      const head = all.subarray(0, end + HEAD_END.length);
      this._start(head, parseHead(head.toString('latin1')));
      return all.subarray(head.length);
    }
    return Buffer.alloc(0);
  }

  private _start(head: Buffer, request: IRequest): void {
    request.cut = this._proxy.take(request);
    this._request = request;
    this._bodyBytes = 0;
    this._answerBytes = undefined;
    if (request.cut === 'before') {
      this._cutAfter(head, 0);
    } else if (request.cut === 'head') {
      this._cutAfter(head, this._proxy.upTo(head.length));
    } else {
      this._pass(head);
      this._bodyLimit = this._limitOf(request);
      this._endWhenWhole(request);
    }
  }

  /** After how many bytes of the body the connection is cut. */
  private _limitOf({ cut, length = FIRST_BYTES }: IRequest): number {
    if (cut === 'first-chunk') {
      return this._proxy.upTo(Math.min(FIRST_BYTES, length));
    }
    return cut === 'middle' ? length >> 1 : Infinity;
  }

  private _body(bytes: Buffer): Buffer {
    const request = this._request!;
    const { length = Infinity } = request;
    const own = bytes.subarray(0, length - this._bodyBytes);
    if (this._bodyBytes + own.length > this._bodyLimit) {
      this._cutAfter(own, this._bodyLimit - this._bodyBytes);
      return Buffer.alloc(0);
    }
    this._bodyBytes += own.length;
    this._pass(own);
    this._endWhenWhole(request, own);
    return bytes.subarray(own.length);
  }

  private _endWhenWhole({ length, cut }: IRequest, last?: Buffer): void {
    const isWhole =
      length === undefined
        ? last?.subarray(-CHUNKED_END.length).equals(CHUNKED_END)
        : this._bodyBytes === length;
    if (isWhole) {
      this._answering = cut;
      this._last = this._request;
      this._request = undefined;
    }
  }

  private _fromServer(bytes: Buffer): void {
    if (this._answering === 'before-answer') {
      this._done(this._last!);
      this.cut();
    } else if (this._answering === 'in-answer') {
      this._answer(bytes);
    } else {
      const isFull = !this._client.write(bytes);
      this._slow(this._server, bytes, isFull);
    }
  }

  /** Take no more from it until the other side, or the wanted speed, allows it. */
  private _slow(from: Socket, { length }: Buffer, isFull: boolean): void {
    const ms = length / this._proxy.bytesPerMs;
    if (isFull || ms >= 1) {
      from.pause();
    }
    if (ms >= 1) {
      setTimeout(() => from.resume(), ms);
    }
  }

  private _answer(bytes: Buffer): void {
    const { length = FIRST_BYTES } = parseHead(bytes.toString('latin1'));
    this._answerBytes ??= this._proxy.upTo(length + bytes.indexOf(HEAD_END));
    const part = bytes.subarray(0, this._answerBytes);
    this._answerBytes -= part.length;
    const isAll = this._answerBytes === 0;
    this._client.write(part, () => isAll && this.cut());
    if (isAll) {
      this._answering = undefined;
      this._done(this._last!);
    }
  }

  private _cutAfter(bytes: Buffer, count: number): void {
    this._done(this._request!);
    this._server.write(bytes.subarray(0, count), () => this.cut());
    this._client.pause();
    this._request = undefined;
  }

  private _pass(bytes: Buffer): void {
    const isFull = !this._server.write(bytes);
    this._slow(this._client, bytes, isFull);
  }

  private _done({ method, path, cut }: IRequest): void {
    this._proxy.done.push({ method, path, place: cut! });
  }

  private readonly _proxy: FaultProxy;
  private readonly _client: Socket;
  private readonly _server: Socket;
  private _held = Buffer.alloc(0);
  private _request: IRequest | undefined;
  private _last: IRequest | undefined;
  private _bodyBytes = 0;
  private _bodyLimit = Infinity;
  private _answering: Place | undefined;
  private _answerBytes: number | undefined;
}

/**
 * A TCP proxy that breaks connections where a test wants it, or at seeded places.
 * @example
 * const proxy = await startFaultProxy({ target: cloud.url });
 * proxy.cut({ place: 'before-answer', method: 'MOVE' });
 */
export class FaultProxy {
  constructor({ target, seed = 1 }: IOptions) {
    this._target = new URL(target);
    this._random = seeded(seed);
    this._listener = createServer(client => this._accept(client));
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>(resolve =>
      this._listener.listen(port, '127.0.0.1', resolve)
    );
    const address = this._listener.address() as AddressInfo;
    const { pathname } = this._target;
    const root = pathname === '/' ? '' : pathname;
    this.url = `http://127.0.0.1:${address.port}${root}`;
  }

  /** The next request that fits is cut there; one cut a call. */
  cut(cut: ICut): void {
    this._cuts.push(cut);
  }

  /** From now on, this part of all requests is cut, at places drawn from the seed; 0 ends it. */
  storm(rate: number): void {
    this._rate = rate;
  }

  /** As a thin line: about so many bytes a second each way, of each connection. */
  slow(bytesPerS = Infinity): void {
    this.bytesPerMs = bytesPerS / 1000;
  }

  /** Unplug: connections break and new ones are refused, or, silent, nothing comes through either way. */
  pause(how: 'broken' | 'silent' = 'broken'): void {
    this._paused = how;
    this._connections.forEach(each =>
      how === 'broken' ? each.cut() : each.hold()
    );
  }

  resume(): void {
    this._paused = undefined;
    this._connections.forEach(each => each.release());
  }

  async close(): Promise<void> {
    this._connections.forEach(each => each.cut());
    await new Promise(resolve => this._listener.close(resolve));
  }

  /** Where a request that begins is to be cut. */
  take({ method, path }: IRequest): Place | undefined {
    const index = this._cuts.findIndex(
      each =>
        (!each.method || each.method === method) &&
        (!each.path || path.includes(each.path))
    );
    if (index >= 0) {
      return this._cuts.splice(index, 1)[0]!.place;
    }
    return this._random() < this._rate
      ? PLACES[this.upTo(PLACES.length)]
      : undefined;
  }

  /** A seeded whole number below the count. */
  upTo(count: number): number {
    return Math.floor(this._random() * count);
  }

  private _accept(client: Socket): void {
    if (this._paused === 'broken') {
      client.resetAndDestroy();
      return;
    }
    const { hostname, port } = this._target;
    const server = connect(Number(port || 80), hostname);
    const connection = new Connection(this, client, server);
    this._connections.add(connection);
    client.once('close', () => this._connections.delete(connection));
    if (this._paused) {
      connection.hold();
    }
  }

  url = '';
  bytesPerMs = Infinity;
  /** The cuts that happened, in their order. */
  readonly done: IDoneCut[] = [];
  private readonly _target: URL;
  private readonly _random: () => number;
  private readonly _listener: Server;
  private readonly _connections = new Set<Connection>();
  private readonly _cuts: ICut[] = [];
  private _rate = 0;
  private _paused: 'broken' | 'silent' | undefined;
}

export async function startFaultProxy(options: IOptions): Promise<FaultProxy> {
  const proxy = new FaultProxy(options);
  await proxy.listen(options.port);
  return proxy;
}
