import { Type } from '@sinclair/typebox';
import {
  NotebookReply,
  TrainingNotebookRequest,
  TrainingRequest,
  TrainingSteps
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, RunRef } from '../http/types';
import { askerOf } from '../inference/routes';
import { Trainings } from './trainings';

const Id = Type.Object({ id: Type.String() });
const From = Type.Object({
  from: Type.Optional(Type.Integer({ minimum: 0 }))
});

/** Routes of trainings beside those that every run has. */
export function trainingRoutes(
  app: DeepApp,
  { trainings }: { trainings: Trainings }
): void {
  const tags = ['training'];
  app.post(
    '/training/trainings',
    {
      schema: {
        tags,
        summary: 'Begin a training; its module is started if need be',
        body: TrainingRequest,
        response: { 202: RunRef, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async (request, reply) =>
      reply
        .code(202)
        .send(await trainings.begin(request.body, askerOf(request)))
  );
  app.post(
    '/runs/:id/again',
    {
      schema: {
        tags,
        summary: 'Begin another training with the same arguments and data',
        params: Id,
        response: { 202: RunRef, 404: ProblemRef, 409: ProblemRef }
      }
    },
    async (request, reply) =>
      reply
        .code(202)
        .send(await trainings.again(request.params.id, askerOf(request)))
  );
  app.post(
    '/runs/:id/notebook',
    {
      schema: {
        tags,
        summary: 'A notebook that repeats a training',
        params: Id,
        body: TrainingNotebookRequest,
        response: { 200: NotebookReply, 404: ProblemRef, 409: ProblemRef }
      }
    },
    ({ body, params }) => trainings.notebook(params.id, body.language)
  );
  app.get(
    '/runs/:id/metrics',
    {
      schema: {
        tags,
        summary: 'The numbers of a training, step by step',
        params: Id,
        querystring: From,
        response: { 200: TrainingSteps, 404: ProblemRef }
      }
    },
    ({ params, query }) => trainings.steps(params.id, query.from ?? 0)
  );
}
