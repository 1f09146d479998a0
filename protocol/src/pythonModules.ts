import { Static, Type } from '@sinclair/typebox';

/** A user's word that code of this origin may run, and within which bounds. */
export const Consent = Type.Object(
  {
    commit: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Exactly what was agreed to: `ConsentQuestion.commit`.'
    }),
    lock: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'Hash of the packages that were shown, where they were.'
      })
    ),
    network: Type.Optional(
      Type.Boolean({
        description:
          'Whether it may use the network while it runs; it may unless this is false.'
      })
    ),
    fromSource: Type.Optional(
      Type.Boolean({
        description:
          'Packages without a wheel are built, which runs code of theirs.'
      })
    ),
    folders: Type.Optional(
      Type.Array(Type.String({ pattern: '^/' }), {
        maxItems: 20,
        description: 'Folders of data that it may read.'
      })
    )
  },
  { additionalProperties: false }
);
export type Consent = Static<typeof Consent>;

/** What to look at before code of somebody else runs: reply of `GET /python/question`. */
export const ConsentQuestion = Type.Object({
  module: Type.String(),
  title: Type.String(),
  kind: Type.Union([
    Type.Literal('folder'),
    Type.Literal('git'),
    Type.Literal('package'),
    Type.Literal('shared', { description: 'By a colleague.' })
  ]),
  origin: Type.String({
    description: 'Path, address of the repository, or name of the package.'
  }),
  commit: Type.String({
    description:
      'Commit of the repository, version of the package, digest of what a colleague signed or of what the folder declares.'
  }),
  requirements: Type.Array(Type.String(), {
    description: 'What it installs; all of it when `lock` is there.'
  }),
  lock: Type.Optional(
    Type.String({ description: 'Hash of the resolved packages.' })
  ),
  note: Type.Optional(
    Type.String({ description: 'Why the packages are not known, or fail.' })
  ),
  built: Type.Array(Type.String(), {
    description: 'Built from source in any case.'
  }),
  isConfined: Type.Boolean({
    description: 'bubblewrap keeps it from the files of its user.'
  }),
  confinement: Type.String({ description: 'Why or why not, for people.' }),
  agreed: Type.Optional(Consent),
  agreedAt: Type.Optional(Type.String({ format: 'date-time' }))
});
export type ConsentQuestion = Static<typeof ConsentQuestion>;

/** Body of `POST /python/modules`: exactly one origin, typed by the user. */
export const PythonModuleRequest = Type.Union([
  Type.Object(
    { folder: Type.String({ pattern: '^/', maxLength: 4000 }) },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      git: Type.String({
        minLength: 1,
        maxLength: 2000,
        description: '`https://…`, or the path of a repository on this machine.'
      }),
      ref: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z0-9][A-Za-z0-9._/+-]*$',
          maxLength: 200,
          description: 'Branch or tag; the default branch without it.'
        })
      ),
      allowPrivate: Type.Optional(Type.Boolean())
    },
    { additionalProperties: false }
  ),
  Type.Object(
    {
      package: Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.+!-]+$',
        maxLength: 200,
        description: '`name==version`'
      })
    },
    { additionalProperties: false }
  )
]);
export type PythonModuleRequest = Static<typeof PythonModuleRequest>;

/** Packages that were installed once, for every module with the same ones. */
export const PythonEnvironment = Type.Object({
  id: Type.String(),
  python: Type.String({ description: 'Version.' }),
  packages: Type.Integer(),
  sizeBytes: Type.Integer(),
  modules: Type.Array(Type.String(), {
    description: 'Modules that were started with it.'
  }),
  inUse: Type.Boolean(),
  madeAt: Type.String({ format: 'date-time' })
});
export type PythonEnvironment = Static<typeof PythonEnvironment>;

/** A consent that holds until it is taken back. */
export const RememberedConsent = Type.Composite([
  Consent,
  Type.Object({
    id: Type.String(),
    origin: Type.String(),
    agreedAt: Type.String({ format: 'date-time' })
  })
]);
export type RememberedConsent = Static<typeof RememberedConsent>;
