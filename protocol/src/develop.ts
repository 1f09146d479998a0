import { Static, Type } from '@sinclair/typebox';
import { ModelPlace } from './models';

/** What a new module begins with. */
export const ModuleVariant = Type.Union([
  Type.Literal('image', { description: 'Classes of pictures; trainable.' }),
  Type.Literal('text', { description: 'Classes of texts; trainable.' }),
  Type.Literal('table', {
    description: 'Classes of the rows of a CSV file; trainable.'
  }),
  Type.Literal('empty', { description: 'One function to fill in.' }),
  Type.Literal('notebook', {
    description:
      'The cells of a notebook that are marked `predict` and `train`.'
  }),
  Type.Literal('model', {
    description: 'A model file with its settings; no code at all.'
  })
]);
export type ModuleVariant = Static<typeof ModuleVariant>;

/** Licences whose text can be written; `none` writes none. */
export const ModuleLicence = Type.Union([
  Type.Literal('MIT'),
  Type.Literal('Apache-2.0'),
  Type.Literal('BSD-3-Clause'),
  Type.Literal('GPL-3.0-only'),
  Type.Literal('none')
]);
export type ModuleLicence = Static<typeof ModuleLicence>;

/** Body of `POST /develop/modules`. */
export const NewModuleRequest = Type.Object(
  {
    variant: ModuleVariant,
    title: Type.String({
      minLength: 1,
      maxLength: 60,
      description: 'As people call it; folder and package are named after it.'
    }),
    folder: Type.Unsafe<ModelPlace>({
      ...ModelPlace,
      description: 'It must not exist yet, or be empty.'
    }),
    summary: Type.Optional(Type.String({ maxLength: 200 })),
    author: Type.Optional(Type.String({ maxLength: 120 })),
    licence: Type.Optional(ModuleLicence),
    source: Type.Optional(
      Type.Unsafe<ModelPlace>({
        ...ModelPlace,
        description: 'The notebook, or the model file.'
      })
    )
  },
  { additionalProperties: false }
);
export type NewModuleRequest = Static<typeof NewModuleRequest>;

/** What was written: reply of `POST /develop/modules`. */
export const WrittenModule = Type.Object({
  folder: Type.String({ description: 'On the machine of the service.' }),
  jupyterPath: Type.Optional(
    Type.String({ description: 'Of the folder, where Jupyter shows it.' })
  ),
  package: Type.Optional(
    Type.String({ description: 'Name of its Python package.' })
  ),
  files: Type.Array(Type.String()),
  start: Type.String({ description: 'The file to edit first.' }),
  says: Type.Array(Type.String(), {
    description: 'What to know and to do now, for people.'
  })
});
export type WrittenModule = Static<typeof WrittenModule>;

/** An argument that a marked cell takes. */
export const FoundArgument = Type.Object({
  name: Type.String(),
  type: Type.Union([
    Type.Literal('text'),
    Type.Literal('integer'),
    Type.Literal('number'),
    Type.Literal('boolean'),
    Type.Literal('list'),
    Type.Literal('file')
  ]),
  default: Type.Optional(Type.Unknown()),
  isRequired: Type.Boolean()
});
export type FoundArgument = Static<typeof FoundArgument>;

/** What would become of a notebook: reply of `POST /develop/notebooks`. Nothing of it is run. */
export const NotebookReading = Type.Object({
  title: Type.String({ description: 'Proposed, by the name of the file.' }),
  predict: Type.Optional(Type.Array(FoundArgument)),
  train: Type.Optional(Type.Array(FoundArgument)),
  taken: Type.Array(
    Type.Object({
      cell: Type.Integer({ description: 'Counted from 1, code cells alone.' }),
      why: Type.String(),
      code: Type.String({ description: 'Its first line.' })
    })
  ),
  requirements: Type.Array(Type.String()),
  files: Type.Array(Type.String(), {
    description: 'Files beside the notebook that go with it.'
  }),
  problems: Type.Array(Type.String(), {
    description: 'Why no module can be made of it; empty when one can.'
  }),
  notes: Type.Array(Type.String())
});
export type NotebookReading = Static<typeof NotebookReading>;

