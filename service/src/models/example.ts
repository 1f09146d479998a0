import { copyFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  ModelManifest,
  plainName
} from '@jupyterlab-deep/kernel-helpers/models';
import {
  DeepError,
  ModelRequest,
  ModelSettings
} from '@jupyterlab-deep/protocol';
import { IAsker } from '../inference/inputs';
import { locateModel } from './locateModel';

const MAX_BYTES = 20 * 1024 ** 2;

type Examples = NonNullable<ModelManifest['examples']>;

/**
 * Copy what is to be tried first into a model folder.
 *
 * @throws DeepError `not-found`, `too-large`, `unauthorized`
 */
export async function keepExample(
  folder: string,
  { example }: ModelRequest,
  settings: ModelSettings,
  asker: IAsker
): Promise<Examples> {
  if (example?.file) {
    const argument =
      settings.task === 'image-classification' ? 'image' : 'table';
    const name = await keepFile(folder, locateModel(example.file, asker));
    return [
      { name: 'example', title: 'An example', files: { [argument]: name } }
    ];
  }
  return example?.values
    ? [{ name: 'example', title: 'An example', arguments: example.values }]
    : [];
}

async function keepFile(folder: string, from: string): Promise<string> {
  const info = await stat(from).catch(() => undefined);
  if (!info?.isFile()) {
    throw new DeepError('not-found', `The example ${from} cannot be read.`, {
      hint: 'Choose another file, or leave the example away.'
    });
  }
  if (info.size > MAX_BYTES) {
    throw new DeepError(
      'too-large',
      `The example ${from} has ${Math.ceil(info.size / 1024 ** 2)} MB; at most ${MAX_BYTES / 1024 ** 2} are kept with a model.`,
      { hint: 'Choose a smaller file.' }
    );
  }
  const { name, ext } = path.parse(from);
  const kept = `examples/${plainName(name)}${plainName(ext) === 'model' ? '' : `.${plainName(ext)}`}`;
  await mkdir(path.join(folder, 'examples'), { recursive: true });
  await copyFile(from, path.join(folder, kept));
  return kept;
}
