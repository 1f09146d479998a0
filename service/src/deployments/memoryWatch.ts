import { DeepError } from '@jupyterlab-deep/protocol';
import { gigabytes } from '../machine/sizes';
import { ModuleProcess } from './moduleProcess';

const LOOK_MS = 500;

/**
 * Look at what a process uses until it ends.
 *
 * @param onTooMuch Called once, when it uses more than it may.
 */
export function watchMemory(
  process: ModuleProcess,
  limitBytes: number,
  title: string,
  onTooMuch: (failure: DeepError) => void
): void {
  const timer = setInterval(async () => {
    const usedBytes = (await process.memoryBytes()) ?? 0;
    if (usedBytes > limitBytes && !isTold) {
      isTold = true;
      clearInterval(timer);
      onTooMuch(tooMuch(title, usedBytes, limitBytes));
    }
  }, LOOK_MS);
  let isTold = false;
  void process.exited.then(() => clearInterval(timer));
}

const tooMuch = (
  title: string,
  usedBytes: number,
  limitBytes: number
): DeepError =>
  new DeepError(
    'module-failed',
    `${title} was ended: it used ${gigabytes(usedBytes)} of ${gigabytes(limitBytes)} allowed.`,
    { hint: 'Start it with a higher memory limit, or with smaller inputs.' }
  );
