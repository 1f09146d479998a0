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

/** Answers this worker's calls, one after the other in the order of their arrival. */
export function serveCalls<A, R>(
  work: (argument: A) => IMoved<R> | Promise<IMoved<R>>
): void {
  const port = parentPort!;
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, argument }: ICall): Promise<void> => {
    try {
      const { value, transfer } = await work(argument as A);
      port.postMessage({ id, value } satisfies IAnswer, transfer);
    } catch (error) {
      port.postMessage({ id, problem: asProblem(error) } satisfies IAnswer);
    }
  };
  port.on('message', (call: ICall) => {
    last = last.then(() => answer(call));
  });
}
