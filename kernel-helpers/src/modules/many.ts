import { setTimeout as sleep } from 'node:timers/promises';
import { DeepError } from '@jupyterlab-deep/protocol';
import { retryAfterMs } from '../deepaas';
import { display } from '../display';
import { pathsOf } from '../files/glob';
import type { Prediction } from './prediction';
import type { IVarying } from './varying';

/** How far `predictMany` is. */
export interface IManyProgress {
  done: number;
  failed: number;
  /** How many files there are, once all are known. */
  total?: number;
}

/** Options of `predictMany`. */
export interface IManyOptions {
  /** Files that the module is asked for at once. */
  concurrency?: number;
  onProgress?: (progress: IManyProgress) => void;
  accept?: string;
  signal?: AbortSignal;
  /** Of each file. */
  timeoutMs?: number;
}

/** What a module said of one of many files: a prediction, or why there is none. */
export type ManyAnswer =
  | { path: string; prediction: Prediction; error?: undefined }
  | { path: string; prediction?: undefined; error: DeepError };

const AT_ONCE = 8;
const BUSY_TRIES = 8;
const FIRST_PAUSE_MS = 500;

type Predict = (
  args: Record<string, unknown>,
  signal: AbortSignal
) => Promise<Prediction>;

/** Predict file by file, in order of completion; no more are begun than the caller takes. */
export async function* predictEach(
  title: string,
  { argument, files, rest }: IVarying,
  predict: Predict,
  options: IManyOptions
): AsyncGenerator<ManyAnswer> {
  const stop = new AbortController();
  const release = onInterrupt(stop);
  const signal = options.signal
    ? AbortSignal.any([options.signal, stop.signal])
    : stop.signal;
  const line = display.progress(title);
  const progress: IManyProgress = { done: 0, failed: 0 };
  const names = Array.isArray(files)
    ? listed(files)
    : pathsOf(files as Exclude<typeof files, readonly string[]>, signal);
  const answers = inParallel(
    counted(names, total => (progress.total = total)),
    options.concurrency ?? AT_ONCE,
    path => answer(path, { ...rest, [argument]: path }, predict, signal),
    // Whoever leaves the loop early wants no more answers.
    () => stop.abort()
  );
  try {
    for await (const each of answers) {
      progress.done += 1;
      progress.failed += each.error ? 1 : 0;
      line.update(title, shareOf(progress));
      options.onProgress?.({ ...progress });
      yield each;
    }
  } finally {
    release();
    const { done, failed } = progress;
    line.end(`${title}: ${done} files${failed ? `, ${failed} failed` : ''}`);
  }
}

const shareOf = ({
  done,
  total
}: IManyProgress): { done: number; total: number } | undefined =>
  total === undefined ? undefined : { done, total };

async function* listed(files: readonly string[]): AsyncGenerator<string> {
  yield* files;
}

async function* counted(
  names: AsyncGenerator<string>,
  onEnd: (total: number) => void
): AsyncGenerator<string> {
  let count = 0;
  for await (const name of names) {
    count += 1;
    yield name;
  }
  onEnd(count);
}

/** The notebook's stop button, where somebody handles it as the kernel does. */
function onInterrupt(stop: AbortController): () => void {
  if (process.listenerCount('SIGINT') === 0) {
    return () => undefined;
  }
  const abort = (): void => stop.abort();
  process.once('SIGINT', abort);
  return () => process.removeListener('SIGINT', abort);
}

async function* inParallel<T, R>(
  source: AsyncGenerator<T>,
  limit: number,
  work: (value: T) => Promise<R>,
  onLeave: () => void
): AsyncGenerator<R> {
  const underWay = new Map<number, Promise<[number, R]>>();
  let next = 0;
  let isOver = false;
  try {
    for (;;) {
      while (!isOver && underWay.size < limit) {
        const { done, value } = await source.next();
        isOver = done === true;
        if (!isOver) {
          const number = next++;
          const result = work(value as T);
          underWay.set(
            number,
            result.then(each => [number, each])
          );
        }
      }
      if (underWay.size === 0) {
        return;
      }
      const [number, result] = await Promise.race(underWay.values());
      underWay.delete(number);
      yield result;
    }
  } finally {
    onLeave();
    await source.return(undefined);
    await Promise.allSettled(underWay.values());
  }
}

/** @throws DeepError `cancelled`: then no further answer comes. */
async function answer(
  path: string,
  args: Record<string, unknown>,
  predict: Predict,
  signal: AbortSignal
): Promise<ManyAnswer> {
  for (let tries = 1; ; tries++) {
    try {
      return { path, prediction: await predict(args, signal) };
    } catch (error) {
      if (signal.aborted || !(error instanceof DeepError)) {
        throw error;
      }
      const askedMs = retryAfterMs(error);
      if (askedMs === undefined || tries === BUSY_TRIES) {
        return { path, error };
      }
      await sleep(pauseMs(askedMs, tries), undefined, { signal });
    }
  }
}

/** Longer after each refusal, and not all at the same moment. */
const pauseMs = (askedMs: number, tries: number): number =>
  Math.max(askedMs, FIRST_PAUSE_MS * 2 ** (tries - 1)) *
  (1 + Math.random() / 4);
