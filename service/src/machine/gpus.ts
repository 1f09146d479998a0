import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A driver in trouble can hold nvidia-smi for minutes. */
const TIMEOUT_MS = 2_000;

let found: Promise<string[]> | undefined;

/** NVIDIA GPUs here with their memory, such as `Tesla T4, 15360 MiB`; empty where there are none. */
export function listGpus(): Promise<string[]> {
  found ??= askDriver();
  return found;
}

async function askDriver(): Promise<string[]> {
  try {
    const { stdout } = await run(
      'nvidia-smi',
      ['--query-gpu=name,memory.total', '--format=csv,noheader'],
      { timeout: TIMEOUT_MS }
    );
    return stdout
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== '');
  } catch {
    // No driver, or one that does not answer: then nothing here can use a GPU either.
    return [];
  }
}
