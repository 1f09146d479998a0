import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import type {
  Run,
  TrainingData,
  TrainingRequest
} from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import { StorageDataset } from '../storage';
import { TrainingRun } from './trainingRun';

/** Names of arguments whose text is a path on this machine, when something lies there. */
const DATA_NAME =
  /(^|_)(data|dataset|dir|folder|path|root)($|_)|_?(dir|path)$/i;

/** Hand a training to the service. Paths become absolute, since it knows nothing of the notebook's folder. */
export async function beginTraining(
  module: string,
  args: Record<string, unknown>,
  isHere: boolean,
  signal?: AbortSignal
): Promise<TrainingRun> {
  const data: Record<string, TrainingData> = {};
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    if (value instanceof StorageDataset) {
      data[name] = { from: 'dataset', id: value.id };
    } else if (
      isHere &&
      typeof value === 'string' &&
      DATA_NAME.test(name) &&
      !/^[a-z][a-z0-9+.-]*:\/\//i.test(value)
    ) {
      data[name] = { from: 'path', path: path.resolve(value) };
    } else {
      values[name] = value;
    }
  }
  const body: TrainingRequest = {
    module,
    arguments: values,
    data,
    // The connection asks again when an answer was lost.
    requestId: randomUUID()
  };
  return new TrainingRun(
    await service.json<Run>('/training/trainings', {
      method: 'POST',
      body,
      signal
    })
  );
}
