// A stand-in for the service's deployments, for the helpers of both languages: two targets, and deployments that go a step further
// each time they are looked at. It refuses what the service refuses. `builtin/broken` fails, `python/foreign` wants consent,
// `builtin/slow` never gets ready. Modules answer at the address in DEEP_STANDIN_MODULE.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';

const runtime = process.env.DEEP_RUNTIME_DIR;
const socket = path.join(runtime, 'deployments.sock');
const token = 'stand-in-token';
const now = () => new Date().toISOString();

const targets = [
  {
    id: 'process',
    kind: 'process',
    title: 'This machine',
    state: 'reachable',
    said: 'Processes of this machine.',
    used: '2 of 24 GB'
  },
  {
    id: 'container:gpu-host',
    kind: 'container',
    title: 'Containers on gpu-host',
    state: 'unreachable',
    said: 'gpu-host refused the connection.',
    hint: 'Start its engine.'
  }
];
const deployments = new Map();
const jobs = new Map();
const requests = [];
/** States with their phases, in the order in which they are seen. */
const COURSE = [
  ['preparing', 'Pulling the image, 1 of 2 layers'],
  ['starting', 'Loading the model'],
  ['ready', '']
];

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

function set(known, state, phase = '', error = undefined) {
  Object.assign(known.deployment, { state, phase, error, since: now() });
  // More than one byte a letter: who counts characters loses its place.
  known.log += `${state} → ${error ?? phase}\n`;
  return known.deployment;
}

function step(known) {
  const { deployment } = known;
  const place = COURSE.findIndex(([state]) => state === deployment.state);
  if (known.isRemoved && deployment.state === 'stopped') {
    deployments.delete(deployment.id);
  } else if (deployment.state === 'stopping') {
    set(known, 'stopped');
  } else if (place === 1 && deployment.module === 'builtin/broken') {
    set(known, 'failed', '', 'It ended with code 137.');
  } else if (
    place >= 0 &&
    place < COURSE.length - 1 &&
    deployment.module !== 'builtin/slow'
  ) {
    set(known, ...COURSE[place + 1]);
  }
  return deployment;
}

function looked(id) {
  step(found(id));
  return found(id).deployment;
}

function begin({ module, target = 'process', options, consent, requestId }) {
  const known = [...deployments.values()].find(
    each => each.requestId === requestId
  );
  if (known) {
    return known.deployment;
  }
  if (!/^(builtin|mine|python)\/[a-z-]+$/.test(module)) {
    throw new Refusal(404, 'not-found', `There is no module ${module}.`);
  }
  if (module.startsWith('python/') && !consent?.commit) {
    throw new Refusal(403, 'consent-needed', 'Agree to commit abc.');
  }
  if (targetOf(target).state !== 'reachable') {
    throw new Refusal(503, 'target-unreachable', targetOf(target).said);
  }
  const id = `d${deployments.size + 1}`;
  const entry = {
    requestId,
    log: '',
    deployment: {
      id,
      module,
      title: module.split('/')[1],
      target: targetOf(target).kind,
      targetId: target,
      createdAt: now(),
      endpoint: process.env.DEEP_STANDIN_MODULE,
      modelPath: '/v2/models/standin/',
      options
    }
  };
  deployments.set(id, entry);
  return set(entry, ...COURSE[0]);
}

/** A script with `exit 1` fails. */
function submit(target, { module, script, options, requestId }) {
  if (targetOf(target).kind === 'process') {
    throw new Refusal(501, 'module-not-implemented', 'It takes no batch jobs.');
  }
  if (!script || !requestId) {
    throw new Refusal(422, 'invalid-arguments', 'It needs a script.');
  }
  const id = `j${jobs.size + 1}`;
  const job = { target, script };
  const title = `${module}: ${script}`;
  const run = {
    id,
    kind: 'job',
    title,
    module,
    arguments: options,
    inputs: []
  };
  jobs.set(id, {
    ...run,
    job,
    state: 'running',
    phase: 'It waits.',
    createdAt: now()
  });
  return jobs.get(id);
}

/** It goes a step further each time it is looked at. */
function lookedAtJob(id) {
  const run = jobs.get(id);
  if (!run) {
    throw new Refusal(404, 'not-found', `There is no run ${id}.`);
  }
  if (run.phase === 'It waits.') {
    Object.assign(run, {
      phase: 'It runs.',
      job: { ...run.job, job: `n-${id}` }
    });
  } else if (run.state === 'running') {
    const isBad = /exit 1/.test(run.job.script);
    Object.assign(run, { phase: '', state: isBad ? 'failed' : 'succeeded' });
    run.error = isBad
      ? new Refusal(502, 'module-failed', 'It failed. It says: exit code 1')
          .problem
      : undefined;
  }
  return run;
}

