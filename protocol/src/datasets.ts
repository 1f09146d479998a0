import { Static, Type } from '@sinclair/typebox';
import { AccountId, StoragePath } from './storage';

/** How kernels see the files of a dataset. The path is the same in all of them. */
export const DatasetWay = Type.Union([
  Type.Literal('platform', { description: 'A mount that the platform made.' }),
  Type.Literal('mount', { description: 'A mount by rclone.' }),
  Type.Literal('copy', { description: 'A synchronized copy.' })
]);
export type DatasetWay = Static<typeof DatasetWay>;

export const DatasetCounts = Type.Object({
  files: Type.Integer(),
  bytes: Type.Integer()
});
export type DatasetCounts = Static<typeof DatasetCounts>;

/** A file that changed here and in the cloud: both versions are kept. */
export const DatasetConflict = Type.Object({
  path: Type.String({ description: 'Below the dataset.' }),
  copy: Type.String({
    description:
      "Below the dataset: this machine's version; the cloud's has the name."
  }),
  foundAt: Type.String({ format: 'date-time' })
});
export type DatasetConflict = Static<typeof DatasetConflict>;

/** A named folder of an account, and where every kernel sees it. */
export const Dataset = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    ref: Type.String({
      description: '`<account>:<path>`, as it is written in cells.'
    }),
    account: AccountId,
    remotePath: StoragePath,
    path: Type.String({
      description: 'Absolute, on this machine; the same whatever the way.'
    }),
    jupyterPath: Type.Optional(
      Type.String({ description: 'Below the root of Jupyter, where it is.' })
    ),
    way: DatasetWay,
    why: Type.String({
      description: 'Why this way and not a better one, in words.'
    }),
    pattern: Type.Optional(
      Type.String({
        description: 'Only these files were fetched; absent: all of them.'
      })
    ),
    state: Type.Union([
      Type.Literal('preparing'),
      Type.Literal('copying', { description: 'First fill, or fetching more.' }),
      Type.Literal('syncing'),
      Type.Literal('ready'),
      Type.Literal('needs-login'),
      Type.Literal('unreachable', {
        description: 'The cloud does not answer; what lies here can be used.'
      }),
      Type.Literal('failed')
    ]),
    here: DatasetCounts,
    there: Type.Optional(DatasetCounts),
    waiting: DatasetCounts,
    conflicts: Type.Array(DatasetConflict),
    freshAt: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'When here and there were last seen to be the same.'
      })
    ),
    run: Type.Optional(
      Type.String({ description: 'The transfer that is at work.' })
    ),
    error: Type.Optional(Type.Ref('Problem')),
    createdAt: Type.String({ format: 'date-time' })
  },
  { $id: 'Dataset' }
);
export type Dataset = Omit<Static<typeof Dataset>, 'error'> & {
  error?: import('./errors').Problem;
};
export type Datasets = { datasets: Dataset[] };

/** Make a dataset of a folder; the same account and path again answer the one that there is. */
export const DatasetRequest = Type.Object(
  {
    account: AccountId,
    path: StoragePath,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    pattern: Type.Optional(Type.String({ maxLength: 1000 })),
    way: Type.Optional(
      Type.Union([DatasetWay, Type.Literal('auto')], { default: 'auto' })
    )
  },
  { additionalProperties: false }
);
export type DatasetRequest = Static<typeof DatasetRequest>;

export const DatasetFetch = Type.Object(
  {
    pattern: Type.String({
      minLength: 1,
      maxLength: 1000,
      description: 'Glob below the dataset: `train/**/*.jpg`.'
    })
  },
  { additionalProperties: false }
);
export type DatasetFetch = Static<typeof DatasetFetch>;

/** Forget a dataset. What waits to be pushed stops it unless it is given up. */
export const DatasetRemoval = Type.Object(
  {
    keepFiles: Type.Optional(
      Type.Boolean({ description: 'Leave the copied files where they are.' })
    ),
    giveUpWaiting: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
);
export type DatasetRemoval = Static<typeof DatasetRemoval>;

/** One side of a transfer: an account's path, or a local one. */
export const TransferPlace = Type.Object(
  {
    account: Type.Optional(AccountId),
    path: Type.String({
      maxLength: 4000,
      description:
        'Below the root of the account; else below the root of Jupyter, or absolute.'
    })
  },
  { additionalProperties: false }
);
export type TransferPlace = Static<typeof TransferPlace>;

/** Copy a file or folder between an account and this machine, as a Run of kind `transfer`. */
export const TransferRequest = Type.Object(
  {
    from: TransferPlace,
    to: TransferPlace,
    onConflict: Type.Optional(
      Type.Union(
        [
          Type.Literal('keep-both'),
          Type.Literal('overwrite'),
          Type.Literal('skip')
        ],
        { default: 'keep-both' }
      )
    )
  },
  { additionalProperties: false }
);
export type TransferRequest = Static<typeof TransferRequest>;

/** What *Activity* and the storage panel show of a transfer, beside its progress in files. */
export const TransferState = Type.Object({
  act: Type.Union([
    Type.Literal('fill'),
    Type.Literal('fetch'),
    Type.Literal('refresh'),
    Type.Literal('push'),
    Type.Literal('copy'),
    Type.Literal('publish', { description: 'A module is shared.' }),
    Type.Literal('receive', { description: 'A shared module is fetched.' })
  ]),
  account: AccountId,
  dataset: Type.Optional(Type.String()),
  from: Type.String({ description: 'For people.' }),
  to: Type.String({ description: 'For people.' }),
  doneBytes: Type.Integer(),
  totalBytes: Type.Optional(Type.Integer()),
  bytesPerS: Type.Optional(Type.Number()),
  leftS: Type.Optional(Type.Number()),
  failed: Type.Integer({
    description: 'Files that could not be done; the log has the reasons.'
  })
});
export type TransferState = Static<typeof TransferState>;
