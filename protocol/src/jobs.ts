import { Static, Type } from '@sinclair/typebox';

/** Longer no platform takes it, nor does a person write it by hand. */
export const MAX_SCRIPT = 200_000;

/** Of a run that is a batch job: what is known of it beside its state. */
export const JobState = Type.Object({
  target: Type.String({ description: 'Id of the `Target` that runs it.' }),
  script: Type.String({ description: 'What its container carries out.' }),
  job: Type.Optional(
    Type.String({
      description: 'What it is called there, once it was taken.'
    })
  ),
  resources: Type.Optional(
    Type.String({ description: 'What it was given, for people.' })
  )
});
export type JobState = Static<typeof JobState>;

/** Body of `POST /deployments/targets/:id/jobs`: the container of a module carries out a script there, once. */
export const JobRequest = Type.Object(
  {
    module: Type.String(),
    script: Type.String({
      minLength: 1,
      maxLength: MAX_SCRIPT,
      description: 'Commands of bash.'
    }),
    options: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'By the schema of the plan of a job.'
      })
    ),
    requestId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{8,64}$',
        description: 'The same request twice begins one job.'
      })
    )
  },
  { additionalProperties: false }
);
export type JobRequest = Static<typeof JobRequest>;
