/** What servers do on bad days, by name. */
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const PAGE =
  '<!DOCTYPE html><html><head><title>Login</title></head><body>Log in to the network</body></html>';
const HUGE_CHUNK = Buffer.alloc(1_000_000, 'x');
const HUGE_CHUNKS = 60;

const status =
  code =>
  ({ response, send, fault }) =>
    send(response, {
      status: code,
      type: 'text/plain',
      body: String(code),
      headers: fault.retryAfter ? { 'retry-after': fault.retryAfter } : {}
    });

/** Writes until the other side has had enough. */
async function pour(response, chunk, count) {
  for (let i = 0; i < count && !response.destroyed; i++) {
    if (!response.write(chunk)) {
      await Promise.race([
        new Promise(resolve => response.once('drain', resolve)),
        new Promise(resolve => response.once('close', resolve))
      ]);
    }
  }
  response.end();
}

/** Each gets the response, the right answer, `send` and the fault's own settings. */
export const faults = {
  html200: ({ response, send }) =>
    send(response, { status: 200, type: 'text/html', body: PAGE }),
  /** A page that says it is something else. */
  disguisedHtml: ({ response, send }) =>
    send(response, { status: 200, type: 'text/plain', body: PAGE }),
  slow: async ({ response, answer, send, fault }) => {
    await sleep(fault.delayMs ?? 60_000, undefined, { ref: false });
    send(response, answer);
  },
  /** Begins and goes no further. */
  stall: ({ response, answer }) => {
    response.writeHead(200, { 'content-length': answer.body.length + 1 });
    response.write(answer.body);
  },
  /** Ends before its end; `once` gives the whole the next time. */
  cut: ({ response, answer, send, fault }) => {
    if (fault.once && fault.isDone) {
      return send(response, answer);
    }
    fault.isDone = true;
    const body = Buffer.from(answer.body);
    // Also where nothing but “not modified” was to be said.
    response.writeHead(200, { 'content-length': body.length + 1 });
    response.write(body.subarray(0, body.length >> 1), () =>
      response.destroy()
    );
  },
  cutGzip: ({ response, answer }) => {
    const body = gzipSync(answer.body);
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(body.subarray(0, body.length >> 1));
  },
  gzip: ({ response, answer, send }) =>
    send(response, {
      ...answer,
      body: gzipSync(answer.body),
      headers: { 'content-encoding': 'gzip' }
    }),
  /** Few bytes that become many. */
  bomb: ({ response, send }) =>
    send(response, {
      status: 200,
      type: 'text/plain',
      body: gzipSync(Buffer.alloc(60_000_000)),
      headers: { 'content-encoding': 'gzip' }
    }),
  /** More than it says. */
  wrongLength: ({ response, answer }) => {
    const body = Buffer.from(answer.body);
    response.socket.end(
      `HTTP/1.1 200 OK\r\ncontent-length: ${body.length + 100}\r\nconnection: close\r\n\r\n${body}`
    );
  },
  429: status(429),
  500: status(500),
  503: status(503),
  /** Busy, and well again the next time. */
  busyOnce: ({ response, answer, send, fault }) => {
    if (fault.isDone) {
      return send(response, answer);
    }
    fault.isDone = true;
    return status(429)({ response, send, fault });
  },
  /** “Not modified” to whoever has nothing; `always` even when asked again. */
  wrong304: ({ response, answer, send, fault }) => {
    if (fault.isDone && !fault.always) {
      return send(response, answer);
    }
    fault.isDone = true;
    return send(response, { status: 304, body: '' });
  },
  redirectTo: ({ response, send, fault }) =>
    send(response, {
      status: 302,
      body: '',
      headers: { location: fault.location }
    }),
  huge: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    return pour(response, HUGE_CHUNK, HUGE_CHUNKS);
  },
  garbage: ({ response, send }) =>
    send(response, {
      status: 200,
      type: 'text/plain',
      body: Buffer.from('\x00\x01\x02 {{{ [[[ : : :\n\t- ]', 'latin1')
    }),
  noHttp: ({ response }) => {
    response.socket.end('220 mail.example.org ESMTP\r\n');
  },
  wrongEncoding: ({ response, send }) =>
    send(response, {
      status: 200,
      type: 'text/plain',
      body: Buffer.from('title: \xc9clair\nsummary: caf\xe9\n', 'latin1')
    }),
  close: ({ response }) => response.destroy()
};
