/** Starts and stops the two servers that are compared. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { at, peersVenv } from '../../scripts/paths.mjs';

const MODEL = at('jupyterlab_deep/modules/image-classifier');
const START_MS = 60_000;
const STOP_MS = 5000;
export const MODEL_NAME = 'image-classifier';

export async function freePort() {
  const server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

const answers = origin =>
  fetch(`${origin}/v2/models/`).then(
    reply => reply.ok,
    () => false
  );

/** A server process, ready when it answers. It has a group of its own: deepaas-run starts workers. */
async function start(command, args, env, port) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true
  });
  const log = [];
  child.stderr.on('data', chunk => log.push(chunk));
  const origin = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + START_MS;
  while (!(await answers(origin))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop(child);
      throw new Error(`${command} did not start: ${Buffer.concat(log)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return { origin, stop: () => stop(child) };
}

/** deepaas-run hangs when its whole group gets SIGTERM: first the parent alone, then the rest by force. */
async function stop(child) {
  const ended = new Promise(resolve => child.once('exit', resolve));
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: the group is gone, as it should be.
  }
}

export async function startOurs(model = MODEL, name = MODEL_NAME) {
  const port = await freePort();
  const runtime = at('jupyterlab_deep/node/module-runtime.mjs');
  const own = ['--model', model, '--name', name];
  const args = [runtime, ...own, '--port', String(port)];
  return start(process.execPath, args, {}, port);
}

export async function startPeer({ workers, threads }) {
  const port = await freePort();
  const args = [
    ...['--listen-ip', '127.0.0.1', '--listen-port', String(port)],
    ...['--model-name', MODEL_NAME, '--workers', String(workers)]
  ];
  const env = {
    LITE0_MODEL: MODEL,
    LITE0_THREADS: String(threads),
    // As ours: reporting to onnxruntime's maker is not what is compared.
    ORT_DISABLE_TELEMETRY: '1'
  };
  return start(`${peersVenv}/bin/deepaas-run`, args, env, port);
}
