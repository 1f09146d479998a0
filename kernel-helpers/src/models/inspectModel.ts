import { DeepError } from '@jupyterlab-deep/protocol';
import type { IInspectedModel } from './inspect';
import { WorkerThread } from './workerThread';

/** A file that keeps its reader busy for longer was made to do so. */
const LONGEST_MS = 60_000;

/**
 * What a model's file says of itself, read in a thread of its own; nothing of it is run.
 *
 * ```ts
 * const { inspection } = await inspectModel('/home/ada/leaves.onnx');
 * console.log(inspection.proposal?.task, inspection.questions);
 * ```
 * @param file - Absolute path of an `.onnx` file, of a `model.json` of TensorFlow.js, or of a folder with one of them.
 * @throws DeepError `not-found`, `model-invalid`
 */
export async function inspectModel(file: string): Promise<IInspectedModel> {
  const worker = new WorkerThread<string, IInspectedModel>(
    'inspectWorker',
    undefined,
    'that reads model files'
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new DeepError(
            'model-invalid',
            `${file} could not be read within ${LONGEST_MS / 1000} seconds.`,
            { hint: 'It may be damaged: export it again.' }
          )
        ),
      LONGEST_MS
    );
  });
  try {
    return await Promise.race([worker.call(file), late]);
  } finally {
    clearTimeout(timer);
    // Not waited for: one that is too late ends when it has read.
    void worker.dispose();
  }
}