/** An address of this machine has to be meant. */
function addTarget({ id, kind, address, title = id, allowPrivate }) {
  if (/127\.0\.0\.1/.test(address) && !allowPrivate) {
    throw new Refusal(422, 'address-private', 'It is not public.');
  }
  const target = { id: `${kind}:${id}`, kind, title, isOwn: true };
  targets.push({ ...target, state: 'unreachable', said: 'Nobody answered.' });
  return targets.at(-1);
}

function removeTarget(id) {
  if (!targetOf(id).isOwn) {
    throw new Refusal(409, 'conflict', 'It was not added by you.');
  }
  targets.splice(targets.indexOf(targetOf(id)), 1);
  return [204, ''];
}

const fromOffset = (log, searchParams) =>
  Buffer.from(log).subarray(Number(searchParams.get('offset') ?? 0));

function jobRoute(method, [id, verb], searchParams) {
  if (method === 'GET' && !id) {
    return [200, { runs: [...jobs.values()].reverse() }];
  }
  if (verb === 'log') {
    return [200, fromOffset('It is n-1 at the platform\n', searchParams)];
  }
  if (method === 'POST' && verb === 'cancel') {
    return [
      202,
      Object.assign(jobs.get(id), { state: 'cancelled', phase: '' })
    ];
  }
  return [200, lookedAtJob(id)];
}

function targetOf(id) {
  const target = targets.find(each => each.id === id);
  if (!target) {
    throw new Refusal(404, 'not-found', `There is no target ${id}.`);
  }
  return target;
}

function found(id) {
  if (!deployments.has(id)) {
    throw new Refusal(404, 'not-found', `There is no deployment ${id}.`);
  }
  return deployments.get(id);
}

function order(id, verb) {
  const known = found(id);
  switch (verb) {
    case 'stop':
      return [202, set(known, 'stopping', 'Stopping')];
    case 'start':
    case 'restart':
      return [202, set(known, ...COURSE[1])];
    default:
      throw new Refusal(404, 'not-found', `There is no order ${verb}.`);
  }
}

/** It is gone at the second look after that. */
function remove(id) {
  found(id).isRemoved = true;
  return [202, set(found(id), 'stopping', 'Removing')];
}

function plan(id, { module }) {
  return {
    target: targetOf(id).id,
    module,
    isPossible: true,
    options: {
      type: 'object',
      properties: {
        memoryMb: { type: 'integer', title: 'Memory (MB)', default: 4000 }
      }
    },
    says: ['A process is started.'],
    warnings: [],
    cost: 'nothing'
  };
}

function route(method, url, body) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [, first, id, verb, last] = pathname.split('/').map(decodeURIComponent);
  const key = `${method} /${first}`;
  if (key === 'GET /health') {
    return [200, { status: 'ok' }];
  }
  if (key === 'GET /requests') {
    return [200, requests];
  }
  if (key === 'POST /deployments' && id === 'targets' && last === 'jobs') {
    return [202, submit(verb, body)];
  }
  if (key === 'POST /deployments' && id === 'targets' && last === 'check') {
    return [200, targetOf(verb)];
  }
  if (key === 'POST /deployments' && id === 'targets' && !verb) {
    return [201, addTarget(body)];
  }
  if (key === 'DELETE /deployments' && id === 'targets') {
    return removeTarget(verb);
  }
  if (first === 'runs') {
    return jobRoute(method, [id, verb], searchParams);
  }
  if (key === 'POST /deployments' && id === 'targets' && last === 'plan') {
    return [200, plan(verb, body)];
  }
  if (key === 'DELETE /deployments' && searchParams.get('remove') === 'true') {
    return remove(id);
  }
  if (key === 'POST /deployments') {
    return id ? order(id, verb) : [202, begin(body)];
  }
  if (key === 'GET /deployments' && id === 'targets') {
    return [200, { targets }];
  }
  if (key === 'GET /deployments' && verb === 'log') {
    return [200, fromOffset(found(id).log, searchParams)];
  }
  if (key === 'GET /deployments') {
    const all = [...deployments.values()].map(each => each.deployment);
    return [200, id ? looked(id) : { deployments: all.reverse() }];
  }
  throw new Refusal(404, 'not-found', `There is no ${method} ${pathname}.`);
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
    const isText = Buffer.isBuffer(content);
    response.writeHead(status, {
      'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json'
    });
    response.end(
      isText || content === undefined ? content : JSON.stringify(content)
    );
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
    startedAt: now()
  };
  writeFileSync(
    path.join(runtime, 'deep', 'service.json'),
    JSON.stringify(discovery),
    { mode: 0o600 }
  );
  console.log('ready');
});
process.on('SIGTERM', () => process.exit(0));
