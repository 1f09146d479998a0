import type { ModuleVariant } from '@jupyterlab-deep/protocol';
import { yaml } from '@jupyterlab-deep/kernel-helpers/models';

/** What the metadata say of a module. */
export interface IMetadataFacts {
  name: string;
  title: string;
  summary: string;
  variant: ModuleVariant;
  isTrainable: boolean;
  /** Names of what it installs. */
  requirements: readonly string[];
}

const LIBRARIES: Record<string, string> = {
  tensorflow: 'TensorFlow',
  torch: 'PyTorch',
  keras: 'Keras',
  'scikit-learn': 'Scikit-learn',
  xgboost: 'XGBoost',
  lightgbm: 'LightGBM',
  catboost: 'CatBoost'
};

const KINDS: Record<ModuleVariant, { tasks: string[]; types: string[] }> = {
  image: { tasks: ['Computer Vision', 'Classification'], types: ['Image'] },
  text: {
    tasks: ['Natural Language Processing', 'Classification'],
    types: ['Text']
  },
  table: { tasks: ['Classification'], types: ['Tabular'] },
  empty: { tasks: ['Other'], types: ['Other'] },
  notebook: { tasks: ['Other'], types: ['Other'] },
  model: { tasks: ['Other'], types: ['Other'] }
};

const hasWeights = (variant: ModuleVariant): boolean =>
  ['image', 'text', 'table'].includes(variant);

/** `ai4-metadata.yml` of version 2, valid as it is. */
export function metadataText(facts: IMetadataFacts): string {
  const { name, title, summary, variant, isTrainable, requirements } = facts;
  const { tasks, types } = KINDS[variant];
  const libraries = requirements.flatMap(each => LIBRARIES[each] ?? []);
  const day = new Date().toISOString().slice(0, 10);
  return yaml({
    metadata_version: '2.3.0',
    title,
    summary,
    description: summary,
    dates: { created: day, updated: day },
    links: { source_code: `https://example.org/${name}` },
    tags: variant === 'notebook' ? ['from a notebook'] : ['new module'],
    tasks,
    categories: [
      ...(hasWeights(variant) ? ['AI4 pre trained'] : []),
      ...(isTrainable ? ['AI4 trainable'] : []),
      'AI4 inference'
    ],
    libraries: libraries.length > 0 ? libraries : ['Other'],
    'data-type': types
  });
}
