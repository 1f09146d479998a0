import { Static, Type } from '@sinclair/typebox';
import { ModelPlace } from './models';
import { AccountId, StoragePath } from './storage';

/** What somebody shares, and so what is asked before it is used. */
export const SharedKind = Type.Union([
  Type.Literal('model', {
    description: 'Data only: loading it runs no code of its author.'
  }),
  Type.Literal('code', {
    description: 'A Python project: it asks before its first run.'
  }),
  Type.Literal('image', {
    description:
      'The name of a container image: engines ask before they run it.'
  })
]);
export type SharedKind = Static<typeof SharedKind>;

export const SharedState = Type.Union([
  Type.Literal('shared'),
  Type.Literal('withdrawn', {
    description: 'It was here, and is not shared any more.'
  }),
  Type.Literal('broken', { description: '`problem` says why.' }),
  Type.Literal('other-key', {
    description: 'Signed with another key than before: nothing of it is used.'
  })
]);
export type SharedState = Static<typeof SharedState>;

/** A module that a colleague shares. */
export const SharedModule = Type.Object({
  id: Type.String({ description: 'Of the catalogue: `shared/<name>`.' }),
  name: Type.String(),
  title: Type.String(),
  author: Type.String({ description: 'As the place tells it.' }),
  authorSays: Type.String({ description: 'As the author calls himself.' }),
  place: Type.String({ description: 'Host or folder, for people.' }),
  link: Type.Optional(
    Type.String({
      description:
        'Id of the link that it came by: then nobody but its author says who that is.'
    })
  ),
  path: Type.String({ description: 'Where it lies there.' }),
  kind: SharedKind,
  version: Type.String({ description: 'The newest.' }),
  versions: Type.Array(Type.String(), { description: 'Newest first.' }),
  publishedAt: Type.Optional(Type.String({ format: 'date-time' })),
  licence: Type.String(),
  note: Type.Optional(
    Type.String({ description: 'Of its author to those who receive it.' })
  ),
  files: Type.Integer(),
  sizeBytes: Type.Integer(),
  image: Type.Optional(Type.String()),
  notebook: Type.Optional(
    Type.String({ description: 'Path inside of it, where it has one.' })
  ),
  key: Type.String({ description: 'Fingerprint, for people to compare.' }),
  knownKey: Type.Optional(
    Type.String({ description: 'Of the key that was used before.' })
  ),
  digest: Type.String({
    description: 'SHA-256 of what is signed: names exactly this content.'
  }),
  state: SharedState,
  problem: Type.Optional(Type.String()),
  isHere: Type.Boolean({ description: 'Its files were fetched and checked.' }),
  used: Type.Optional(
    Type.String({ description: 'Version that was last fetched or copied.' })
  ),
  hasUpdate: Type.Boolean({ description: 'There is a newer one than that.' })
});
export type SharedModule = Static<typeof SharedModule>;

/** Reply of `GET /sharing/received`. */
export const ReceivedModules = Type.Object({
  modules: Type.Array(SharedModule),
  problems: Type.Array(Type.String(), {
    description: 'Places that do not answer; what they had is shown.'
  })
});
export type ReceivedModules = Static<typeof ReceivedModules>;

/** Whom a module is shared with. */
export const Receiver = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('person'),
      Type.Literal('group'),
      Type.Literal('link')
    ]),
    with: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Id of person or group.'
      })
    )
  },
  { additionalProperties: false }
);
export type Receiver = Static<typeof Receiver>;

/** A version: `1.2.0`, `2024.1`, `1.0.0-beta`. */
export const VERSION_PATTERN =
  '^\\d{1,9}(\\.\\d{1,9}){1,3}([-+][0-9A-Za-z.-]{1,40})?$';
const Version = Type.String({ pattern: VERSION_PATTERN, maxLength: 80 });

/** What is to be shared: a module of the catalogue, or a folder. */
const what = {
  module: Type.Optional(Type.String({ maxLength: 300 })),
  folder: Type.Optional(ModelPlace)
};

export const SharePreviewRequest = Type.Object(what, {
  additionalProperties: false
});
export type SharePreviewRequest = Static<typeof SharePreviewRequest>;

/** What would be shared; nothing happens. */
export const SharePreview = Type.Object({
  title: Type.String(),
  name: Type.String(),
  kind: SharedKind,
  image: Type.Optional(Type.String()),
  licence: Type.String(),
  version: Type.String({
    description: 'Proposed: newer than what was shared.'
  }),
  shared: Type.Array(Type.String(), {
    description: 'Versions of this name that were shared from here.'
  }),
  files: Type.Integer(),
  sizeBytes: Type.Integer(),
  leftOut: Type.Array(Type.String(), {
    description: 'What stays here, with the reason.'
  }),
  author: Type.String(),
  key: Type.String({ description: 'Fingerprint of the key that signs it.' })
});
export type SharePreview = Static<typeof SharePreview>;

