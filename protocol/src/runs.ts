import { Static, Type } from '@sinclair/typebox';
import { BatchState } from './batches';
import { TransferState } from './datasets';
import { EnvironmentState } from './environments';
import { JobState } from './jobs';
import { TopologyState } from './topologies';
import { TrainingState } from './training';

export const RunState = Type.Union([
  Type.Literal('queued'),
  Type.Literal('running'),
  Type.Literal('paused', {
    description: 'A batch that waits until somebody resumes it.'
  }),
  Type.Literal('succeeded'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
  Type.Literal('interrupted')
]);
export type RunState = Static<typeof RunState>;

/** Any long work. Its record outlives everything; `interrupted` means that it could not be taken up again. */
export const Run = Type.Object(
  {
    id: Type.String(),
    kind: Type.Union([
      Type.Literal('prediction'),
      Type.Literal('batch'),
      Type.Literal('transfer'),
      Type.Literal('training'),
      Type.Literal('topology'),
      Type.Literal('check'),
      Type.Literal('job', {
        description: 'A script that a platform carries out.'
      }),
      Type.Literal('environment')
    ]),
    title: Type.String(),
    module: Type.Optional(
      Type.String({ description: 'Absent where no module is involved.' })
    ),
    deployment: Type.Optional(Type.String()),
    state: RunState,
    phase: Type.String({ description: 'What it is doing, for people.' }),
    progress: Type.Optional(
      Type.Object({
        done: Type.Number(),
        total: Type.Number(),
        unit: Type.String()
      })
    ),
    arguments: Type.Record(Type.String(), Type.Unknown()),
    inputs: Type.Array(
      Type.Object({
        argument: Type.String(),
        name: Type.String(),
        sizeBytes: Type.Integer()
      })
    ),
    createdAt: Type.String({ format: 'date-time' }),
    startedAt: Type.Optional(Type.String({ format: 'date-time' })),
    endedAt: Type.Optional(Type.String({ format: 'date-time' })),
    result: Type.Optional(
      Type.Object({
        contentType: Type.String(),
        sizeBytes: Type.Integer(),
        filename: Type.Optional(Type.String())
      })
    ),
    batch: Type.Optional(BatchState),
    transfer: Type.Optional(TransferState),
    training: Type.Optional(TrainingState),
    topology: Type.Optional(TopologyState),
    job: Type.Optional(JobState),
    environment: Type.Optional(EnvironmentState),
    error: Type.Optional(Type.Ref('Problem'))
  },
  { $id: 'Run' }
);
/** `error` is a Problem; spelled out because a reference carries no static type. */
export type Run = Omit<Static<typeof Run>, 'error'> & {
  error?: import('./errors').Problem;
};

export const RunListing = Type.Object({ runs: Type.Array(Type.Ref('Run')) });
export type RunListing = { runs: Run[] };
