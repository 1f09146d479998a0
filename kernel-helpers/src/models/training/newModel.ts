import { DeepError } from '@jupyterlab-deep/protocol';
import {
  copyFile,
  mkdir,
  mkdtemp,
  rename,
  rm,
  writeFile
} from 'node:fs/promises';
import * as path from 'node:path';
import { type IModelFolder } from '../folder';
import { titleOf, yaml } from '../folderTexts';

/** A folder that is being made beside its place. */
const MAKING = '.making-';
const FULL = ['ENOSPC', 'EDQUOT'];
/** Kept with every model that was made of one that has them. */
const COPIED = ['preprocessor_config.json', 'LICENSE', 'NOTICE'];

export interface INewModel {
  parent: IModelFolder;
  name: string;
  classes: string[];
  model: Uint8Array;
  /** Content of training.json. */
  training: object;
  /** For people: what it was learnt from and how good it is. */
  summary: string;
  /** Throws when the folder does not hold a model that works. */
  check(folder: string): Promise<void>;
  signal: AbortSignal;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Writes a model folder: whole and checked, or not at all. A name that is taken gets a number.
 *
 * @param models - Folder of all models; made when missing.
 * @returns the name that it got, and its path.
 * @throws DeepError `no-space`, what the check throws, the signal's reason; nothing is left behind then.
 */
export async function writeNewModel(
  models: string,
  made: INewModel
): Promise<{ name: string; folder: string }> {
  let scratch: string | undefined;
  try {
    await mkdir(models, { recursive: true });
    scratch = await mkdtemp(path.join(models, MAKING));
    await fill(scratch, made, made.name);
    await made.check(scratch);
    // From here on it is there for everybody.
    made.signal.throwIfAborted();
    for (let number = 1; ; number++) {
      const name = number === 1 ? made.name : `${made.name}-${number}`;
      if (number > 1) {
        await write(scratch, 'module.json', json(manifestOf(made, name)));
      }
      const folder = path.join(models, name);
      if (await moved(scratch, folder)) {
        return { name, folder };
      }
    }
  } catch (error) {
    throw FULL.includes((error as NodeJS.ErrnoException).code ?? '')
      ? new DeepError(
          'no-space',
          `There is no room for the new model in ${models}.`,
          { hint: 'Make room and start the training again.', cause: error }
        )
      : error;
  } finally {
    if (scratch) {
      await rm(scratch, { recursive: true, force: true }).catch(
        () => undefined
      );
    }
  }
}

/** Whether the place was free. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await mkdir(to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
  // Takes the place of the empty folder, which nobody else could take meanwhile.
  await rename(from, to);
  return true;
}

/** On the disk when it returns: the rename must not come before the content. */
const write = (
  folder: string,
  name: string,
  content: string | Uint8Array
): Promise<void> =>
  writeFile(path.join(folder, name), content, { flush: true });

async function fill(
  folder: string,
  made: INewModel,
  name: string
): Promise<void> {
  const { parent, classes, model, training } = made;
  await mkdir(path.join(folder, 'onnx'));
  await write(folder, 'onnx/model.onnx', model);
  await write(folder, 'config.json', json(configOf(parent, classes)));
  await write(folder, 'training.json', json(training));
  await write(folder, 'module.json', json(manifestOf(made, name)));
  await write(folder, 'ai4-metadata.yml', metadataOf(made));
  for (const file of COPIED) {
    await copyFile(path.join(parent.path, file), path.join(folder, file)).catch(
      error => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
          throw error;
        }
      }
    );
  }
}

const configOf = ({ config }: IModelFolder, classes: string[]): object => ({
  model_type: config.model_type,
  architectures: config.architectures,
  num_channels: config.num_channels,
  id2label: Object.fromEntries(classes.map((label, index) => [index, label])),
  label2id: Object.fromEntries(classes.map((label, index) => [label, index]))
});

const parentTitle = ({ manifest }: IModelFolder): string =>
  manifest.title ?? manifest.name;

const manifestOf = (
  { parent, summary }: INewModel,
  name: string
): Record<string, unknown> => ({
  name,
  version: '1.0.0',
  title: titleOf(name),
  description: summary,
  task: parent.manifest.task,
  ...(parent.manifest.license ? { license: parent.manifest.license } : {}),
  ...(parent.manifest.network ? { network: parent.manifest.network } : {}),
  parent: {
    name: parent.manifest.name,
    title: parentTitle(parent),
    ...(parent.manifest.version ? { version: parent.manifest.version } : {})
  }
});

function metadataOf({ parent, name, summary, classes }: INewModel): string {
  const day = new Date().toISOString().slice(0, 10);
  const shown = classes.slice(0, 50).join(', ');
  const more = classes.length > 50 ? `, and ${classes.length - 50} more` : '';
  return yaml({
    metadata_version: '2.3.0',
    title: titleOf(name),
    summary,
    description: `${summary}\n\nIt tells apart: ${shown}${more}.\n\nMade by retraining the last layer of *${parentTitle(parent)}*; training.json beside it says how.`,
    dates: { created: day, updated: day },
    links: { source_code: 'https://example.org/jupyterlab-deep' },
    tags: ['image classification', 'retrained', parent.manifest.name],
    tasks: ['Computer Vision', 'Classification'],
    categories: ['AI4 trainable', 'AI4 inference'],
    libraries: ['Other'],
    'data-type': ['Image']
  });
}
