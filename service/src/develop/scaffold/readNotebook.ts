import path from 'node:path';
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import {
  DeepError,
  FoundArgument,
  NotebookReading
} from '@jupyterlab-deep/protocol';
import { titleOf } from '@jupyterlab-deep/kernel-helpers/models';
import reader from './templates/read_notebook.py';

const READ_MS = 30_000;
const MAX_OUTPUT_BYTES = 16 * 1024 ** 2;

/** A notebook as a module: what its cells take, and their code. */
export interface IReadNotebook extends NotebookReading {
  code: string;
  /** Python files beside it that it imports. */
  modules: string[];
  /** Files beside it that arguments name, by argument. */
  examples: Record<string, string>;
}

type Said = Omit<IReadNotebook, 'title' | 'predict' | 'train' | 'examples'> &
  Partial<
    Record<'predict' | 'train', (FoundArgument & { example?: string })[]>
  >;

/**
 * Look at the cells of a notebook that are marked. Nothing of it is run.
 *
 * @param python The interpreter that reads it: Python alone parses Python.
 * @throws DeepError `not-found`, `invalid-request`
 */
export async function readNotebook(
  file: string,
  python: string
): Promise<IReadNotebook> {
  await access(file).catch(cause => {
    throw new DeepError('not-found', `There is no notebook ${file}.`, {
      hint: 'Save it first, or choose another.',
      cause
    });
  });
  const { predict, train, ...said } = await ask(file, python);
  const found = [...(predict ?? []), ...(train ?? [])];
  return {
    ...said,
    code: said.code ?? '',
    title: titleOf(path.basename(file, '.ipynb')),
    ...(predict && { predict: predict.map(bare) }),
    ...(train && { train: train.map(bare) }),
    examples: Object.fromEntries(
      found.flatMap(({ name, example }) => (example ? [[name, example]] : []))
    )
  };
}

const bare = ({
  example: _example,
  ...argument
}: FoundArgument & { example?: string }): FoundArgument => argument;

function ask(file: string, python: string): Promise<Said> {
  return new Promise((resolve, reject) => {
    const options = { timeout: READ_MS, maxBuffer: MAX_OUTPUT_BYTES };
    execFile(
      python,
      ['-I', '-c', reader, file],
      options,
      (error, stdout, stderr) => {
        if (error) {
          reject(
            new DeepError(
              'invalid-request',
              `${path.basename(file)} could not be read.`,
              {
                hint: 'Open it in Jupyter and save it again.',
                technical: stderr.slice(-4000) || error.message,
                cause: error
              }
            )
          );
          return;
        }
        resolve(JSON.parse(stdout) as Said);
      }
    );
  });
}
