import { DeepError, type Problem } from '@jupyterlab-deep/protocol';
import { parentPort } from 'node:worker_threads';

/** Call and answer between a WorkerThread and its worker. */
export interface ICall {
  id: number;
  argument: unknown;
}
export interface IAnswer {
  id: number;
  value?: unknown;
  problem?: Problem;
}

/**
 * In place of a call: end after the present one. A worker that is ended from outside in the middle of onnxruntime's native code takes
 * the whole process with it.
 */
export const CLOSE = 'close';

/** What a worker's function returns: the value, and the buffers that move instead of being copied. */
export interface IMoved<R> {
  value: R;
  transfer?: ArrayBuffer[];
}

const asProblem = (error: unknown): Problem =>
  (error instanceof DeepError
    ? error
    : new DeepError('module-failed', `The model failed: ${String(error)}`, {
        technical: error instanceof Error ? error.stack : undefined
      })
  ).toProblem();

/**
 * Answers this worker's calls, one after the other in the order of their arrival.
 * @param release - Gives back what the work holds, at the end.
 */
export function serveCalls<A, R>(
  work: (argument: A) => IMoved<R> | Promise<IMoved<R>>,
  release: () => Promise<void> = async () => undefined
): void {
  const port = parentPort!;
  let last: Promise<void> = Promise.resolve();
  let isClosing = false;
  const answer = async ({ id, argument }: ICall): Promise<void> => {
    if (isClosing) {
      return;
    }
    try {
      const { value, transfer } = await work(argument as A);
      port.postMessage({ id, value } satisfies IAnswer, transfer);
    } catch (error) {
      port.postMessage({ id, problem: asProblem(error) } satisfies IAnswer);
    }
  };
  port.on('message', (call: ICall | typeof CLOSE) => {
    if (call === CLOSE) {
      isClosing = true;
      void last.then(release).finally(() => port.close());
    } else {
      last = last.then(() => answer(call));
    }
  });
}
