import { Static, Type } from '@sinclair/typebox';
import { FileInput } from './inference';

/** Which files a batch takes, one after another, for one argument. Hidden files and folders are never among them. */
export const BatchFiles = Type.Object(
  {
    argument: Type.String({ description: 'The file argument that varies.' }),
    from: Type.Union([
      Type.Literal('jupyter', { description: 'Below the root of Jupyter.' }),
      Type.Literal('path', {
        description: 'Absolute, on this machine; kernels only.'
      }),
      Type.Literal('dataset', { description: 'Below a dataset.' })
    ]),
    dataset: Type.Optional(
      Type.String({
        description: 'Its id, or its `ref`; of files from a dataset.'
      })
    ),
    folder: Type.String({
      maxLength: 4000,
      description:
        'Where to look; empty for the root of Jupyter or the dataset.'
    }),
    pattern: Type.String({
      minLength: 1,
      maxLength: 1000,
      description:
        'Glob below the folder: `*.jpg`, `**/*.{jpg,png}`, `**/*`. Capitals do not matter.'
    })
  },
  { additionalProperties: false }
);

export type BatchFiles = Static<typeof BatchFiles>;

/** Where the true class of each file stands: with it a batch is an evaluation. */
export const BatchLabels = Type.Union([
  Type.Object(
    {
      from: Type.Literal('found', {
        description:
          'As a training finds them: in `labels.csv`, `labels.json` or `metadata.csv` of the folder, else in the names of folders.'
      })
    },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      from: Type.Literal('folders', {
        description:
          'The name of the folder directly below the folder searched.'
      })
    },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      from: Type.Literal('list', {
        description:
          'A CSV or JSON list with the columns `file` (relative to the list) and `label`.'
      }),
      file: Type.String({
        minLength: 1,
        maxLength: 4000,
        description:
          "Below the folder that is searched; a kernel's may be absolute."
      })
    },
    { additionalProperties: false }
  )
]);
export type BatchLabels = Static<typeof BatchLabels>;

/** Many predictions as one run: one file argument varies, all else stays. */
export const BatchRequest = Type.Object(
  {
    module: Type.String(),
    arguments: Type.Record(Type.String(), Type.Unknown()),
    each: BatchFiles,
    files: Type.Optional(
      Type.Record(Type.String(), FileInput, {
        description: 'The other file arguments: the same file for every item.'
      })
    ),
    labels: Type.Optional(BatchLabels),
    accept: Type.Optional(
      Type.String({ description: 'Exactly one media type.' })
    ),
    requestId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{8,64}$',
        description:
          'Chosen by the asker. Asking again with it gives the run that the first request began, so that a lost answer begins no second one.'
      })
    ),
    results: Type.Optional(
      Type.Union(
        [
          Type.Literal('beside', {
            description: '`deep-results/` in the folder of the files.'
          }),
          Type.Literal('root', {
            description: '`deep-results/` below the root of Jupyter.'
          }),
          Type.Literal('run', {
            description: 'With its record in the store; deleted with it.'
          })
        ],
        { default: 'beside' }
      )
    )
  },
  { additionalProperties: false }
);
export type BatchRequest = Static<typeof BatchRequest>;

/** Folder of all results, below the input's folder or Jupyter's root. It is never searched for input. */
export const RESULTS_FOLDER = 'deep-results';

/** What *Activity* and the page show of a batch beside its progress. */
export const BatchState = Type.Object({
  each: BatchFiles,
  labels: Type.Optional(BatchLabels),
  accuracy: Type.Optional(
    Type.Number({ description: 'Of an evaluation that has ended, 0 to 1.' })
  ),
  failed: Type.Integer({ description: 'Items that could not be done.' }),
  ratePerS: Type.Optional(
    Type.Number({ description: 'Items a second, lately.' })
  ),
  leftS: Type.Optional(
    Type.Number({ description: 'Seconds that the rest will take.' })
  ),
  results: Type.Object({
    path: Type.String({
      description:
        'Folder of the result files: below the root of Jupyter, or absolute.'
    }),
    from: Type.Union([Type.Literal('jupyter'), Type.Literal('path')]),
    table: Type.String({ description: 'Name of the CSV file.' }),
    lines: Type.String({ description: 'Name of the JSON Lines file.' }),
    gallery: Type.String({ description: 'Name of the first HTML page.' })
  }),
  storedBytes: Type.Optional(
    Type.Integer({ description: 'What its record takes in the store.' })
  )
});
export type BatchState = Static<typeof BatchState>;

export const BatchItemState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('done'),
  Type.Literal('failed')
]);
export type BatchItemState = Static<typeof BatchItemState>;

/** One file of a batch. */
export const BatchItem = Type.Object({
  item: Type.Integer({ description: 'Its number in the listing, from 0.' }),
  path: Type.String({ description: "Below the batch's folder." }),
  state: BatchItemState,
  order: Type.Optional(
    Type.Integer({ description: 'When it ended, counted from 1.' })
  ),
  seconds: Type.Optional(Type.Number()),
  label: Type.Optional(
    Type.String({ description: 'The best label of a classification.' })
  ),
  probability: Type.Optional(Type.Number()),
  truth: Type.Optional(
    Type.String({ description: 'What it is, in an evaluation.' })
  ),
  truthProbability: Type.Optional(
    Type.Number({ description: 'What the module gave to that.' })
  ),
  answer: Type.Optional(
    Type.Unknown({ description: "The module's answer where it is JSON." })
  ),
  file: Type.Optional(
    Type.String({
      description:
        'Name below the results folder of an answer that is a file or too large for a row.'
    })
  ),
  note: Type.Optional(
    Type.String({ description: 'Such as: changed since it was listed.' })
  ),
  error: Type.Optional(Type.Ref('Problem'))
});
export type BatchItem = Omit<Static<typeof BatchItem>, 'error'> & {
  error?: import('./errors').Problem;
};

/** A page of items. */
export const BatchItems = Type.Object({
  items: Type.Array(BatchItem),
  total: Type.Integer({ description: 'Of this state, over all pages.' })
});
export type BatchItems = { items: BatchItem[]; total: number };

/** How many files a pattern finds, for a form that is being filled in. */
export const BatchCount = Type.Object({
  count: Type.Integer(),
  isComplete: Type.Boolean({
    description: 'False: there are more, counting was given up.'
  }),
  first: Type.Array(Type.String(), { description: 'Some of their paths.' })
});
export type BatchCount = Static<typeof BatchCount>;
