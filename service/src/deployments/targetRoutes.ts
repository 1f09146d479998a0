import { Type } from '@sinclair/typebox';
import {
  DeepError,
  JobRequest,
  PlanRequest,
  TargetPlan,
  TargetRequest,
  TargetTemplate,
  TargetTemplates,
  TemplateRequest
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, RunRef, TargetRef } from '../http/types';
import { Deployments } from './deployments';
import { Jobs } from './jobs/jobs';
import { OwnTargets } from './targets/ownTargets';
import { ITargetTemplates } from './targets/target';
import { Targets } from './targets/targets';

const Id = Type.Object({ id: Type.String() });

/** Routes of the places where modules can run. */
export function targetRoutes(
  app: DeepApp,
  { deployments, jobs, ownTargets, targets }: targetRoutes.IParts
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
    '/deployments/targets',
    {
      schema: {
        tags,
        summary: 'Add a place for deployments, and ask whether it can be used',
        body: TargetRequest,
        response: { 201: TargetRef, 409: ProblemRef, 422: ProblemRef }
      }
    },
    async ({ body }, reply) => reply.code(201).send(await ownTargets.add(body))
  );
  app.delete(
    '/deployments/targets/:id',
    {
      schema: {
        tags,
        summary: 'Forget a place that its user added',
        params: Id,
        response: { 204: Type.Null(), 404: ProblemRef, 409: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await ownTargets.remove(params.id);
      return reply.code(204).send(null);
    }
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
  templateRoutes(app, targets);
}

/** TOSCA files that users bring. None of the routes answers with what a file says. */
function templateRoutes(app: DeepApp, targets: Targets): void {
  const tags = ['deployments'];
  const path = '/deployments/targets/:id/templates';
  const of = (id: string): ITargetTemplates => {
    const { templates, title } = targets.face(id);
    if (!templates) {
      throw new DeepError(
        'module-not-implemented',
        `${title} takes no TOSCA templates.`,
        { hint: 'Choose an Infrastructure Manager.' }
      );
    }
    return templates;
  };
  app.get(
    path,
    {
      schema: {
        tags,
        summary: 'TOSCA templates that it offers',
        params: Id,
        response: { 200: TargetTemplates, 404: ProblemRef }
      }
    },
    ({ params }) => of(params.id).list()
  );
  app.post(
    path,
    {
      schema: {
        tags,
        summary: 'Keep a TOSCA file, once it was looked at',
        params: Id,
        body: TemplateRequest,
        response: { 201: TargetTemplate, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async ({ params, body }, reply) =>
      reply.code(201).send(await of(params.id).add(body.name, body.text))
  );
  app.delete(
    `${path}/:template`,
    {
      schema: {
        tags,
        summary: 'Forget a TOSCA file; what was made by it goes on',
        params: Type.Object({ id: Type.String(), template: Type.String() }),
        response: { 204: Type.Null(), 404: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await of(params.id).remove(params.template);
      return reply.code(204).send(null);
    }
  );
}

export namespace targetRoutes {
  export interface IParts {
    deployments: Deployments;
    jobs: Jobs;
    ownTargets: OwnTargets;
    targets: Targets;
  }
}
