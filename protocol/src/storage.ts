import { Static, Type } from '@sinclair/typebox';

/** Id of an account: short, because it is typed in cells (`cloud:plants`) and names the drive in the file browser. */
export const AccountId = Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' });

/** What a server offers beside plain WebDAV. */
export const StorageCapabilities = Type.Object({
  chunked: Type.Boolean({ description: 'Chunked upload v2.' }),
  chunkBytes: Type.Optional(
    Type.Integer({ description: 'Preferred size of a chunk.' })
  ),
  parallelChunks: Type.Optional(Type.Integer()),
  bulk: Type.Boolean({ description: 'Many small files in one request.' }),
  zip: Type.Boolean({ description: 'A folder as one ZIP stream.' }),
  hash: Type.Boolean({ description: '`X-Hash` is answered.' }),
  paging: Type.Boolean({ description: 'Listings in pages.' }),
  folderEtags: Type.Boolean({
    description: "A folder's ETag changes with anything below it."
  }),
  trash: Type.Boolean(),
  shares: Type.Boolean()
});
export type StorageCapabilities = Static<typeof StorageCapabilities>;

export const StorageQuota = Type.Object({
  usedBytes: Type.Integer(),
  totalBytes: Type.Optional(
    Type.Integer({ description: 'Absent: without limit, or not known.' })
  )
});
export type StorageQuota = Static<typeof StorageQuota>;

/** A linked cloud storage. Its secret stays in the service. */
export const StorageAccount = Type.Object(
  {
    id: AccountId,
    title: Type.String({ description: 'Host and person, for the panel.' }),
    kind: Type.Union([Type.Literal('nextcloud'), Type.Literal('webdav')]),
    origin: Type.Union([
      Type.Literal('linked'),
      Type.Literal('platform', {
        description:
          'Found in the environment; cannot be disconnected from here.'
      })
    ]),
    server: Type.String({ description: 'Base URL.' }),
    user: Type.String({ description: 'Id of the user in paths.' }),
    displayName: Type.String(),
    state: Type.Union([
      Type.Literal('connected'),
      Type.Literal('needs-login', {
        description: 'Its password was refused: nothing is asked any more.'
      }),
      Type.Literal('unreachable')
    ]),
    detail: Type.Optional(
      Type.String({ description: 'Why it is not connected, in words.' })
    ),
    quota: Type.Optional(StorageQuota),
    isForDeployments: Type.Optional(
      Type.Boolean({
        description:
          'Its user allowed it to be given to deployments elsewhere: they have a password of their own.'
      })
    ),
    can: StorageCapabilities,
    lacks: Type.Array(Type.String(), {
      description: 'What this server cannot do and what that means, in words.'
    }),
    createdAt: Type.String({ format: 'date-time' }),
    checkedAt: Type.Optional(Type.String({ format: 'date-time' }))
  },
  { $id: 'StorageAccount' }
);
export type StorageAccount = Static<typeof StorageAccount>;
export type StorageAccounts = { accounts: StorageAccount[] };

/** Link a Nextcloud by Login Flow v2. */
export const StorageLoginRequest = Type.Object(
  {
    address: Type.String({ minLength: 1, maxLength: 2000 }),
    id: Type.Optional(AccountId),
    account: Type.Optional(
      Type.String({ description: 'The account that is linked again.' })
    ),
    purpose: Type.Optional(
      Type.Union([
        Type.Literal('account'),
        Type.Literal('rclone', {
          description: 'A password of its own for module containers.'
        }),
        Type.Literal('deployments', {
          description:
            'A password of its own that is kept for the account and given to deployments elsewhere whose user chooses it; told to nobody else.'
        })
      ])
    ),
    allowPrivate: Type.Optional(
      Type.Boolean({
        description: 'The user has confirmed an address that is not public.'
      })
    )
  },
  { additionalProperties: false }
);
export type StorageLoginRequest = Static<typeof StorageLoginRequest>;

/** A login that waits for its user, in another tab. */
export const StorageLogin = Type.Object({
  id: Type.String(),
  page: Type.String({
    description: 'To be opened in a new tab, without opener.'
  }),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('expired')
  ]),
  expiresAt: Type.String({ format: 'date-time' }),
  account: Type.Optional(Type.Ref('StorageAccount')),
  rclone: Type.Optional(
    Type.String({
      description:
        'Settings of rclone with a password of their own; told once, to the page that asked.'
    })
  ),
  error: Type.Optional(Type.Ref('Problem'))
});
export type StorageLogin = Omit<
  Static<typeof StorageLogin>,
  'account' | 'error'
> & { account?: StorageAccount; error?: import('./errors').Problem };

