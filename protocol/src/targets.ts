import { Static, Type } from '@sinclair/typebox';

/** Where modules can run. */
export const TargetKind = Type.Union([
  Type.Literal('process', { description: 'A process on this machine.' }),
  Type.Literal('container', {
    description: 'An engine with the API of Docker, here or on another host.'
  }),
  Type.Literal('im', { description: 'An Infrastructure Manager, by TOSCA.' }),
  Type.Literal('papi', { description: 'The platform API of AI4EOSC.' })
]);
export type TargetKind = Static<typeof TargetKind>;

export const TargetState = Type.Union([
  Type.Literal('unknown', { description: 'Nobody has asked it yet.' }),
  Type.Literal('reachable'),
  Type.Literal('unreachable'),
  Type.Literal('needs-account', {
    description: 'It wants somebody to sign in first.'
  })
]);
export type TargetState = Static<typeof TargetState>;

/** One place where modules can run, as it was last heard of. */
export const Target = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z]+(:[a-z0-9-]{1,40})?$',
      description: '`process`, `container`, `container:gpu-host`, `im:egi` …'
    }),
    kind: TargetKind,
    title: Type.String({ description: 'For people.' }),
    state: TargetState,
    said: Type.String({
      description:
        'What was tried, and what answered, in words; empty before the first look.'
    }),
    hint: Type.Optional(Type.String({ description: 'What to do about it.' })),
    checkedAt: Type.Optional(Type.String({ format: 'date-time' })),
    account: Type.Optional(
      Type.String({ description: 'Id of the account that it needs.' })
    ),
    accountUntil: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Until when that account holds, where it ends.'
      })
    ),
    takesJobs: Type.Optional(
      Type.Boolean({
        description: 'It carries out scripts in containers of modules, too.'
      })
    ),
    takesTemplates: Type.Optional(
      Type.Boolean({ description: 'Its user may bring TOSCA files.' })
    ),
    isOwn: Type.Optional(
      Type.Boolean({ description: 'Its user added it, and may remove it.' })
    ),
    used: Type.Optional(
      Type.String({
        description: 'What is used of what there is, such as `2 of 24 GB`.'
      })
    )
  },
  { $id: 'Target' }
);
export type Target = Static<typeof Target>;

/** Body of `POST /deployments/targets/:id/plan`. */
export const PlanRequest = Type.Object(
  {
    module: Type.String(),
    as: Type.Optional(
      Type.Union([Type.Literal('deployment'), Type.Literal('job')], {
        description: 'What it is to be there; a deployment by default.'
      })
    )
  },
  { additionalProperties: false }
);
export type PlanRequest = Static<typeof PlanRequest>;

/** What would happen if a module were deployed to a target. Nothing has happened yet. */
export const TargetPlan = Type.Object({
  target: Type.String(),
  module: Type.String(),
  isPossible: Type.Boolean(),
  reason: Type.Optional(
    Type.String({ description: 'Why it is not, and what to do.' })
  ),
  options: Type.Unknown({
    description:
      'JSON Schema (draft 7) of an object: title, description, default, range of each thing that can be chosen.'
  }),
  says: Type.Array(Type.String(), {
    description: 'A sentence for each thing that will happen.'
  }),
  warnings: Type.Array(Type.String()),
  cost: Type.Optional(Type.String({ description: 'Cost or quota, in words.' }))
});
export type TargetPlan = Static<typeof TargetPlan>;

const FilePath = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 4000, description }));

/** Body of `POST /deployments/targets`: a place that its user adds, beside those of the administrator. */
export const TargetRequest = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z0-9-]{1,40}$',
      description:
        'Second part of its id: `gpu-host` makes `container:gpu-host`.'
    }),
    kind: Type.Union([
      Type.Literal('container'),
      Type.Literal('im'),
      Type.Literal('papi')
    ]),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    address: Type.String({
      minLength: 1,
      maxLength: 2000,
      description:
        'container: `ssh://user@host[:port][/socket]`, `tcp://host:2376` with TLS, `unix:///socket`. im, papi: base URL.'
    }),
    account: Type.Optional(
      Type.String({
        description:
          'im, papi: id of the account that it is asked with, or of a provider.'
      })
    ),
    organisations: Type.Optional(
      Type.Array(Type.String(), {
        description: 'papi: virtual organisations that are offered.'
      })
    ),
    keyFile: FilePath(
      'On the machine of Jupyter. ssh: private key, else those of ~/.ssh and the agent; tcp: key of the certificate.'
    ),
    knownHostsFile: FilePath('ssh: hosts that are trusted.'),
    caFile: FilePath('tcp: the authority that signed it.'),
    certFile: FilePath('tcp: certificate that says who its user is.'),
    publishAddress: Type.Optional(
      Type.String({
        maxLength: 300,
        description: 'tcp: where ports of modules are published there.'
      })
    ),
    allowPrivate: Type.Optional(
      Type.Boolean({
        description: 'The user has confirmed an address that is not public.'
      })
    )
  },
  { additionalProperties: false }
);
export type TargetRequest = Static<typeof TargetRequest>;
/** As it is kept. */
export type OwnTarget = TargetRequest;

/** A TOSCA template that a target offers. */
export const TargetTemplate = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  isOwn: Type.Boolean({ description: 'Its user brought it.' })
});
export type TargetTemplate = Static<typeof TargetTemplate>;

/** Of one target; files that cannot be used stand with the reason. */
export const TargetTemplates = Type.Object({
  templates: Type.Array(TargetTemplate),
  unusable: Type.Array(
    Type.Object({ file: Type.String(), reason: Type.String() })
  )
});
export type TargetTemplates = Static<typeof TargetTemplates>;

/** Body of `POST /deployments/targets/:id/templates`. */
export const TemplateRequest = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 300,
      description: 'Of the file: what is left without its ending is its id.'
    }),
    text: Type.String({ maxLength: 500_000 })
  },
  { additionalProperties: false }
);
export type TemplateRequest = Static<typeof TemplateRequest>;
