// A stand-in for the service's storage, for the helpers of both languages: one account `cloud`, datasets, and transfers that go a step
// further each time they are looked at. It refuses what the service refuses. `cloud:full` fails, `cloud:slow` never ends by itself.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';

const runtime = process.env.DEEP_RUNTIME_DIR;
const socket = path.join(runtime, 'storage.sock');
const token = 'stand-in-token';
const now = new Date().toISOString();
const FILES = 1500;

const datasets = new Map();
const runs = new Map();
const requests = [];

class Refusal extends Error {
  constructor(status, key, detail) {
    super(detail);
    this.status = status;
    this.problem = {
      type: `urn:jupyterlab-deep:${key}`,
      title: key,
      status,
      detail
    };
  }
}

const none = { files: 0, bytes: 0 };
const account = {
  id: 'cloud',
  title: 'Ada at cloud.example.org',
  kind: 'nextcloud',
  origin: 'linked',
  server: 'https://cloud.example.org',
  user: 'ada',
  displayName: 'Ada',
  state: 'connected',
  quota: { usedBytes: 1_500_000, totalBytes: 2e9 },
  lacks: [],
  createdAt: now,
  can: {
    chunked: true,
    bulk: true,
    zip: true,
    hash: true,
    paging: true,
    folderEtags: true,
    trash: true,
    shares: true
  }
};

const entries = Array.from({ length: FILES }, (_, index) => ({
  path: `plants/${index}.jpg`,
  name: `${index}.jpg`,
  type: 'file',
  sizeBytes: 20_000,
  modifiedAt: now,
  isReadOnly: false
}));

function startRun(act, dataset, title, isSlow) {
  const run = {
    id: `run${runs.size + 1}`,
    kind: 'transfer',
    title,
    state: 'running',
    phase: 'Copying',
    arguments: {},
    inputs: [],
    createdAt: now,
    progress: { done: 0, total: 3, unit: 'files' },
    transfer: {
      act,
      account: 'cloud',
      dataset: dataset?.id,
      from: 'a',
      to: 'b',
      doneBytes: 0,
      bytesPerS: 1_500_000,
      failed: 0
    }
  };
  runs.set(run.id, { run, dataset, isSlow });
  return run;
}

function step({ run, dataset, isSlow }) {
  if (run.state === 'running' && !(isSlow && run.progress.done === 1)) {
    run.progress.done += 1;
    run.transfer.doneBytes += 20_000;
  }
  if (run.state === 'running' && run.progress.done === run.progress.total) {
    end(run, dataset);
  }
  return run;
}

function end(run, dataset) {
  const isFull = dataset?.remotePath === 'full';
  run.state = isFull ? 'failed' : 'succeeded';
  run.phase = '';
  run.error = isFull
    ? new Refusal(507, 'no-space', 'The disk is full.').problem
    : undefined;
  if (dataset) {
    dataset.run = undefined;
    dataset.state = isFull ? 'failed' : 'ready';
    dataset.error = run.error;
    dataset.here = isFull ? none : { files: 3, bytes: 60_000 };
    dataset.freshAt = isFull ? undefined : now;
    dataset.waiting = none;
  }
}

function makeDataset({
  account: id,
  path: remotePath,
  name,
  pattern,
  way = 'auto'
}) {
  if (id !== 'cloud') {
    throw new Refusal(404, 'not-found', `There is no account ${id}.`);
  }
  const ref = `${id}:${remotePath}`;
  const known = [...datasets.values()].find(each => each.ref === ref);
  if (known) {
    return known;
  }
  const dataset = {
    id: `d${datasets.size + 1}`,
    name: name ?? remotePath,
    ref,
    account: id,
    remotePath,
    pattern,
    path: path.join(runtime, 'datasets', id, remotePath),
    way: 'copy',
    why: `asked for ${way}: no /dev/fuse here`,
    state: 'copying',
    here: none,
    waiting: { files: 1, bytes: 10 },
    conflicts: [],
    createdAt: now
  };
  mkdirSync(dataset.path, { recursive: true });
  datasets.set(dataset.id, dataset);
  dataset.run = startRun(
    'fill',
    dataset,
    `Fill ${ref}`,
    remotePath === 'slow'
  ).id;
  return dataset;
}

