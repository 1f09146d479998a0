import {
  type ModelColumn,
  type ModelSettings,
  type ModelTask
} from '@jupyterlab-deep/protocol';
import { stringify } from 'yaml';
import { type ModelConfig, type ModelManifest } from './manifest';
import { preprocessorOf } from './pictureSettings';

/** What a model folder says of itself beside its network. */
export interface IAboutModel {
  name: string;
  title: string;
  version: string;
  summary: string;
  description?: string;
  licence?: string;
  author?: string;
  /** What is to be tried first. */
  examples?: ModelManifest['examples'];
  /** It has no name yet, and is in no list. */
  isDraft?: boolean;
}

const MAX_NAME = 60;
const MAX_COLUMN = 60;
/** The argument that stands for all columns. */
const TABLE = 'table';

/** A name for files and paths. */
export function plainName(text: string): string {
  const plain = text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, MAX_NAME);
  return plain || 'model';
}

/** `leaf-classifier` as *Leaf classifier*. */
export const titleOf = (name: string): string => {
  const words = name.replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** `sepal length (cm)` as `sepal_length_cm`: names of arguments are identifiers. */
function argumentName(text: string, taken: Set<string>): string {
  const plain =
    text
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/[^A-Za-z0-9_]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, MAX_COLUMN) || 'column';
  const base = /^\d/.test(plain) ? `_${plain}` : plain;
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}_${number}`;
    if (!taken.has(name)) {
      taken.add(name);
      return name;
    }
  }
}

/** Columns as arguments of the module; a table may call them as their user did. */
export function featuresOf(
  columns: readonly ModelColumn[]
): NonNullable<ModelManifest['features']> {
  const taken = new Set([TABLE]);
  return columns.map(({ name: given, ...rest }) => {
    const name = argumentName(given, taken);
    return {
      name,
      ...(name !== given && { column: given, description: given }),
      ...rest
    };
  });
}

const manifestOf = (
  settings: ModelSettings,
  about: IAboutModel
): Record<string, unknown> => ({
  name: about.name,
  version: about.version,
  title: about.title,
  description: about.summary,
  ...(about.licence && { license: about.licence }),
  ...(about.author && { author: about.author }),
  task: settings.task,
  ...(settings.network && { network: settings.network }),
  ...(settings.columns && { features: featuresOf(settings.columns) }),
  ...(about.examples?.length && { examples: about.examples }),
  ...(about.isDraft && { draft: { name: about.name } })
});

function configOf({ labels = [], preparation }: ModelSettings): ModelConfig {
  return {
    model_type: 'exported',
    ...(preparation?.channels === 'grey' && { num_channels: 1 }),
    ...(labels.length > 0 && {
      id2label: Object.fromEntries(
        labels.map((label, index) => [index, label])
      ),
      label2id: Object.fromEntries(labels.map((label, index) => [label, index]))
    })
  } as ModelConfig;
}

const TASKS: Record<ModelTask, { tasks: string[]; type: string; tag: string }> =
  {
    'image-classification': {
      tasks: ['Computer Vision', 'Classification'],
      type: 'Image',
      tag: 'image classification'
    },
    'tabular-classification': {
      tasks: ['Classification'],
      type: 'Tabular',
      tag: 'tabular classification'
    },
    'tabular-regression': {
      tasks: ['Regression'],
      type: 'Tabular',
      tag: 'tabular regression'
    }
  };

/** As older readers of YAML understand it too: dates and numbers in quotes stay texts. */
export const yaml = (value: unknown): string =>
  stringify(value, { schema: 'yaml-1.1' });

/** For the catalogue, by AI4 metadata version 2. */
function metadataOf({ task }: ModelSettings, about: IAboutModel): string {
  const day = new Date().toISOString().slice(0, 10);
  const { tasks, type, tag } = TASKS[task];
  return yaml({
    metadata_version: '2.3.0',
    title: about.title,
    summary: about.summary,
    description: about.description || about.summary,
    dates: { created: day, updated: day },
    links: { source_code: 'https://example.org/jupyterlab-deep' },
    tags: [tag, 'own model'],
    tasks,
    categories: ['AI4 inference'],
    libraries: ['Other'],
    'data-type': [type]
  });
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The texts of a model folder by their names; the network's files go beside them. */
export function folderTexts(
  settings: ModelSettings,
  about: IAboutModel
): Record<string, string> {
  return {
    'module.json': json(manifestOf(settings, about)),
    'config.json': json(configOf(settings)),
    ...(settings.preparation && {
      'preprocessor_config.json': json(preprocessorOf(settings.preparation))
    }),
    ...(settings.labels && { 'labels.json': json(settings.labels) }),
    'ai4-metadata.yml': metadataOf(settings, about)
  };
}