/** Link a plain WebDAV server, or a Nextcloud with an app password made by hand. */
export const WebdavAccountRequest = Type.Object(
  {
    address: Type.String({ minLength: 1, maxLength: 2000 }),
    user: Type.String({ maxLength: 500 }),
    password: Type.String({ maxLength: 2000 }),
    id: Type.Optional(AccountId),
    account: Type.Optional(
      Type.String({ description: 'The account that is linked again.' })
    ),
    allowPrivate: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
);
export type WebdavAccountRequest = Static<typeof WebdavAccountRequest>;

/** What became of a password when its account was disconnected. */
export const StorageDisconnection = Type.Object({
  isRevoked: Type.Boolean(),
  detail: Type.String()
});
export type StorageDisconnection = Static<typeof StorageDisconnection>;

/** A path below an account's root: segments with `/` between, none in front; empty for the root. */
export const StoragePath = Type.String({ maxLength: 4000 });

/** A file or folder of an account. */
export const StorageEntry = Type.Object(
  {
    path: StoragePath,
    name: Type.String(),
    type: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
    sizeBytes: Type.Optional(
      Type.Integer({ description: 'Of a folder too, where the server says.' })
    ),
    modifiedAt: Type.Optional(Type.String({ format: 'date-time' })),
    etag: Type.Optional(
      Type.String({ description: 'As the server wrote it, with its quotes.' })
    ),
    contentType: Type.Optional(Type.String()),
    fileId: Type.Optional(Type.String()),
    permissions: Type.Optional(
      Type.String({ description: "Nextcloud's letters." })
    ),
    isReadOnly: Type.Boolean(),
    isShared: Type.Optional(
      Type.Boolean({ description: 'By somebody else, with me.' })
    ),
    ownerName: Type.Optional(Type.String())
  },
  { $id: 'StorageEntry' }
);
export type StorageEntry = Static<typeof StorageEntry>;

export const StorageListing = Type.Object({
  entry: Type.Ref('StorageEntry'),
  entries: Type.Array(Type.Ref('StorageEntry')),
  total: Type.Integer({ description: 'Over all pages.' }),
  skipped: Type.Integer({
    description: 'Names that this machine cannot hold, left out.'
  })
});
export type StorageListing = {
  entry: StorageEntry;
  entries: StorageEntry[];
  total: number;
  skipped: number;
};

/** Guards of a write: `ifMatch` an ETag; `ifAbsent` only when there is nothing yet; neither overwrites. */
export const WriteGuard = {
  ifMatch: Type.Optional(Type.String()),
  ifAbsent: Type.Optional(Type.Boolean())
};

/** Save an upload (`inference/uploads`) as a file of an account. A stale `ifMatch` is a `conflict` (409). */
export const StorageSaveRequest = Type.Object(
  { path: StoragePath, upload: Type.String(), ...WriteGuard },
  { additionalProperties: false }
);
export type StorageSaveRequest = Static<typeof StorageSaveRequest>;

export const StorageMoveRequest = Type.Object(
  {
    from: StoragePath,
    to: StoragePath,
    overwrite: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
);
export type StorageMoveRequest = Static<typeof StorageMoveRequest>;

/** Something in the trash. */
export const TrashEntry = Type.Object({
  id: Type.String({ description: 'Its name in the trash.' }),
  name: Type.String(),
  originalPath: StoragePath,
  deletedAt: Type.Optional(Type.String({ format: 'date-time' })),
  sizeBytes: Type.Optional(Type.Integer())
});
export type TrashEntry = Static<typeof TrashEntry>;

/** Who something is shared with. Hashes of passwords never leave the service. */
export const StorageShare = Type.Object({
  id: Type.String(),
  path: StoragePath,
  kind: Type.Union([
    Type.Literal('person'),
    Type.Literal('group'),
    Type.Literal('link'),
    Type.Literal('other')
  ]),
  with: Type.Optional(Type.String({ description: 'Id of person or group.' })),
  name: Type.String({ description: 'Their name, or the label of a link.' }),
  url: Type.Optional(Type.String()),
  canEdit: Type.Boolean(),
  hasPassword: Type.Boolean(),
  expiresAt: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
  owner: Type.Optional(Type.String({ description: 'Name of who shared it.' }))
});
export type StorageShare = Static<typeof StorageShare>;

export const StorageShareRequest = Type.Object(
  {
    path: StoragePath,
    kind: Type.Union([
      Type.Literal('person'),
      Type.Literal('group'),
      Type.Literal('link')
    ]),
    with: Type.Optional(Type.String()),
    canEdit: Type.Optional(Type.Boolean()),
    password: Type.Optional(Type.String({ maxLength: 500 })),
    expiresAt: Type.Optional(Type.String({ description: 'YYYY-MM-DD' })),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
    label: Type.Optional(Type.String({ maxLength: 200 }))
  },
  { additionalProperties: false }
);
export type StorageShareRequest = Static<typeof StorageShareRequest>;

export const StorageShareChange = Type.Object(
  {
    canEdit: Type.Optional(Type.Boolean()),
    password: Type.Optional(Type.String({ maxLength: 500 })),
    expiresAt: Type.Optional(Type.String()),
    note: Type.Optional(Type.String({ maxLength: 2000 }))
  },
  { additionalProperties: false }
);
export type StorageShareChange = Static<typeof StorageShareChange>;

/** Somebody whom something can be shared with. */
export const StoragePerson = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: Type.Union([Type.Literal('person'), Type.Literal('group')])
});
export type StoragePerson = Static<typeof StoragePerson>;
