// A stand-in for the service: it obeys the rules of ARCHITECTURE.md for start, discovery file, socket and token,
// and answers every request with what reached it, which the real service never tells.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

const store =
  process.env.DEEP_STORE_DIRECTORY ?? `${process.env.DEEP_DATA_DIR}/deep`;
const folder = path.join(
  process.env.XDG_RUNTIME_DIR,
  `jupyter-deep-${createHash('sha256').update(store).digest('hex').slice(0, 12)}`
);
const socket = path.join(folder, 'service.sock');
const discovery = path.join(
  process.env.DEEP_RUNTIME_DIR,
  'deep',
  'service.json'
);
const token = 'stand-in-token';
// The test says by this file that a run is at work.
const awake = path.join(path.dirname(discovery), 'awake');

// More than the proxy's own handler lets through.
const LARGE_BYTES = 120 * 1024 ** 2;

function* pieces() {
  const piece = Buffer.alloc(1024 ** 2, 'x');
  for (let sent = 0; sent < LARGE_BYTES; sent += piece.length) {
    yield piece;
  }
}

function stream(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('id: 1\ndata: first\n\n');
  const timer = setInterval(() => response.write(': beat\n\n'), 200);
  response.on('close', () => {
    clearInterval(timer);
    console.log('reader gone');
  });
}

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  response.setHeader('content-type', 'application/json');
  if (request.url === '/') {
    return response.end('{"service":"jupyterlab-deep"}');
  }
  if (request.headers['x-deep-token'] !== token) {
    response.statusCode = 403;
    return response.end('{}');
  }
  if (request.url === '/events') {
    return stream(response);
  }
  if (request.url === '/runs/large/result') {
    response.setHeader('content-length', LARGE_BYTES);
    return Readable.from(pieces()).pipe(response);
  }
  if (request.url === '/runs/half/result') {
    response.setHeader('content-length', LARGE_BYTES);
    return response.write('half', () => request.socket.destroy());
  }
  if (request.url === '/break') {
    return request.socket.destroy();
  }
  response.setHeader('set-cookie', 'stolen=1');
  const { method, url, headers } = request;
  const body = Buffer.concat(chunks).toString();
  response.end(
    JSON.stringify({
      method,
      url,
      headers,
      body,
      environment: process.env,
      pid: process.pid,
      active: { keepAwake: existsSync(awake) }
    })
  );
}

mkdirSync(folder, { recursive: true, mode: 0o700 });
mkdirSync(path.dirname(discovery), { recursive: true, mode: 0o700 });
rmSync(socket, { force: true });
createServer(answer).listen(socket, () => {
  const content = {
    socket,
    token,
    pid: process.pid,
    host: os.hostname(),
    version: '0.1.0',
    startedAt: new Date().toISOString()
  };
  writeFileSync(`${discovery}.new`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${discovery}.new`, discovery);
});
process.on('SIGTERM', () => process.exit(0));
