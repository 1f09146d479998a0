import { Static, Type } from '@sinclair/typebox';

/** What model folders can do, by Hugging Face's names. */
export const ModelTask = Type.Union([
  Type.Literal('image-classification', {
    description: 'Pictures to classes.'
  }),
  Type.Literal('tabular-classification', {
    description: 'Rows of numbers to classes.'
  }),
  Type.Literal('tabular-regression', {
    description: 'Rows of numbers to a number each.'
  })
]);
export type ModelTask = Static<typeof ModelTask>;

/** What the numbers of a classifier's output are. */
export const ModelGives = Type.Union([
  Type.Literal('logits', {
    description: 'A number a class; their softmax is taken.'
  }),
  Type.Literal('probabilities', {
    description: 'A number a class, taken as it is.'
  }),
  Type.Literal('probability', {
    description: 'One number: how likely the second of two classes is.'
  }),
  Type.Literal('logit', {
    description: 'One number for the second of two classes, before its sigmoid.'
  })
]);
export type ModelGives = Static<typeof ModelGives>;

/** Order of the dimensions of pictures: PyTorch's, or that of TensorFlow. */
export const ModelLayout = Type.Union([
  Type.Literal('NCHW'),
  Type.Literal('NHWC')
]);
export type ModelLayout = Static<typeof ModelLayout>;

/** `network` of `module.json`: which tensors of the file are used, and how. The file itself stays as it was exported. */
export const ModelNetwork = Type.Object(
  {
    input: Type.Optional(Type.String({ minLength: 1 })),
    output: Type.Optional(Type.String({ minLength: 1 })),
    layout: Type.Optional(ModelLayout),
    gives: Type.Optional(ModelGives)
  },
  { additionalProperties: false }
);
export type ModelNetwork = Static<typeof ModelNetwork>;

const Side = Type.Integer({ minimum: 1, maximum: 4096 });
const Channels = Type.Array(Type.Number(), { minItems: 1, maxItems: 3 });

/** How pictures become numbers. */
export const ModelPreparation = Type.Object(
  {
    width: Side,
    height: Side,
    fit: Type.Union([
      Type.Literal('squeeze', { description: 'The whole picture.' }),
      Type.Literal('crop', {
        description: 'Its middle, after its shorter side has become `edge`.'
      })
    ]),
    edge: Type.Optional(Side),
    filter: Type.Union([Type.Literal('bilinear'), Type.Literal('bicubic')]),
    channels: Type.Union([
      Type.Literal('RGB'),
      Type.Literal('BGR'),
      Type.Literal('grey')
    ]),
    scale: Type.Number({
      exclusiveMinimum: 0,
      description: 'Values from 0 to 255 are multiplied by it first.'
    }),
    mean: Channels,
    std: Channels
  },
  {
    additionalProperties: false,
    description:
      '`mean` and `std` are of red, green, blue, whatever the order of the channels; one of each for grey pictures.'
  }
);
export type ModelPreparation = Static<typeof ModelPreparation>;

/** Things that people know by name: what the values of a picture become. */
export const PREPARATIONS = {
  imagenet: {
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    channels: 'RGB'
  },
  'zero-one': {
    scale: 1 / 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    channels: 'RGB'
  },
  'minus-one-one': {
    scale: 1 / 255,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    channels: 'RGB'
  },
  pixels: { scale: 1, mean: [0, 0, 0], std: [1, 1, 1], channels: 'RGB' },
  caffe: {
    scale: 1,
    mean: [123.68, 116.779, 103.939],
    std: [1, 1, 1],
    channels: 'BGR'
  }
} as const satisfies Record<
  string,
  {
    scale: number;
    mean: readonly number[];
    std: readonly number[];
    channels: ModelPreparation['channels'];
  }
>;
export const PreparationName = Type.Union([
  Type.Literal('imagenet'),
  Type.Literal('zero-one'),
  Type.Literal('minus-one-one'),
  Type.Literal('pixels'),
  Type.Literal('caffe')
]);
export type PreparationName = keyof typeof PREPARATIONS;

/** A column of a table, in the order of the network. */
export const ModelColumn = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    description: Type.Optional(Type.String({ maxLength: 1000 })),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number())
  },
  { additionalProperties: false }
);
export type ModelColumn = Static<typeof ModelColumn>;

/** What has to be known of a network beside its file. */
export const ModelSettings = Type.Object(
  {
    task: ModelTask,
    network: Type.Optional(ModelNetwork),
    labels: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
        minItems: 1,
        maxItems: 100_000,
        description: 'Names of the classes, in the order of the network.'
      })
    ),
    columns: Type.Optional(
      Type.Array(ModelColumn, { minItems: 1, maxItems: 500 })
    ),
    preparation: Type.Optional(ModelPreparation)
  },
  { additionalProperties: false }
);
export type ModelSettings = Static<typeof ModelSettings>;

/** Where a file or folder lies: as Jupyter shows it, or on this machine (kernels alone). */
export const ModelPlace = Type.Union([
  Type.Object(
    {
      from: Type.Literal('jupyter'),
      path: Type.String({ description: 'Below the root of Jupyter.' })
    },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      from: Type.Literal('path'),
      path: Type.String({ pattern: '^/', maxLength: 4000 })
    },
    { additionalProperties: false }
  )
]);
export type ModelPlace = Static<typeof ModelPlace>;

