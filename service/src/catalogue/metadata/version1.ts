import { Capability } from '@jupyterlab-deep/protocol';
import { citationOf } from './citation';
import { cleanMarkdown, plainLine, plainList, webLinks } from './clean';
import { imageOf } from './image';
import { spdxOf } from './licence';
import {
  capabilitiesOf,
  dayOf,
  Described,
  inputOf,
  refusal,
  valueOf
} from './version2';

const CAPABILITIES: Record<string, Capability> = {
  inference: 'inference',
  trainable: 'trainable',
  'pre-trained': 'pre-trained'
};

/** Says which API a module speaks, and nothing to people. */
const API = 'api-v2';

/** Keywords that mean a value of version 2's lists. Only exact words: a guess would be shown as a fact. */
const LIBRARIES: Record<string, string> = {
  tensorflow: 'TensorFlow',
  'tensorflow-v1': 'TensorFlow',
  keras: 'Keras',
  pytorch: 'PyTorch',
  'scikit-learn': 'Scikit-learn',
  xgboost: 'XGBoost'
};
const TASKS: Record<string, string> = {
  'computer vision': 'Computer Vision',
  'image classification': 'Classification',
  'audio classification': 'Classification',
  classification: 'Classification',
  regression: 'Regression',
  clustering: 'Clustering',
  'time series': 'Time Series',
  'anomaly detection': 'Anomaly Detection',
  'natural language processing': 'Natural Language Processing',
  'transfer learning': 'Transfer Learning'
};
const DATA_TYPES: Record<string, string> = {
  image: 'Image',
  'image classification': 'Image',
  'computer vision': 'Image',
  audio: 'Audio',
  'audio classification': 'Audio',
  'speech-to-text': 'Audio',
  video: 'Video',
  text: 'Text',
  'time series': 'Time Series',
  tabular: 'Tabular'
};

/** Metadata of version 1, `metadata.json`: `description` is a list of lines, `keywords` also hold what the module can do. */
export async function describeFirst(
  value: Record<string, unknown>,
  name: string
): Promise<Described> {
  const keywords = plainList(value.keywords);
  const sources = (value.sources ?? {}) as Record<string, unknown>;
  const { links, refused } = webLinks({
    source_code: sources.code,
    dockerfile: sources.dockerfile_repo,
    weights: sources.pre_trained_weights,
    dataset: value.dataset_url,
    training_files: value.training_files_url,
    citation: value.cite_url
  });
  const title = plainLine(value.title);
  const createdAt = dayOf(value.date_creation);
  const dataTypes = meant(keywords, DATA_TYPES);
  const { description } = value;
  return {
    ...(title && { title }),
    summary: plainLine(value.summary),
    description: await cleanMarkdown(
      Array.isArray(description) ? description.join('\n') : description
    ),
    licence: spdxOf(plainLine(value.license, 100)),
    capabilities: capabilitiesOf(keywords, CAPABILITIES),
    tasks: meant(keywords, TASKS),
    libraries: meant(keywords, LIBRARIES),
    dataTypes,
    tags: keywords.filter(
      word => !Object.hasOwn(CAPABILITIES, word.toLowerCase()) && word !== API
    ),
    input: inputOf(dataTypes),
    links,
    image: imageOf(sources.docker_registry_repo),
    createdAt,
    metadataVersion: '1.0.0',
    citation: citationOf(
      { name, title: title || name, links, createdAt },
      undefined
    ),
    problems: refused.map(refusal)
  };
}

const meant = (words: string[], names: Record<string, string>): string[] => [
  ...new Set(words.flatMap(word => valueOf(names, word.toLowerCase()) ?? []))
];
