/**
 * A stand-in for the servers that catalogues come from: the platform's API and the raw files of a code host. It lays real metadata
 * out as each of them does, refuses what they refuse, and does on request what servers do on bad days.
 *
 * Usage: node bench/catalogue/standIn.mjs [--data DIR] [--latency MS] [--max-age S] [--port N]
 * DIR has the folder `catalogue` with SOURCES.tsv; without it a few small modules of our own are served.
 * Prints one line of JSON: {"port": 12345}. `--latency` is added to every answer.
 *
 * POST /__faults {"path": "…", "fault": "cut"}   for addresses that contain the path; {} ends all faults
 * GET /__requests                                what was asked since the last time: [{path, accept, conditional, status}]
 * PUT /__files?path=/raw/…                       another content for an address; without a body it is gone
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { faults } from './faults.mjs';
import { layOut } from './layout.mjs';
import { readReal } from './realFiles.mjs';
import { SMALL } from './smallFiles.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    latency: { type: 'string', default: '0' },
    'max-age': { type: 'string' },
    port: { type: 'string', default: '0' }
  }
});
const latencyMs = Number(options.latency);

const files = layOut(options.data ? readReal(options.data) : SMALL);
let requests = [];
let active = [];

const etagOf = body =>
  `"${createHash('sha1').update(body).digest('hex').slice(0, 20)}"`;

/** The platform takes nothing but this, to the letter. */
const isRefused = (path, accept) =>
  path.startsWith('/v1/') && accept !== 'application/json';

function answerOf(path, headers) {
  if (isRefused(path, headers.accept)) {
    return {
      status: 400,
      type: 'application/json',
      body: '{"detail": "Unsupported Accept header"}'
    };
  }
  const file = files.get(path);
  if (!file) {
    return { status: 404, type: 'text/plain', body: '404: Not Found' };
  }
  const etag = etagOf(file.body);
  return headers['if-none-match'] === etag
    ? { status: 304, etag, body: '' }
    : { status: 200, type: file.type, etag, body: file.body };
}

function send(response, { status, type, etag, body, headers }) {
  const maxAge = options['max-age'];
  response.writeHead(status, {
    ...(type && { 'content-type': type }),
    ...(etag && { etag }),
    ...(maxAge && { 'cache-control': `max-age=${maxAge}` }),
    ...headers
  });
  response.end(body);
}

async function serve(request, response) {
  const { pathname: path } = new URL(request.url, 'http://here');
  const answer = answerOf(path, request.headers);
  const { accept, 'if-none-match': match } = request.headers;
  const said = { path, accept, conditional: match !== undefined };
  requests.push({ ...said, status: answer.status });
  await sleep(latencyMs);
  const fault = active.find(each => path.includes(each.path));
  if (fault) {
    // What goes wrong goes wrong with the whole.
    const whole = answerOf(path, { accept });
    await faults[fault.fault]({ response, answer: whole, send, fault });
  } else {
    send(response, answer);
  }
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const json = (response, status, value) =>
  send(response, {
    status,
    type: 'application/json',
    body: JSON.stringify(value)
  });

async function setFault(request, response) {
  const fault = JSON.parse(String(await bodyOf(request)) || '{}');
  if (fault.fault !== undefined && !(fault.fault in faults)) {
    return json(response, 400, { known: Object.keys(faults) });
  }
  active = fault.fault === undefined ? [] : [...active, fault];
  return json(response, 200, active);
}

async function takeRequests(_request, response) {
  json(response, 200, requests);
  requests = [];
}

async function putFile(request, response) {
  const path = new URL(request.url, 'http://here').searchParams.get('path');
  const body = await bodyOf(request);
  if (body.length > 0) {
    files.set(path, { type: files.get(path)?.type ?? 'text/plain', body });
  } else {
    files.delete(path);
  }
  json(response, 200, {});
}

const CONTROLS = {
  'POST /__faults': setFault,
  'GET /__requests': takeRequests,
  'PUT /__files': putFile
};

const server = createServer((request, response) => {
  const route = `${request.method} ${request.url.split('?')[0]}`;
  (CONTROLS[route] ?? serve)(request, response).catch(error => {
    console.error(error);
    response.destroy();
  });
});
server.listen(Number(options.port), '127.0.0.1', () =>
  console.log(JSON.stringify({ port: server.address().port }))
);
