import { Static, Type } from '@sinclair/typebox';
import { MetadataProblem } from './catalogue';

/** Longer than any description; checking takes its time for each character. */
const Text = Type.String({ maxLength: 500_000 });

/** A file that describes a module, as it stands in an editor: YAML of version 2, or the older JSON. */
export const MetadataText = Type.Object({ text: Text });
export type MetadataText = Static<typeof MetadataText>;

/** What is wrong with metadata, or could be better. */
export const MetadataFinding = Type.Intersect([
  MetadataProblem,
  Type.Object({
    severity: Type.Union([
      Type.Literal('error', { description: 'The platform refuses it.' }),
      Type.Literal('note', { description: 'The platform takes it.' })
    ])
  })
]);
export type MetadataFinding = Static<typeof MetadataFinding>;

export const MetadataCheck = Type.Object(
  {
    version: Type.Optional(
      Type.Union([Type.Literal(1), Type.Literal(2)], {
        description: 'By its shape; absent when it cannot be read.'
      })
    ),
    schema: Type.Optional(
      Type.String({ description: 'By which it was checked: `2.3.0`.' })
    ),
    newest: Type.String({ description: 'The newest schema that is known.' }),
    problems: Type.Array(MetadataFinding),
    values: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'What it says; absent when it cannot be read.'
      })
    )
  },
  { $id: 'MetadataCheck' }
);
export type MetadataCheck = Static<typeof MetadataCheck>;

/** What the platform knows words for. */
export const MetadataVocabularies = Type.Object(
  {
    lists: Type.Record(Type.String(), Type.Array(Type.String()), {
      description: 'By key of the metadata: `tasks`, `data-type`.'
    }),
    links: Type.Array(Type.String(), { description: 'Keys of `links`.' }),
    resources: Type.Array(Type.String(), {
      description: 'Keys of `resources.inference` and `resources.training`.'
    }),
    licences: Type.Array(Type.String(), { description: 'SPDX identifiers.' })
  },
  { $id: 'MetadataVocabularies' }
);
export type MetadataVocabularies = Static<typeof MetadataVocabularies>;

/** Names that every object has are no keys. */
const Key = Type.String({
  pattern: '^(?!(__proto__|constructor|prototype)$).{1,100}$'
});

export const MetadataEdit = Type.Object(
  {
    text: Text,
    path: Type.Array(Key, {
      minItems: 1,
      maxItems: 5,
      description: '`["links", "source_code"]`'
    }),
    value: Type.Unknown({ description: 'null takes the key away.' })
  },
  { $id: 'MetadataEdit' }
);
export type MetadataEdit = Static<typeof MetadataEdit>;

export const MetadataMigration = Type.Object(
  {
    text: Type.String(),
    notes: Type.Array(MetadataProblem, {
      description: 'What could not be carried over, and what people must add.'
    })
  },
  { $id: 'MetadataMigration' }
);
export type MetadataMigration = Static<typeof MetadataMigration>;

/** Licences that can be chosen for a module that has none. */
export const PreparedLicence = Type.Union([
  Type.Literal('MIT'),
  Type.Literal('Apache-2.0'),
  Type.Literal('BSD-3-Clause'),
  Type.Literal('GPL-3.0-only'),
  Type.Literal('AGPL-3.0-only')
]);
export type PreparedLicence = Static<typeof PreparedLicence>;

/** A licence to choose. */
export const LicenceChoice = Type.Object({
  id: PreparedLicence,
  title: Type.String(),
  address: Type.Optional(
    Type.String({
      description: 'Where its text is, where it cannot be written from here.'
    })
  )
});
export type LicenceChoice = Static<typeof LicenceChoice>;

/** Files that can be written for a module that lacks them. */
export const PreparedFile = Type.Object({
  name: Type.String(),
  text: Type.String()
});
export type PreparedFile = Static<typeof PreparedFile>;

export const PreparationCheck = Type.Object({
  id: Type.String(),
  title: Type.String(),
  state: Type.Union([
    Type.Literal('ok'),
    Type.Literal('wrong', { description: 'The maintainers would refuse it.' }),
    Type.Literal('note', { description: 'The maintainers may ask about it.' })
  ]),
  reason: Type.String(),
  remedy: Type.String(),
  file: Type.Optional(
    Type.String({ description: 'Of the folder, to look at.' })
  ),
  line: Type.Optional(Type.Integer({ minimum: 1 }))
});
export type PreparationCheck = Static<typeof PreparationCheck>;

export const PreparationRequest = Type.Object({
  jupyterPath: Type.String({
    minLength: 1,
    description:
      'Of `ai4-metadata.yml` in the folder, also where it is missing.'
  }),
  licence: Type.Optional(PreparedLicence)
});
export type PreparationRequest = Static<typeof PreparationRequest>;

/** How far a folder is from what the maintainers of AI4EOSC ask for. Nothing is sent to them. */
export const Preparation = Type.Object(
  {
    checks: Type.Array(PreparationCheck),
    files: Type.Array(PreparedFile, {
      description: 'Could be written; none of them is there.'
    }),
    licences: Type.Optional(
      Type.Object(
        {
          choices: Type.Array(LicenceChoice),
          chosen: Type.Optional(PreparedLicence)
        },
        {
          description:
            'Where there is no LICENSE: what it may be. What the project itself declares is chosen, else nothing.'
        }
      )
    ),
    request: Type.Object({
      title: Type.String(),
      body: Type.String({ description: 'Markdown.' }),
      address: Type.String({ description: 'Where people paste it.' })
    })
  },
  { $id: 'Preparation' }
);
export type Preparation = Static<typeof Preparation>;

export const PreparedFilesRequest = Type.Object({
  jupyterPath: Type.String({ minLength: 1 }),
  names: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    maxItems: 20
  }),
  licence: Type.Optional(PreparedLicence)
});
export type PreparedFilesRequest = Static<typeof PreparedFilesRequest>;