/** An input or output of a network, as its file says. */
export const ModelTensor = Type.Object({
  name: Type.String(),
  type: Type.String({
    description:
      '`float32`, `int64`, `string` …; `sequence` and `map` are no tensors.'
  }),
  shape: Type.Array(Type.Union([Type.Integer(), Type.Null()]), {
    description: '`null` stands for any length.'
  })
});
export type ModelTensor = Static<typeof ModelTensor>;

/** What is asked for, since the file does not say it. */
export const ModelQuestion = Type.Union([
  Type.Literal('labels'),
  Type.Literal('columns'),
  Type.Literal('size'),
  Type.Literal('layout'),
  Type.Literal('preparation'),
  Type.Literal('gives'),
  Type.Literal('output')
]);
export type ModelQuestion = Static<typeof ModelQuestion>;

/** Body of `POST /models/inspections`. */
export const InspectionRequest = Type.Object(
  { file: ModelPlace },
  { additionalProperties: false }
);
export type InspectionRequest = Static<typeof InspectionRequest>;

/** What a model's file says, without any of it being run. */
export const ModelInspection = Type.Object(
  {
    format: Type.Union([Type.Literal('onnx'), Type.Literal('tfjs')]),
    name: Type.String({ description: 'Proposed, made from that of the file.' }),
    sizeBytes: Type.Integer({ description: 'Of all its files.' }),
    files: Type.Array(Type.String(), {
      description:
        'The model and what it refers to, by paths beside each other.'
    }),
    inputs: Type.Array(ModelTensor),
    outputs: Type.Array(ModelTensor),
    opset: Type.Optional(Type.Integer()),
    producer: Type.Optional(Type.String()),
    metadata: Type.Record(Type.String(), Type.String()),
    classes: Type.Optional(
      Type.Integer({ description: 'How many labels it needs, where known.' })
    ),
    width: Type.Optional(
      Type.Integer({ description: 'How many columns it needs, where known.' })
    ),
    findings: Type.Array(
      Type.Object({
        text: Type.String(),
        isCertain: Type.Boolean({
          description: 'Read from its files; otherwise it is a guess.'
        })
      })
    ),
    proposal: Type.Optional(ModelSettings),
    questions: Type.Array(ModelQuestion, {
      description: 'What of the proposal is missing or guessed.'
    }),
    problem: Type.Optional(Type.Ref('Problem'))
  },
  {
    description:
      'With a `problem` it cannot be made a module; then it says why, and what cures it.'
  }
);
/** `problem` is a Problem; spelled out because a reference carries no static type. */
export type ModelInspection = Omit<
  Static<typeof ModelInspection>,
  'problem'
> & {
  problem?: import('./errors').Problem;
};

/** Body of `POST /models`. */
export const ModelRequest = Type.Object(
  {
    file: ModelPlace,
    settings: Type.Optional(Type.Partial(ModelSettings)),
    preset: Type.Optional(PreparationName),
    name: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Any characters; the folder gets a plain form of it.'
    }),
    title: Type.Optional(Type.String({ maxLength: 200 })),
    summary: Type.Optional(Type.String({ maxLength: 2000 })),
    description: Type.Optional(Type.String({ maxLength: 100_000 })),
    licence: Type.Optional(Type.String({ maxLength: 200 })),
    author: Type.Optional(Type.String({ maxLength: 200 })),
    version: Type.Optional(Type.String({ maxLength: 60 })),
    example: Type.Optional(
      Type.Object(
        {
          file: Type.Optional(ModelPlace),
          values: Type.Optional(Type.Record(Type.String(), Type.Number()))
        },
        {
          additionalProperties: false,
          description: 'A picture or table to try it with, or one row.'
        }
      )
    ),
    replace: Type.Optional(
      Type.Boolean({ description: 'Take the place of the one of this name.' })
    ),
    isDraft: Type.Optional(
      Type.Boolean({
        description:
          'Write it under a name of its own and in no list; `POST /models/:name/finish` gives it its name.'
      })
    )
  },
  {
    additionalProperties: false,
    description:
      'What `settings` leave open is as the inspection proposes; `preset` is a preparation by its name, in place of the proposed one.'
  }
);
export type ModelRequest = Static<typeof ModelRequest>;

/** A model folder among the user's own. */
export const SavedModel = Type.Object(
  {
    id: Type.String({ description: 'Module id: `mine/leaves`.' }),
    name: Type.String(),
    title: Type.String(),
    version: Type.String(),
    task: Type.String(),
    folder: Type.String(),
    detail: Type.String({ description: 'What computes it here, in words.' })
  },
  { description: 'It can be opened and deployed by its id.' }
);
export type SavedModel = Static<typeof SavedModel>;

/** Body of `POST /models/:name/finish`. */
export const ModelFinish = Type.Object(
  { replace: Type.Optional(Type.Boolean()) },
  { additionalProperties: false }
);
export type ModelFinish = Static<typeof ModelFinish>;

/** Body of `POST /models/:name/python`. */
export const PythonModuleTarget = Type.Object(
  { folder: ModelPlace },
  { additionalProperties: false }
);
export type PythonModuleTarget = Static<typeof PythonModuleTarget>;

/** A Python project that was written: the model behind the platform's own server. */
export const WrittenPythonModule = Type.Object({
  folder: Type.String(),
  package: Type.String(),
  files: Type.Array(Type.String()),
  says: Type.Array(Type.String(), {
    description: 'What to do with it, a sentence each.'
  })
});
export type WrittenPythonModule = Static<typeof WrittenPythonModule>;
