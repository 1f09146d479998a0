import { CheckRequest } from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, RunRef } from '../http/types';
import { Checks } from './check/checks';

/** The route that checks a server by the rules of the API. */
export function checkRoutes(app: DeepApp, checks: Checks): void {
  app.post(
    '/modules/checks',
    {
      schema: {
        tags: ['develop'],
        summary: 'Check a DEEPaaS server; the run’s result is a report',
        body: CheckRequest,
        response: { 202: RunRef, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async (request, reply) =>
      reply.code(202).send(await checks.begin(request.body))
  );
}
