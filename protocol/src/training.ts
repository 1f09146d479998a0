import { Static, Type } from '@sinclair/typebox';
import { Consent } from './pythonModules';

/** What a training learns from: the value of an argument that takes a path. */
export const TrainingData = Type.Union([
  Type.Object(
    {
      from: Type.Literal('dataset'),
      id: Type.String({ description: 'Of a dataset, or its `ref`.' })
    },
    { additionalProperties: false }
  ),
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
      path: Type.String({
        pattern: '^/',
        maxLength: 4000,
        description: 'Absolute, as the module sees it.'
      })
    },
    { additionalProperties: false }
  )
]);
export type TrainingData = Static<typeof TrainingData>;

/** Body of `POST /training/trainings`. */
export const TrainingRequest = Type.Object(
  {
    module: Type.String(),
    arguments: Type.Record(Type.String(), Type.Unknown()),
    data: Type.Optional(
      Type.Record(Type.String(), TrainingData, {
        description: 'By the argument that takes the path.'
      })
    ),
    requestId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{8,64}$',
        description: 'The same request twice begins one training.'
      })
    ),
    consent: Type.Optional(Consent)
  },
  { additionalProperties: false }
);
export type TrainingRequest = Static<typeof TrainingRequest>;

/** The curve of one metric, thinned out: enough for a small picture of it. */
export const TrainingCurve = Type.Object({
  metric: Type.String(),
  values: Type.Array(Type.Number())
});
export type TrainingCurve = Static<typeof TrainingCurve>;

/** What a run that is a training has beside what every run has. */
export const TrainingState = Type.Object({
  data: Type.Array(
    Type.Object({
      argument: Type.String(),
      name: Type.String({ description: 'For people.' }),
      path: Type.String({ description: 'As the module sees it.' }),
      files: Type.Optional(Type.Integer()),
      bytes: Type.Optional(Type.Integer()),
      fingerprint: Type.Optional(
        Type.String({
          description:
            'SHA-256 over names, sizes and times of change when it began; the same for the same files.'
        })
      ),
      source: Type.Optional(TrainingData)
    })
  ),
  moduleVersion: Type.Optional(Type.String()),
  hardware: Type.String({ description: 'Such as `2 CPU, no GPU`.' }),
  environment: Type.String({ description: 'What runs the module, and where.' }),
  /** The module's own name of it. */
  training: Type.Optional(Type.String()),
  steps: Type.Integer({ description: 'For which metrics came.' }),
  metrics: Type.Record(Type.String(), Type.Number(), {
    description: 'Of the last step; of the kept one when it has ended.'
  }),
  curve: Type.Optional(TrainingCurve),
  model: Type.Optional(
    Type.Object(
      {
        id: Type.String({ description: 'Module id.' }),
        name: Type.String(),
        folder: Type.String()
      },
      { description: 'What it made, where it is a model folder.' }
    )
  )
});
export type TrainingState = Static<typeof TrainingState>;

/** Numbers of one step, in the order of their coming. */
export const TrainingStep = Type.Object({
  step: Type.Number(),
  at: Type.String({ format: 'date-time' }),
  values: Type.Record(Type.String(), Type.Number())
});
export type TrainingStep = Static<typeof TrainingStep>;

/** Reply of `GET /runs/:id/metrics`. */
export const TrainingSteps = Type.Object({
  steps: Type.Array(TrainingStep),
  next: Type.Integer({ description: 'Ask from here on for what comes later.' })
});
export type TrainingSteps = Static<typeof TrainingSteps>;

/** Body of `POST /runs/:id/notebook`. */
export const TrainingNotebookRequest = Type.Object(
  {
    language: Type.Union([Type.Literal('typescript'), Type.Literal('python')])
  },
  { additionalProperties: false }
);
export type TrainingNotebookRequest = Static<typeof TrainingNotebookRequest>;
