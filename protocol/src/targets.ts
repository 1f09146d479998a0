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