/** Share a module: a Run of kind `transfer`. */
export const PublishRequest = Type.Object(
  {
    ...what,
    to: Type.Object(
      {
        account: Type.Optional(AccountId),
        path: Type.Optional(
          Type.String({
            maxLength: 4000,
            description:
              'A folder on a disk that others see too, in place of an account.'
          })
        )
      },
      { additionalProperties: false }
    ),
    with: Type.Array(Receiver, { maxItems: 50 }),
    version: Type.Optional(Version),
    name: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', maxLength: 60 })
    ),
    licence: Type.Optional(Type.String({ maxLength: 100 })),
    note: Type.Optional(
      Type.String({ maxLength: 1000, description: 'To those who receive it.' })
    ),
    notebook: Type.Optional(ModelPlace),
    requestId: Type.Optional(Type.String({ minLength: 8, maxLength: 100 }))
  },
  { additionalProperties: false }
);
export type PublishRequest = Static<typeof PublishRequest>;

/** Something that was shared from here. */
export const Publication = Type.Object({
  name: Type.String(),
  title: Type.String(),
  account: Type.Optional(AccountId),
  place: Type.String({ description: 'Host or folder, for people.' }),
  path: StoragePath,
  kind: SharedKind,
  versions: Type.Array(
    Type.Object({
      version: Type.String(),
      run: Type.String(),
      publishedAt: Type.String({ format: 'date-time' }),
      sizeBytes: Type.Integer()
    }),
    { description: 'Newest first.' }
  ),
  with: Type.Array(Receiver),
  url: Type.Optional(Type.String({ description: 'Of its link.' }))
});
export type Publication = Static<typeof Publication>;

export const Publications = Type.Object({
  publications: Type.Array(Publication)
});
export type Publications = Static<typeof Publications>;

/** Take back what was shared: all of it, or one version. */
export const Withdrawal = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60 }),
    account: Type.Optional(AccountId),
    path: Type.Optional(Type.String({ maxLength: 4000 })),
    version: Type.Optional(Version)
  },
  { additionalProperties: false }
);
export type Withdrawal = Static<typeof Withdrawal>;

/** Fetch what a colleague shares, as a Run of kind `transfer`. */
export const FetchRequest = Type.Object(
  {
    version: Type.Optional(Version),
    copyAs: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
        maxLength: 60,
        description: 'Also as a module of one’s own, under this name.'
      })
    )
  },
  { additionalProperties: false }
);
export type FetchRequest = Static<typeof FetchRequest>;

/** Open a public link of a Nextcloud: what lies behind it is listed from then on. */
export const OpenLinkRequest = Type.Object(
  {
    link: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'As somebody sent it: `https://cloud.example.org/s/…`.'
    }),
    password: Type.Optional(Type.String({ maxLength: 1000 })),
    allowPrivate: Type.Optional(
      Type.Boolean({
        description: 'Its user has confirmed that the host is not public.'
      })
    )
  },
  { additionalProperties: false }
);
export type OpenLinkRequest = Static<typeof OpenLinkRequest>;

/** A link that was opened. What makes it one, its token and its password, stays in the service. */
export const SharedLink = Type.Object({
  id: Type.String(),
  place: Type.String({ description: 'Host, for people.' }),
  addedAt: Type.String({ format: 'date-time' }),
  modules: Type.Array(Type.String(), {
    description: 'Ids in the catalogue of what lies behind it.'
  })
});
export type SharedLink = Static<typeof SharedLink>;

export const SharedLinks = Type.Object({ links: Type.Array(SharedLink) });
export type SharedLinks = Static<typeof SharedLinks>;

const Passphrase = Type.String({ minLength: 10, maxLength: 1000 });

/** The key that signs what a user shares, by its fingerprint. */
export const AuthorKey = Type.Object({
  key: Type.String({ description: 'Fingerprint, for people to compare.' })
});
export type AuthorKey = Static<typeof AuthorKey>;

export const KeyExportRequest = Type.Object(
  { passphrase: Passphrase },
  { additionalProperties: false }
);
export type KeyExportRequest = Static<typeof KeyExportRequest>;

/** A key as a file that only its passphrase opens. */
export const ExportedKey = Type.Object({
  key: Type.String({ description: 'Fingerprint.' }),
  name: Type.String({ description: 'For the file.' }),
  file: Type.String({ description: 'Its content.' })
});
export type ExportedKey = Static<typeof ExportedKey>;

export const KeyImportRequest = Type.Object(
  {
    file: Type.String({ maxLength: 10_000 }),
    passphrase: Type.String({ minLength: 1, maxLength: 1000 }),
    replaces: Type.Optional(
      Type.String({
        maxLength: 100,
        description:
          'Fingerprint of the key that it takes the place of, as its user confirmed it. Without it nothing is changed.'
      })
    )
  },
  { additionalProperties: false }
);
export type KeyImportRequest = Static<typeof KeyImportRequest>;

/** The two keys of an import. */
export const KeyImport = Type.Object({
  key: Type.String({ description: 'Fingerprint of that in the file.' }),
  replaces: Type.String({ description: 'Fingerprint of that before.' }),
  isDone: Type.Boolean({ description: 'It signs from now on.' })
});
export type KeyImport = Static<typeof KeyImport>;

/** A folder on a disk in which colleagues share modules. */
export const SharingFolder = Type.Object(
  { path: Type.String({ pattern: '^/', maxLength: 4000 }) },
  { additionalProperties: false }
);
export type SharingFolder = Static<typeof SharingFolder>;

export const SharingFolders = Type.Object({
  folders: Type.Array(SharingFolder)
});
export type SharingFolders = Static<typeof SharingFolders>;
