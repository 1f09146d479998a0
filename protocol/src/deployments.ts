import { Static, Type } from '@sinclair/typebox';
import { Consent } from './pythonModules';
import { TargetKind } from './targets';

export const DeploymentState = Type.Union([
  Type.Literal('preparing'),
  Type.Literal('starting'),
  Type.Literal('ready'),
  Type.Literal('unreachable'),
  Type.Literal('stopping'),
  Type.Literal('stopped'),
  Type.Literal('failed')
]);
export type DeploymentState = Static<typeof DeploymentState>;

/** A running module. *Ready* means that its API answered. */
export const Deployment = Type.Object(
  {
    id: Type.String(),
    module: Type.String({ description: 'Module id.' }),
    title: Type.String(),
    target: Type.Union([
      TargetKind,
      Type.Literal('address', {
        description: 'Somebody else runs it; we only call it.'
      })
    ]),
    targetId: Type.Optional(
      Type.String({ description: 'Of `Target`; absent: `process`.' })
    ),
    state: DeploymentState,
    phase: Type.String({
      description: 'What it is doing, for people; empty when ready.'
    }),
    since: Type.String({
      format: 'date-time',
      description: 'When the present state began.'
    }),
    createdAt: Type.String({ format: 'date-time' }),
    readyAt: Type.Optional(Type.String({ format: 'date-time' })),
    lastUsedAt: Type.Optional(Type.String({ format: 'date-time' })),
    endpoint: Type.Optional(
      Type.String({
        description:
          '`unix:/path/to.sock`, `http://127.0.0.1:port`, or the address that was connected.'
      })
    ),
    modelPath: Type.Optional(
      Type.String({
        description: 'Path of the model under the endpoint: `/v2/models/NAME/`.'
      })
    ),
    pid: Type.Optional(Type.Integer()),
    backend: Type.Optional(
      Type.String({
        description:
          'What computes and why, such as `cpu: no CUDA provider here`.'
      })
    ),
    memoryBytes: Type.Optional(Type.Integer()),
    resources: Type.Optional(
      Type.String({ description: 'What it was given, for people.' })
    ),
    image: Type.Optional(
      Type.String({ description: 'Of a container: name and digest.' })
    ),
    pages: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Addresses of its other pages by name, such as `ide`.'
      })
    ),
    options: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'As they were chosen, without passwords.'
      })
    ),
    runtime: Type.Optional(
      Type.Union([Type.Literal('onnx'), Type.Literal('python')], {
        description: 'What serves it, of those on this machine.'
      })
    ),
    error: Type.Optional(Type.String())
  },
  { $id: 'Deployment' }
);
export type Deployment = Static<typeof Deployment>;

export const DeploymentRequest = Type.Object(
  {
    module: Type.String(),
    consent: Type.Optional(Consent),
    target: Type.Optional(
      Type.String({
        description:
          'Id of a `Target`. Without one: whatever runs already, else a process on this machine.'
      })
    ),
    options: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'By the schema of the plan.'
      })
    ),
    requestId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{8,64}$',
        description: 'The same request twice begins one deployment.'
      })
    )
  },
  { additionalProperties: false }
);
export type DeploymentRequest = Static<typeof DeploymentRequest>;

/** Body of `POST /deployments/connections`: a module that runs somewhere already. */
export const ConnectionRequest = Type.Object(
  {
    address: Type.String({
      maxLength: 2000,
      description:
        'Of a DEEPaaS server, such as `https://host:5000`; with or without `/v2/models/NAME`.'
    }),
    module: Type.Optional(
      Type.String({ description: 'The module of the catalogue that it is.' })
    ),
    model: Type.Optional(
      Type.String({ description: 'Which one, where the server has several.' })
    ),
    allowPrivate: Type.Optional(
      Type.Boolean({
        description: 'The user confirmed an address that is not public.'
      })
    )
  },
  { additionalProperties: false }
);
export type ConnectionRequest = Static<typeof ConnectionRequest>;

/** The live API of a running module, its arguments as JSON Schema (draft 7) for forms and checks. */
export const ModuleApi = Type.Object({
  deployment: Type.String(),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  predict: Type.Unknown({
    description: 'Schema; file arguments have `format: "file"`.'
  }),
  train: Type.Union([Type.Unknown(), Type.Null()]),
  accepts: Type.Array(Type.String(), {
    description: 'Media types that predict can answer with.'
  }),
  swagger: Type.Unknown()
});
export type ModuleApi = Static<typeof ModuleApi>;