/** A failure of a module’s own code, by the traceback in its log. */
export const CodeFailure = Type.Object({
  message: Type.String({
    description: '`ValueError: the weights are gone`'
  }),
  file: Type.Optional(
    Type.String({ description: 'Below the folder of the module.' })
  ),
  line: Type.Optional(Type.Integer()),
  within: Type.Optional(Type.String({ description: 'The function.' })),
  frames: Type.Array(
    Type.Object({
      file: Type.String(),
      line: Type.Integer(),
      within: Type.Optional(Type.String())
    }),
    { description: 'Those in the folder, the innermost last.' }
  ),
  text: Type.String({ description: 'The traceback as it was written.' }),
  at: Type.String({ format: 'date-time' })
});
export type CodeFailure = Static<typeof CodeFailure>;

/** A module that is served while its user edits it. */
export const Development = Type.Object(
  {
    id: Type.String(),
    module: Type.String({ description: 'Its id in the catalogue.' }),
    title: Type.String(),
    folder: Type.String(),
    jupyterPath: Type.Optional(
      Type.String({ description: 'Of the folder, where Jupyter shows it.' })
    ),
    kind: Type.Union([Type.Literal('python'), Type.Literal('model')]),
    state: Type.Union([
      Type.Literal('asking', {
        description: 'Its code needs the consent of its user.'
      }),
      Type.Literal('starting'),
      Type.Literal('serving'),
      Type.Literal('failed', {
        description: 'It is started anew when a file is saved.'
      }),
      Type.Literal('stopped', {
        description: 'So is it, until a file is saved.'
      }),
      Type.Literal('ended', { description: 'Nobody edits it any more.' })
    ]),
    phase: Type.String({ description: 'For people.' }),
    since: Type.String({ format: 'date-time' }),
    deployment: Type.Optional(Type.String()),
    starts: Type.Integer({ description: 'How often it was started.' }),
    changed: Type.Array(Type.String(), {
      description: 'Files by whose change it was started last.'
    }),
    failure: Type.Optional(CodeFailure),
    problem: Type.Optional(Type.Ref('Problem'))
  },
  { $id: 'Development' }
);
/** `problem` is a Problem; spelled out because a reference carries no static type. */
export type Development = Omit<Static<typeof Development>, 'problem'> & {
  problem?: import('./errors').Problem;
};

/** Body of `POST /modules/checks`: an address, or something that runs. */
export const CheckRequest = Type.Object(
  {
    address: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2000,
        description: '`http://host:5000`, also with the path of a model.'
      })
    ),
    deployment: Type.Optional(Type.String()),
    model: Type.Optional(
      Type.String({ description: 'Where the server has several.' })
    ),
    allowPrivate: Type.Optional(
      Type.Boolean({
        description: 'The user confirmed an address that is not public.'
      })
    )
  },
  { additionalProperties: false }
);
export type CheckRequest = Static<typeof CheckRequest>;

/** What a rule found. */
export const CheckOutcome = Type.Union([
  Type.Literal('passed'),
  Type.Literal('warning', {
    description: 'Clients cope with it; better otherwise.'
  }),
  Type.Literal('failed'),
  Type.Literal('skipped', { description: 'It could not be tried here.' })
]);
export type CheckOutcome = Static<typeof CheckOutcome>;

/** One rule of the API of DEEPaaS v2, and what was seen of it. */
export const CheckFinding = Type.Object({
  rule: Type.String({ description: 'Stable name, such as `models-list`.' }),
  group: Type.Union([
    Type.Literal('ways'),
    Type.Literal('metadata'),
    Type.Literal('schema'),
    Type.Literal('arguments'),
    Type.Literal('answers'),
    Type.Literal('trainings'),
    Type.Literal('load')
  ]),
  says: Type.String({ description: 'The rule, in one sentence.' }),
  outcome: CheckOutcome,
  found: Type.String({ description: 'What was seen, for people.' }),
  sent: Type.Optional(Type.String()),
  answered: Type.Optional(Type.String()),
  remedy: Type.Optional(Type.String({ description: 'What to do.' }))
});
export type CheckFinding = Static<typeof CheckFinding>;

/** A conformance report: result of a run of the kind `check`. */
export const CheckReport = Type.Object({
  address: Type.String({ description: 'Of the server, for people.' }),
  model: Type.String(),
  checkedAt: Type.String({ format: 'date-time' }),
  seconds: Type.Number(),
  counts: Type.Object({
    passed: Type.Integer(),
    warning: Type.Integer(),
    failed: Type.Integer(),
    skipped: Type.Integer()
  }),
  findings: Type.Array(CheckFinding)
});
export type CheckReport = Static<typeof CheckReport>;
