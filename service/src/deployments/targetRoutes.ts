import { Type } from '@sinclair/typebox';
import { JobRequest, PlanRequest, TargetPlan } from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, RunRef, TargetRef } from '../http/types';
import { Deployments } from './deployments';
import { Jobs } from './jobs/jobs';

const Id = Type.Object({ id: Type.String() });

/** Routes of the places where modules can run. */
export function targetRoutes(
  app: DeepApp,
  { deployments, jobs }: targetRoutes.IParts
): void {
  const tags = ['deployments'];
  app.get(
    '/deployments/targets',
    {
      schema: {
        tags,
        summary: 'Where modules can run, as it was last heard of',
        response: { 200: Type.Object({ targets: Type.Array(TargetRef) }) }
      }
    },
    async () => ({ targets: deployments.targets() })
  );
  app.post(
    '/deployments/targets/:id/check',
    {
      schema: {
        tags,
        summary: 'Ask it whether it can be used now',
        params: Id,
        body: Type.Object({}, { additionalProperties: false }),
        response: { 200: TargetRef, 404: ProblemRef }
      }
    },
    ({ params }) => deployments.checkTarget(params.id)
  );
  app.post(
    '/deployments/targets/:id/plan',
    {
      schema: {
        tags,
        summary: 'What would happen, and what can be chosen',
        params: Id,
        body: PlanRequest,
        response: {
          200: TargetPlan,
          404: ProblemRef,
          422: ProblemRef,
          503: ProblemRef
        }
      }
    },
    ({ params, body }) =>
      body.as === 'job'
        ? jobs.plan(params.id, body.module)
        : deployments.plan(params.id, body.module)
  );
  app.post(
    '/deployments/targets/:id/jobs',
    {
      schema: {
        tags,
        summary:
          'Have a script carried out in the container of a module, once; the run goes on wherever the service is',
        params: Id,
        body: JobRequest,
        response: {
          202: RunRef,
          404: ProblemRef,
          409: ProblemRef,
          422: ProblemRef,
          503: ProblemRef
        }
      }
    },
    async ({ params, body }, reply) =>
      reply.code(202).send(await jobs.begin(params.id, body))
  );
}

export namespace targetRoutes {
  export interface IParts {
    deployments: Deployments;
    jobs: Jobs;
  }
}
