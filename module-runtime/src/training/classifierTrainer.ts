import {
  type IClassification,
  loadModel,
  openModelFolder
} from '@jupyterlab-deep/kernel-helpers/models';
import {
  type ITrainingArguments,
  readHead,
  taskOptions,
  trainClassifier,
  TRAINING_ARGUMENTS
} from '@jupyterlab-deep/kernel-helpers/models/training';
import { DeepError } from '@jupyterlab-deep/protocol';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type IOptions } from '../options';
import { type ITrainer } from './trainings';

/** Loads the new model as anybody would, and asks it about pictures whose class is known. */
async function check(
  folder: string,
  examples: { file: string; label: string }[]
): Promise<void> {
  const model = await loadModel(folder, { workers: 1 });
  try {
    for (const { file, label } of examples) {
      const { labels } = (await model.predict({
        image: file,
        top_k: 1
      })) as IClassification;
      if (labels[0] !== label) {
        throw new DeepError(
          'internal',
          `The new model file finds “${labels[0]}” in ${path.basename(file)}, where the training found “${label}”; it was not kept.`
        );
      }
    }
  } finally {
    await model.release();
  }
}

/**
 * The trainer of a folder.
 *
 * @throws DeepError `module-not-implemented` with the reason why it cannot be retrained.
 */
export async function classifierTrainer(
  options: IOptions & { modelsFolder: string }
): Promise<ITrainer> {
  const folder = await openModelFolder(path.resolve(options.model));
  if (folder.manifest.task !== 'image-classification') {
    throw new DeepError(
      'module-not-implemented',
      `Models of the task ${folder.manifest.task} cannot be retrained here.`
    );
  }
  await readHead(folder);
  const { modelsFolder, cacheFolder, threads, workers, maxUploadBytes } =
    options;
  const machine = taskOptions(
    { threads, workers, maxFileBytes: maxUploadBytes },
    folder.sizeBytes
  );
  return {
    arguments: TRAINING_ARGUMENTS,
    check: async ({ data }) => {
      const given = String(data);
      const problem = !path.isAbsolute(given)
        ? 'Give an absolute path, as this module sees it.'
        : await stat(given).then(
            () => undefined,
            ({ code }) => `${given} cannot be read (${code}).`
          );
      if (problem) {
        throw new DeepError('invalid-arguments', `data: ${problem}`, {
          fields: { data: [problem] }
        });
      }
    },
    train: (id, values, onEvent, signal) =>
      trainClassifier(folder, values as unknown as ITrainingArguments, {
        id,
        modelsFolder,
        cacheFolder,
        machine,
        signal,
        onEvent,
        check
      })
  };
}
