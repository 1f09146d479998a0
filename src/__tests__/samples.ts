import type {
  Deployment,
  CatalogueFacets,
  CatalogueListing,
  CatalogueSource,
  ModuleApi,
  ModuleCard,
  ModuleDetail,
  Run
} from '@jupyterlab-deep/protocol';

export const MODULE: ModuleDetail & ModuleCard = {
  id: 'builtin/image-classifier',
  source: 'builtin',
  name: 'image-classifier',
  title: 'Image classifier',
  summary: 'Says what is on a picture.',
  description: '# Image classifier\n\nSays what is on a picture.',
  version: '1.0.0',
  licence: 'Apache-2.0',
  capabilities: ['inference', 'pre-trained'],
  tasks: ['image-classification'],
  libraries: ['ONNX'],
  dataTypes: ['image'],
  tags: ['vision'],
  input: 'image',
  output: '1,000 labels',
  links: {},
  runtime: 'onnx',
  examples: [
    {
      name: 'cat',
      title: 'A cat',
      arguments: { top_k: 5 },
      files: {
        image: {
          filename: 'cat.jpg',
          contentType: 'image/jpeg',
          sizeBytes: 50_000
        }
      }
    }
  ],
  problems: [],
  broken: false,
  origins: [
    {
      source: 'builtin',
      id: 'builtin/image-classifier',
      title: 'On this machine'
    }
  ],
  fit: { state: 'here', lacks: [] }
};

export const BROKEN: ModuleDetail & ModuleCard = {
  ...MODULE,
  id: 'builtin/plants',
  name: 'plants',
  title: 'Plants',
  summary: 'Names plants.',
  capabilities: ['trainable'],
  tags: ['botany'],
  problems: [{ message: 'config.json is missing' }],
  broken: true,
  origins: [
    { source: 'builtin', id: 'builtin/plants', title: 'On this machine' }
  ],
  fit: { state: 'broken', lacks: [] }
};

export const SOURCE: CatalogueSource = {
  id: 'builtin',
  title: 'On this machine',
  kind: 'folder',
  address: '/modules',
  enabled: true,
  addedBy: 'default',
  canSwitch: true,
  modules: 2,
  broken: 1,
  isRefreshing: false,
  updatedAt: '2026-01-02T03:04:05.000Z'
};

const NO_FACETS: CatalogueFacets = {
  fit: [],
  capability: [],
  task: [],
  library: [],
  dataType: [],
  source: [],
  licence: []
};

/** What the service lists. */
export const listingOf = (
  modules: ModuleCard[],
  more: Partial<CatalogueListing> = {}
): CatalogueListing => ({
  modules,
  matching: modules.length,
  total: 2,
  facets: {
    ...NO_FACETS,
    fit: [{ value: 'here', count: 1 }],
    capability: [
      { value: 'inference', count: 2 },
      { value: 'trainable', count: 1 }
    ]
  },
  sources: [SOURCE],
  ...more
});

export const DEPLOYMENT: Deployment = {
  id: 'd1',
  module: MODULE.id,
  title: MODULE.title,
  target: 'process',
  state: 'starting',
  phase: 'Loading the model',
  since: '2026-01-01T10:00:00.000Z',
  createdAt: '2026-01-01T10:00:00.000Z'
};

export const READY: Deployment = {
  ...DEPLOYMENT,
  state: 'ready',
  phase: '',
  since: '2026-01-01T10:00:01.000Z'
};

export const API: ModuleApi = {
  deployment: 'd1',
  metadata: {},
  predict: {
    type: 'object',
    required: ['image'],
    properties: {
      image: { type: 'string', format: 'file', description: 'The picture' },
      top_k: {
        type: 'integer',
        format: 'int32',
        minimum: 1,
        maximum: 1000,
        default: 5,
        description: 'How many labels'
      }
    }
  },
  train: null,
  accepts: ['application/json'],
  swagger: { swagger: '2.0', paths: {} }
};

export const RUN: Run = {
  id: 'r1',
  kind: 'prediction',
  title: 'Image classifier',
  module: MODULE.id,
  state: 'queued',
  phase: '',
  arguments: {},
  inputs: [{ argument: 'image', name: 'cat.jpg', sizeBytes: 50_000 }],
  createdAt: '2026-01-01T10:00:02.000Z'
};

export const DONE: Run = {
  ...RUN,
  state: 'succeeded',
  result: { contentType: 'application/json', sizeBytes: 100 }
};

export const ANSWER = {
  status: 'OK',
  predictions: {
    labels: ['Egyptian Mau', 'tabby cat'],
    probabilities: [0.69, 0.15],
    predictions: [
      { label: 'Egyptian Mau', probability: 0.69, index: 285 },
      { label: 'tabby cat', probability: 0.15, index: 281 }
    ]
  }
};
