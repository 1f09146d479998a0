import { Static, Type } from '@sinclair/typebox';
import { Consent } from '../pythonModules';
import { PortType } from './document';

/** One place where something goes into a node, or comes out. */
export const TopologyPort = Type.Object({
  name: Type.String(),
  title: Type.Optional(Type.String()),
  type: PortType,
  required: Type.Optional(
    Type.Boolean({ description: 'An input that must be connected.' })
  ),
  takesMany: Type.Optional(
    Type.Boolean({ description: 'An input for any number of edges.' })
  )
});
export type TopologyPort = Static<typeof TopologyPort>;

export const TopologyPorts = Type.Object({
  inputs: Type.Array(TopologyPort),
  outputs: Type.Array(TopologyPort)
});
export type TopologyPorts = Static<typeof TopologyPorts>;

/** Something that keeps a topology from running, or that its author should know. */
export const TopologyProblem = Type.Object({
  rule: Type.String({
    description:
      'Stable: `cycle`, `unreachable`, `missing-argument`, `type`, `module-unknown`, `module-consent`, `module-not-running`, `expression`, `file-missing`, `sink-shared` …'
  }),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  node: Type.Optional(Type.String()),
  edge: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Its place in `edges`.' })
  ),
  port: Type.Optional(Type.String()),
  reason: Type.String(),
  remedy: Type.String()
});
export type TopologyProblem = Static<typeof TopologyProblem>;

/** Where a topology is: a file below Jupyter's root or on this machine, or the document itself. */
const Origin = {
  document: Type.Optional(
    Type.Unknown({ description: 'A document, of any version.' })
  ),
  jupyterPath: Type.Optional(
    Type.String({
      description:
        'Of the file below the root of Jupyter; with `document` what relative paths are relative to.'
    })
  ),
  path: Type.Optional(
    Type.String({
      description: 'The same as an absolute path on this machine; kernels only.'
    })
  )
};

/** Body of `POST /topologies/check`. Nothing is started by it. */
export const TopologyCheckRequest = Type.Object(Origin, {
  additionalProperties: false
});
export type TopologyCheckRequest = Static<typeof TopologyCheckRequest>;

/** Reply of `POST /topologies/modules`. */
export const TopologyModule = Type.Object({
  ports: TopologyPorts,
  predict: Type.Unknown({ description: 'As in `ModuleApi`.' }),
  accepts: Type.Array(Type.String())
});
export type TopologyModule = Static<typeof TopologyModule>;

/** Reply of `GET /topologies/modules`: what was last known of a module. Nothing is started by it. */
export const KnownTopologyModule = Type.Object({
  module: Type.Optional(TopologyModule),
  isCurrent: Type.Boolean({
    description: 'The module has not changed since it was asked.'
  })
});
export type KnownTopologyModule = Static<typeof KnownTopologyModule>;

export const TopologyCheck = Type.Object({
  isRunnable: Type.Boolean({ description: 'No problem is an error.' }),
  problems: Type.Array(TopologyProblem),
  ports: Type.Record(Type.String(), TopologyPorts, {
    description:
      'Of each node. Those of a module whose API nobody has asked yet are what its metadata say.'
  }),
  unknownApis: Type.Array(Type.String(), {
    description:
      'Nodes whose module has to run once before its ports are known.'
  })
});
export type TopologyCheck = Static<typeof TopologyCheck>;

/** Body of `POST /topologies/modules`: asks a module for its ports, starting it if need be. */
export const TopologyModuleRequest = Type.Object(
  { module: Type.String(), consent: Type.Optional(Consent) },
  { additionalProperties: false }
);
export type TopologyModuleRequest = Static<typeof TopologyModuleRequest>;

/** Body of `POST /topologies/preview`: what an expression makes of a value, within the limits of a run. */
export const TopologyPreviewRequest = Type.Object(
  {
    expression: Type.String({ maxLength: 20_000 }),
    value: Type.Unknown(),
    origin: Type.Optional(
      Type.Object({ name: Type.String(), index: Type.Integer() })
    ),
    steps: Type.Optional(Type.Record(Type.String(), Type.Unknown()))
  },
  { additionalProperties: false }
);
export type TopologyPreviewRequest = Static<typeof TopologyPreviewRequest>;
export const TopologyPreview = Type.Object({
  value: Type.Optional(
    Type.Unknown({ description: 'Absent where the expression gives nothing.' })
  ),
  error: Type.Optional(
    Type.Object({
      message: Type.String(),
      position: Type.Optional(Type.Integer({ minimum: 0 }))
    })
  )
});
export type TopologyPreview = Static<typeof TopologyPreview>;

/** Body of `POST /topologies/runs`: 202 with a `Run` of kind `topology`. */
export const TopologyRunRequest = Type.Object(
  {
    ...Origin,
    requestId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{8,64}$',
        description: 'The same request is one run, however often it is sent.'
      })
    ),
    inputs: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'Instead of what a source says: by node id what `pattern`, `dataset` or `file` would be, or by input of the request.'
      })
    ),
    items: Type.Optional(
      Type.Array(Type.Record(Type.String(), Type.Unknown()), {
        description: 'Of the request source: an item each, by input.',
        maxItems: 100_000
      })
    ),
    useCache: Type.Optional(Type.Boolean()),
    upTo: Type.Optional(
      Type.String({
        description:
          'Id of a node: it and what it needs is run, and what it gives is replied.'
      })
    ),
    consents: Type.Optional(
      Type.Record(Type.String(), Consent, { description: 'By module id.' })
    )
  },
  { additionalProperties: false }
);
export type TopologyRunRequest = Static<typeof TopologyRunRequest>;

