import { Type } from '@sinclair/typebox';
import { PlanRequest, TargetPlan } from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, TargetRef } from '../http/types';
import { Deployments } from './deployments';

const Id = Type.Object({ id: Type.String() });

/** Routes of the places where modules can run. */
export function targetRoutes(app: DeepApp, deployments: Deployments): void {
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
    ({ params, body }) => deployments.plan(params.id, body.module)
  );
}
