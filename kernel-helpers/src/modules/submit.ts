import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import type { BatchRequest, FileInput, Run } from '@jupyterlab-deep/protocol';
import { DeepError } from '@jupyterlab-deep/protocol';
import { service } from '../connection';
import type { IModuleDescription } from '../deepaas';
import { BatchRun } from '../runs';
import { IVarying, varyingIn } from './varying';

/** Options of `submit`. */
export interface ISubmitOptions {
  accept?: string;
  signal?: AbortSignal;
}

/** Hand a batch to the service. Paths become absolute, since it knows nothing of the notebook's folder. */
export async function submitBatch(
  module: string,
  args: Record<string, unknown>,
  about: IModuleDescription,
  { accept, signal }: ISubmitOptions
): Promise<BatchRun> {
  const varying = varyingIn(args, about);
  const { values, files } = separate(varying.rest, about);
  const body: BatchRequest = {
    module,
    arguments: values,
    each: eachOf(varying),
    files,
    // The connection asks again when an answer was lost.
    requestId: randomUUID(),
    ...(accept && { accept })
  };
  return beginBatch(body, signal);
}

export async function beginBatch(
  body: BatchRequest,
  signal?: AbortSignal
): Promise<BatchRun> {
  const run = await service.json<Run>('/inference/batches', {
    method: 'POST',
    body,
    signal
  });
  return new BatchRun(run);
}

function eachOf({ argument, files }: IVarying): BatchRequest['each'] {
  if (!('pattern' in files)) {
    throw refused(argument, 'A run takes a folder or a glob, not a list.');
  }
  const { folder, pattern } = files;
  return { argument, from: 'path', folder: path.resolve(folder), pattern };
}

function separate(
  args: Record<string, unknown>,
  { predict }: IModuleDescription
): {
  values: Record<string, unknown>;
  files: Record<string, FileInput>;
} {
  const files: Record<string, FileInput> = {};
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    if (predict.properties?.[name]?.format !== 'file') {
      values[name] = value;
    } else if (typeof value === 'string') {
      files[name] = { from: 'path', path: path.resolve(value) };
    } else {
      throw refused(name, 'A run takes files by their paths.');
    }
  }
  return { values, files };
}

const refused = (argument: string, says: string): DeepError =>
  new DeepError('invalid-arguments', `${argument}: ${says}`, {
    hint: 'predictMany takes lists and bytes.',
    fields: { [argument]: [says] }
  });