/** How far a node is in a run; items. */
export const TopologyNodeProgress = Type.Object({
  waiting: Type.Integer(),
  active: Type.Integer(),
  done: Type.Integer(),
  failed: Type.Integer(),
  cached: Type.Integer({ description: 'Of those that are done.' }),
  phase: Type.Optional(
    Type.String({ description: 'Such as that its module is being started.' })
  )
});
export type TopologyNodeProgress = Static<typeof TopologyNodeProgress>;

/** `topology` of a `Run`. */
export const TopologyState = Type.Object({
  path: Type.Optional(
    Type.String({ description: 'Absolute, of the file that was run.' })
  ),
  jupyterPath: Type.Optional(
    Type.String({ description: 'The same below the root of Jupyter.' })
  ),
  storedBytes: Type.Optional(
    Type.Integer({ description: 'What its record takes in the store.' })
  ),
  nodes: Type.Record(Type.String(), TopologyNodeProgress),
  outputs: Type.Array(
    Type.Object({
      node: Type.String(),
      path: Type.String({ description: 'Absolute: a file or a folder.' }),
      jupyterPath: Type.Optional(Type.String())
    })
  )
});
export type TopologyState = Static<typeof TopologyState>;

/** What one node made of one item: `GET /topologies/runs/:run/items`. */
export const TopologyItem = Type.Object({
  id: Type.Integer(),
  node: Type.String(),
  port: Type.Optional(Type.String()),
  origin: Type.Object({ name: Type.String(), index: Type.Integer() }),
  parents: Type.Array(Type.Integer(), {
    description: 'Items that it was made of.'
  }),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('done'),
    Type.Literal('failed')
  ]),
  cached: Type.Boolean(),
  value: Type.Optional(
    Type.Unknown({ description: 'At most 20 kB of it as JSON.' })
  ),
  isCut: Type.Optional(Type.Boolean()),
  file: Type.Optional(
    Type.Object({
      name: Type.String(),
      contentType: Type.String(),
      sizeBytes: Type.Integer()
    })
  ),
  error: Type.Optional(Type.Ref('Problem'))
});
export type TopologyItem = Omit<Static<typeof TopologyItem>, 'error'> & {
  error?: import('../errors').Problem;
};
export const TopologyItems = Type.Object({
  items: Type.Array(TopologyItem),
  total: Type.Integer()
});
export type TopologyItems = { items: TopologyItem[]; total: number };

/** Body of `POST /topologies/served`: the topology becomes a module of its user, 201 `{ module }`. */
export const TopologyServeRequest = Type.Object(
  {
    ...Origin,
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' }),
    replace: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
);
export type TopologyServeRequest = Static<typeof TopologyServeRequest>;

/** Body of `POST /topologies/calls`, by the module that serves it: one item, answered at once. */
export const TopologyCallRequest = Type.Object(
  {
    path: Type.String({ description: 'Absolute, of the topology’s file.' }),
    values: Type.Record(Type.String(), Type.Unknown(), {
      description: 'By input of the request.'
    }),
    files: Type.Record(Type.String(), Type.String(), {
      description: 'Absolute paths, by input of the request.'
    })
  },
  { additionalProperties: false }
);
export type TopologyCallRequest = Static<typeof TopologyCallRequest>;
export const TopologyCallReply = Type.Object({
  replies: Type.Array(
    Type.Union([
      Type.Object({ value: Type.Unknown() }),
      Type.Object({
        file: Type.Object({
          name: Type.String(),
          contentType: Type.String(),
          base64: Type.String()
        })
      })
    ])
  ),
  failures: Type.Array(
    Type.Object({ node: Type.String(), says: Type.String() })
  )
});
export type TopologyCallReply = Static<typeof TopologyCallReply>;

/** Body of `POST /topologies/exports`. */
export const TopologyExportRequest = Type.Object(
  {
    ...Origin,
    to: Type.Union([
      Type.Literal('notebook-typescript'),
      Type.Literal('notebook-python'),
      Type.Literal('elyra'),
      Type.Literal('tosca')
    ])
  },
  { additionalProperties: false }
);
export type TopologyExportRequest = Static<typeof TopologyExportRequest>;
export const TopologyExport = Type.Object({
  filename: Type.String({
    description: 'Suggested; the caller never overwrites.'
  }),
  content: Type.String(),
  others: Type.Optional(
    Type.Array(
      Type.Object({
        filename: Type.String({
          description: 'Relative to the folder of the first.'
        }),
        content: Type.String()
      }),
      { description: 'Further files that belong to it.' }
    )
  ),
  cannotSay: Type.Array(Type.String(), {
    description: 'What the other format has no words for, a sentence each.'
  })
});
export type TopologyExport = Static<typeof TopologyExport>;