function found(map, id) {
  if (!map.has(id)) {
    throw new Refusal(404, 'not-found', `There is no ${id}.`);
  }
  return map.get(id);
}

function removeDataset(id, { giveUpWaiting }) {
  if (found(datasets, id).waiting.files > 0 && !giveUpWaiting) {
    throw new Refusal(409, 'conflict', 'A file waits to be sent.');
  }
  datasets.delete(id);
}

function listing(query) {
  const [offset, limit] = [
    Number(query.get('offset')),
    Number(query.get('limit') ?? 1000)
  ];
  if (query.get('path') !== 'plants') {
    throw new Refusal(404, 'not-found', `There is no ${query.get('path')}.`);
  }
  const page = entries.slice(offset, offset + Math.min(limit, 1000));
  return {
    entry: {
      path: 'plants',
      name: 'plants',
      type: 'folder',
      isReadOnly: false
    },
    entries: page,
    total: FILES,
    skipped: 1
  };
}

function act(id, verb, body) {
  const dataset = found(datasets, id);
  if (verb === 'fetch' && !body.pattern) {
    throw new Refusal(400, 'invalid-request', 'pattern is missing.');
  }
  return [
    202,
    startRun(
      verb,
      dataset,
      `${verb} ${dataset.ref}`,
      dataset.remotePath === 'slow'
    )
  ];
}

function route(method, url, body) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [, first, second, id, verb] = pathname
    .split('/')
    .map(decodeURIComponent);
  switch (
    `${method} /${first}${second && first === 'storage' ? `/${second}` : ''}`
  ) {
    case 'GET /health':
      return [200, { status: 'ok' }];
    case 'GET /requests':
      return [200, requests];
    case 'GET /storage/accounts':
      return [200, { accounts: [account] }];
    case 'GET /storage/files':
      return [200, listing(searchParams)];
    case 'GET /storage/datasets':
      return [
        200,
        id ? found(datasets, id) : { datasets: [...datasets.values()] }
      ];
    case 'POST /storage/datasets':
      return id ? act(id, verb, body) : [201, makeDataset(body)];
    case 'DELETE /storage/datasets':
      return [204, removeDataset(id, body)];
    case 'POST /storage/transfers':
      return [202, startRun('copy', undefined, `Copy to ${body.to.path}`)];
    case 'GET /runs':
      return [200, step(found(runs, second))];
    case 'POST /runs':
      return [
        202,
        Object.assign(found(runs, second).run, { state: 'cancelled' })
      ];
    default:
      throw new Refusal(404, 'not-found', `There is no ${method} ${pathname}.`);
  }
}

async function answer(request, response) {
  const text = Buffer.concat(await request.toArray()).toString();
  const body = text ? JSON.parse(text) : {};
  try {
    if (request.headers['x-deep-token'] !== token) {
      throw new Refusal(403, 'unauthorized', 'The token is wrong.');
    }
    requests.push({ method: request.method, url: request.url, body });
    const [status, content] = route(request.method, request.url, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 204 ? undefined : JSON.stringify(content));
  } catch (error) {
    const problem = error.problem ?? {
      type: 'about:blank',
      detail: String(error)
    };
    response.writeHead(error.status ?? 500, {
      'content-type': 'application/problem+json'
    });
    response.end(JSON.stringify(problem));
  }
}

mkdirSync(path.join(runtime, 'deep'), { recursive: true, mode: 0o700 });
rmSync(socket, { force: true });
createServer(answer).listen(socket, () => {
  chmodSync(socket, 0o600);
  const discovery = {
    socket,
    token,
    pid: process.pid,
    host: os.hostname(),
    version: '0.1.0',
    startedAt: now
  };
  writeFileSync(
    path.join(runtime, 'deep', 'service.json'),
    JSON.stringify(discovery),
    { mode: 0o600 }
  );
  console.log('ready');
});
process.on('SIGTERM', () => process.exit(0));
