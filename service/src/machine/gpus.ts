import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Gpu } from '@jupyterlab-deep/protocol';

const run = promisify(execFile);

/** A driver in trouble can hold nvidia-smi for minutes. */
const TIMEOUT_MS = 2_000;
const BYTES_PER_MIB = 1024 ** 2;
const COLUMNS = 'name,memory.total,memory.used,driver_version';
/** What the driver itself says, also where its program is not installed. */
const DRIVER_FOLDER = 'proc/driver/nvidia/gpus';

/** GPUs that are here, and how that is known. */
export interface IGpuReport {
  gpus: Gpu[];
  /** For people. */
  note: string;
}

let found: Promise<IGpuReport> | undefined;

/** NVIDIA GPUs here. Asked once. */
export async function knownGpus(): Promise<Gpu[]> {
  found ??= reportGpus();
  return (await found).gpus;
}

/** The same with their memory, such as `Tesla T4, 15360 MiB`; empty where there are none. */
export const listGpus = async (): Promise<string[]> =>
  (await knownGpus()).map(gpuWords);

/**
 * NVIDIA GPUs here, asked now.
 *
 * @param root Root of the file system that the driver tells in; another one in tests.
 */
export async function reportGpus(
  root = '/',
  program = 'nvidia-smi'
): Promise<IGpuReport> {
  try {
    const { stdout } = await run(
      program,
      [`--query-gpu=${COLUMNS}`, '--format=csv,noheader,nounits'],
      { timeout: TIMEOUT_MS }
    );
    const gpus = stdout
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(readLine);
    return gpus.length > 0
      ? { gpus, note: 'As nvidia-smi says.' }
      : { gpus, note: 'nvidia-smi finds none.' };
  } catch (error) {
    return withoutProgram(root, error as Error & { code?: unknown });
  }
}

async function withoutProgram(
  root: string,
  error: Error & { code?: unknown; killed?: boolean }
): Promise<IGpuReport> {
  const known = await askDriver(path.join(root, DRIVER_FOLDER));
  if (error.code === 'ENOENT') {
    return known.length > 0
      ? {
          gpus: known,
          note: 'As the driver says; nvidia-smi is not installed here.'
        }
      : {
          gpus: [],
          note: 'There is no driver of NVIDIA here, or this container has no access to it.'
        };
  }
  // A driver that does not answer runs nothing either.
  const why = error.killed
    ? `it did not answer within ${TIMEOUT_MS / 1000} s`
    : error.message.split('\n')[0];
  return { gpus: [], note: `nvidia-smi could not say: ${why}.` };
}

async function askDriver(folder: string): Promise<Gpu[]> {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names.map(name =>
      readFile(path.join(folder, name, 'information'), 'utf8').catch(() => '')
    )
  );
  return texts.flatMap(text => {
    const name = /^Model:\s+(.+)$/m.exec(text)?.[1].trim();
    return name ? [{ name }] : [];
  });
}

/** What a card does not tell is `[N/A]`. */
function readLine(line: string): Gpu {
  const [name, total, used, driver] = line.split(',').map(word => word.trim());
  return {
    name,
    ...(isNumber(total) && { memoryBytes: Number(total) * BYTES_PER_MIB }),
    ...(isNumber(used) && { usedBytes: Number(used) * BYTES_PER_MIB }),
    ...(driver && !driver.startsWith('[') && { driver })
  };
}

const isNumber = (text: string | undefined): boolean =>
  /^\d+$/.test(text ?? '');

const gpuWords = ({ name, memoryBytes }: Gpu): string =>
  memoryBytes === undefined
    ? name
    : `${name}, ${memoryBytes / BYTES_PER_MIB} MiB`;
