import { type IArgument } from '@jupyterlab-deep/kernel-helpers/models';
import { ANY_TYPE, type IModule, JSON_TYPE } from './module';

type Json = Record<string, unknown>;

const ref = (name: string): Json => ({ $ref: `#/definitions/${name}` });
const reply = (name: string): Json => ({ schema: ref(name), description: '' });
const text = (description?: string): Json => ({ type: 'string', description });

/** As apispec writes webargs' Int and Float. */
const FORMATS: Partial<Record<IArgument['type'], string>> = {
  integer: 'int32',
  number: 'float'
};

function parameterOf(argument: IArgument): Json {
  const { name, type, required, description } = argument;
  if (type === 'file') {
    return { in: 'formData', name, required, type, description };
  }
  return {
    in: 'query',
    name,
    required,
    type,
    format: FORMATS[type],
    default: argument.default,
    minimum: argument.minimum,
    maximum: argument.maximum,
    enum: argument.choices,
    description
  };
}

function acceptParameter({ accept }: IModule): Json {
  return {
    in: accept.in === 'headers' ? 'header' : 'query',
    name: 'accept',
    required: false,
    type: 'string',
    default: accept.types[0],
    enum: [...accept.types, ANY_TYPE],
    description: 'Media type of the reply'
  };
}

function operation(
  tag: string,
  summary: string,
  responses: Json,
  more: Json = {}
): Json {
  return {
    tags: [tag],
    summary,
    parameters: [],
    produces: [JSON_TYPE],
    responses,
    ...more
  };
}

function predictOperation(module: IModule): Json {
  const replies = { 200: reply('Prediction'), 400: reply('Failure') };
  return operation('models', 'Predict', replies, {
    parameters: [...module.arguments.map(parameterOf), acceptParameter(module)],
    produces: [...module.accept.types, ANY_TYPE]
  });
}

function trainOperation({ trainings, notTrainable }: IModule): Json {
  return trainings
    ? operation(
        'models',
        'Retrain the model',
        { 200: reply('Training') },
        { parameters: trainings.arguments.map(parameterOf) }
      )
    : operation('models', `Train (not by this module). ${notTrainable}`, {});
}

function trainingPaths(module: IModule, base: string): Json {
  const uuid = { in: 'path', name: 'uuid', required: true, type: 'string' };
  const parameters = { parameters: [uuid] };
  return {
    [`${base}train/`]: {
      get: operation('models', 'List the trainings', {
        200: reply('TrainingList')
      }),
      post: trainOperation(module)
    },
    [`${base}train/{uuid}`]: {
      get: operation(
        'models',
        'State of a training',
        { 200: reply('Training') },
        parameters
      ),
      delete: operation('models', 'Cancel a training', {}, parameters)
    }
  };
}

function pathsOf(module: IModule): Json {
  const base = `/v2/models/${module.name}/`;
  const get = (tag: string, summary: string, definition: string): Json => ({
    get: operation(tag, summary, { 200: reply(definition) })
  });
  return {
    '/': get('versions', 'Versions of this API', 'Versions'),
    '/v2/': get('versions', 'This version of the API', 'Version'),
    '/v2/debug/': {
      get: operation('debug', 'Log of the module, where enabled', {
        204: { description: 'Not enabled' }
      })
    },
    '/v2/models/': get('models', 'Models that are served', 'ModelMeta'),
    [base]: get('models', 'Metadata of the model', 'ModelMeta'),
    [`${base}predict/`]: { post: predictOperation(module) },
    ...trainingPaths(module, base)
  };
}

const object = (properties: Json, required?: string[]): Json => ({
  type: 'object',
  properties,
  required
});
const listOf = (name: string): Json => ({ type: 'array', items: ref(name) });

const DEFINITIONS: Json = {
  Failure: object({ message: text('What went wrong') }, ['message']),
  Location: object({ rel: text(), href: text(), type: text() }, [
    'href',
    'rel'
  ]),
  Version: object(
    { version: text(), id: text(), links: listOf('Location'), type: text() },
    ['id', 'version']
  ),
  Versions: object({ versions: listOf('Version') }),
  ModelMeta: object(
    {
      id: text('Model identifier'),
      name: text('Model name'),
      description: text('Model description'),
      license: text('Model license'),
      author: text('Model author'),
      version: text('Model version'),
      url: text('Model url'),
      links: listOf('Location')
    },
    ['description', 'id', 'name']
  ),
  ClassScore: object({
    label: text('Name of the class; names may repeat'),
    probability: { type: 'number', minimum: 0, maximum: 1 },
    index: { type: 'integer', description: 'Number of the class' }
  }),
  Classification: object({
    labels: { type: 'array', items: text() },
    probabilities: { type: 'array', items: { type: 'number' } },
    predictions: listOf('ClassScore')
  }),
  VoiceSegment: object({
    start_s: { type: 'number', description: 'Seconds' },
    end_s: { type: 'number', description: 'Seconds' },
    probability: { type: 'number', description: 'Mean over its frames' }
  }),
  VoiceActivity: object({
    segments: listOf('VoiceSegment'),
    duration_s: { type: 'number' },
    speech_s: { type: 'number' },
    frame_rate_hz: { type: 'number' },
    sampling_rate_hz: { type: 'integer', description: "The file's own" },
    frame_probabilities: { type: 'array', items: { type: 'number' } }
  }),
  TableAnswer: {
    description:
      'One row: a Classification, or {"value": number}. A table: a list of {"row", "label", "probability"} or {"row", "value"}.'
  },
  Training: object(
    {
      uuid: text('Training identifier'),
      date: text('Start of the training'),
      status: { type: 'string', enum: ['running', 'error', 'done'] },
      message: text('What the state means')
    },
    ['date', 'status', 'uuid']
  ),
  TrainingList: listOf('Training')
};

/** Definition of a task's answer. */
const ANSWERS: Record<string, string> = {
  'image-classification': 'Classification',
  'tabular-classification': 'TableAnswer',
  'tabular-regression': 'TableAnswer',
  'voice-activity-detection': 'VoiceActivity'
};

const predictionOf = (task: string): Json =>
  object({ status: text('OK'), predictions: ref(ANSWERS[task]) }, [
    'predictions',
    'status'
  ]);

/** The module's API as Swagger 2.0, in the form that DEEPaaS gives it: arguments in the query, files in the form. */
export function swaggerOf(module: IModule): Json {
  const { title, version, task } = module.model.describe();
  const document = {
    swagger: '2.0',
    info: {
      title: `${title}: DEEPaaS API`,
      description: `Served from a model folder by jupyterlab-deep.`,
      version: version || '0'
    },
    paths: pathsOf(module),
    definitions: { ...DEFINITIONS, Prediction: predictionOf(task) }
  };
  // Through JSON text, so that absent values are absent here too.
  return JSON.parse(JSON.stringify(document));
}
