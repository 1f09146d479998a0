import { ChildProcess, spawn } from 'node:child_process';
import { access, mkdir, open, readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiscoveryFile } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { discover } from './discovery';
import { nodeHome, startLogPath } from './places';
import { serviceEnvironment } from './serviceEnvironment';

const START_TIMEOUT_MS = 30_000;
const CHECK_EVERY_MS = 50;

/** Says whether the service behind a discovery file answers. */
export type Answers = (found: DiscoveryFile) => Promise<boolean>;

/**
 * Start the service and wait until it, or the one that already holds the lock, answers.
 *
 * @throws DeepError `service-unavailable` or what the service itself said, such as `store-newer` and `no-space`.
 */
export async function startService(answers: Answers): Promise<DiscoveryFile> {
  const log = startLogPath();
  const logStart = await sizeOf(log);
  const child = await launch(await serviceProgram(), log);
  let exitCode: number | undefined;
  child.once('error', () => (exitCode = 127));
  child.once('exit', code => (exitCode = code ?? 1));
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  let reason = '';
  while (Date.now() < giveUpAt) {
    const found = await discover();
    if ('service' in found && (await answers(found.service))) {
      if (found.service.pid !== child.pid) {
        // Another was faster: ours must not take over when that one ends.
        child.kill();
      }
      return found.service;
    }
    reason = 'unusable' in found ? found.unusable : 'its socket is silent';
    // 0 means that another process holds the lock; its discovery file comes.
    if (exitCode) {
      throw await startFailure(log, logStart, exitCode);
    }
    await sleep(CHECK_EVERY_MS);
  }
  // What never answered would only hold the lock against the next one.
  child.kill();
  throw new DeepError(
    'service-unavailable',
    `The DEEP service did not answer within ${START_TIMEOUT_MS / 1000} s of its start: ${reason}.`,
    { hint: `See ${log}, or run \`jupyter deep doctor\`.` }
  );
}

async function serviceProgram(): Promise<string> {
  const program = path.join(nodeHome(), 'service.mjs');
  const isThere = await access(program).then(
    () => true,
    () => false
  );
  if (!isThere) {
    throw new DeepError(
      'service-unavailable',
      `The DEEP service does not run and cannot be started: ${program} is missing.`,
      {
        hint: 'Use the kernel “TypeScript (DEEP)”, or open JupyterLab and the DEEP panel first.'
      }
    );
  }
  return program;
}

/** Detached, so that the service outlives this kernel; it ends by itself after its last client. */
async function launch(program: string, log: string): Promise<ChildProcess> {
  const output = await mkdir(path.dirname(log), {
    recursive: true,
    mode: 0o700
  })
    .then(() => open(log, 'a', 0o600))
    .catch((cause: NodeJS.ErrnoException) => {
      throw new DeepError(
        cause.code === 'ENOSPC' ? 'no-space' : 'service-unavailable',
        `The DEEP service cannot be started: ${log} cannot be written (${cause.message}).`,
        { hint: 'Free some space or check the permissions.', cause }
      );
    });
  try {
    const child = spawn(process.execPath, [program, 'serve'], {
      cwd: path.dirname(log),
      detached: true,
      env: serviceEnvironment(),
      stdio: ['ignore', output.fd, output.fd]
    });
    child.unref();
    return child;
  } finally {
    await output.close();
  }
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0
  );

/** The service says why it ends as one JSON problem line. */
async function startFailure(
  log: string,
  from: number,
  exitCode: number
): Promise<DeepError> {
  const text = await readFile(log).then(
    content => content.subarray(from).toString('utf8').trim(),
    (error: Error) => error.message
  );
  const problem = text
    .split('\n')
    .reverse()
    .find(line => line.includes('"urn:jupyterlab-deep:'));
  if (problem) {
    return DeepError.fromProblem(JSON.parse(problem));
  }
  return new DeepError(
    'service-unavailable',
    `The DEEP service ended at once (exit code ${exitCode}).`,
    {
      hint: `See ${log}, or run \`jupyter deep doctor\`.`,
      technical: text.slice(-2000)
    }
  );
}
