/** Running commands so that a person can follow: what is being done, for how long, and why it failed. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { at, root, venvBin } from './paths.mjs';

/** Ends a script with a message for people instead of a stack. */
export class SetupError extends Error {}

const seconds = since => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Says what is done, with its time. */
export async function step(title, work) {
  const started = Date.now();
  console.log(`▸ ${title} …`);
  const ticker = setInterval(
    () => console.log(`  … ${title}: ${seconds(started)}`),
    20_000
  );
  try {
    const result = await work();
    console.log(`✓ ${title} (${seconds(started)})`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}

/** The environment of every command after set-up: the virtual environment's Python and Node 24 first. */
export function toolEnvironment(extra = {}) {
  return {
    ...process.env,
    PATH: `${venvBin}${path.delimiter}${process.env.PATH}`,
    VIRTUAL_ENV: path.dirname(venvBin),
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
    npm_config_update_notifier: 'false',
    ...extra
  };
}

/**
 * Runs a command to its end. Output goes to a log under .cache/logs, shown in part when it fails, unless `show`.
 * @returns the exit code, when `mayFail`; else throws a SetupError with the log's last lines.
 */
export async function run(command, args, options = {}) {
  const {
    cwd = root,
    env = {},
    show = false,
    mayFail = false,
    timeoutMs = 20 * 60_000,
    log
  } = options;
  mkdirSync(at('.cache/logs'), { recursive: true });
  const logFile = at('.cache/logs', `${log ?? path.basename(command)}.log`);
  const child = spawn(command, args, {
    cwd,
    env: toolEnvironment(env),
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe']
  });
  const tail = [];
  if (!show) {
    const out = createWriteStream(logFile);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        out.write(chunk);
        tail.push(chunk.toString());
        if (tail.length > 200) {
          tail.shift();
        }
      });
    }
  }
  const code = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', error => {
      clearTimeout(timer);
      reject(
        new SetupError(
          `Could not run ${command}: ${error.message}. Is it installed?`
        )
      );
    });
    child.on('close', (exit, signal) => {
      clearTimeout(timer);
      resolve(signal ? `signal ${signal}` : exit);
    });
  });
  if (code !== 0 && !mayFail) {
    const lines = tail.join('').trimEnd().split('\n').slice(-40).join('\n');
    throw new SetupError(
      `${[path.basename(command), ...args].join(' ')} ended with ${code}.\n${lines}\nWhole log: ${path.relative(root, logFile)}`
    );
  }
  return code;
}

/** Runs a script's main function; failures end it with a message and exit code 1. */
export function main(work) {
  work().catch(error => {
    console.error(
      `\n✗ ${error instanceof SetupError ? error.message : error.stack}`
    );
    process.exit(1);
  });
}
