import { Type } from '@sinclair/typebox';
import {
  ConnectionRequest,
  DeploymentRequest,
  ModuleApi
} from '@jupyterlab-deep/protocol';
import { DeepApp, DeploymentRef, ProblemRef } from '../http/types';
import { Deployments } from './deployments';
import { readLog } from './logFile';

const Id = Type.Object({ id: Type.String() });
const Offset = Type.Object({
  offset: Type.Optional(Type.Integer({ minimum: 0 }))
});

const Removal = Type.Object({ remove: Type.Optional(Type.Boolean()) });
const Nothing = Type.Object({}, { additionalProperties: false });

/** Routes of deployments. */
export function deploymentRoutes(app: DeepApp, deployments: Deployments): void {
  const tags = ['deployments'];
  app.get(
    '/deployments',
    {
      schema: {
        tags,
        summary: 'Deployments, newest first',
        response: {
          200: Type.Object({ deployments: Type.Array(DeploymentRef) })
        }
      }
    },
    async () => ({ deployments: await deployments.list() })
  );
  app.post(
    '/deployments',
    {
      schema: {
        tags,
        summary:
          'Start a module, or find one that runs, here or elsewhere; at a target it is begun anew',
        body: DeploymentRequest,
        response: { 202: DeploymentRef, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async ({ body }, reply) =>
      reply
        .code(202)
        .send(await deployments.start(body.module, body.consent, body))
  );
  app.post(
    '/deployments/connections',
    {
      schema: {
        tags,
        summary: 'Connect to a module that runs somewhere already',
        body: ConnectionRequest,
        response: { 201: DeploymentRef, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async ({ body }, reply) => {
      const over = new AbortController();
      // Whoever gave it up would not look for a connection that comes later.
      reply.raw.on('close', () => over.abort());
      const connected = await deployments.connect(body, over.signal);
      return reply.code(201).send(connected);
    }
  );
  app.get(
    '/deployments/:id',
    {
      schema: {
        tags,
        params: Id,
        response: { 200: DeploymentRef, 404: ProblemRef }
      }
    },
    ({ params }) => deployments.get(params.id)
  );
  app.delete(
    '/deployments/:id',
    {
      schema: {
        tags,
        summary:
          'Stop it; forget it, where others run it. `remove`: leave nothing of it at its target, and forget it',
        params: Id,
        querystring: Removal,
        response: { 202: DeploymentRef, 404: ProblemRef }
      }
    },
    async ({ params, query }, reply) =>
      reply
        .code(202)
        .send(
          query.remove
            ? await deployments.remove(params.id)
            : deployments.stop(params.id)
        )
  );
  app.post(
    '/deployments/:id/stop',
    {
      schema: {
        tags,
        summary: 'Stop it',
        params: Id,
        body: Nothing,
        response: { 202: DeploymentRef, 404: ProblemRef }
      }
    },
    async ({ params }, reply) =>
      reply.code(202).send(deployments.stop(params.id))
  );
  app.post(
    '/deployments/:id/start',
    {
      schema: {
        tags,
        summary: 'Start it again, once it has ended',
        params: Id,
        body: Nothing,
        response: { 202: DeploymentRef, 404: ProblemRef, 409: ProblemRef }
      }
    },
    async ({ params }, reply) =>
      reply.code(202).send(await deployments.startAgain(params.id))
  );
  app.post(
    '/deployments/:id/restart',
    {
      schema: {
        tags,
        summary: 'Stop it and start it anew, such as for new weights',
        params: Id,
        body: Nothing,
        response: { 202: DeploymentRef, 404: ProblemRef }
      }
    },
    async ({ params }, reply) =>
      reply.code(202).send(await deployments.restart(params.id))
  );
  app.get(
    '/deployments/:id/api',
    {
      schema: {
        tags,
        summary: 'Its arguments as JSON Schema',
        params: Id,
        response: { 200: ModuleApi, 404: ProblemRef, 503: ProblemRef }
      }
    },
    ({ params }) => {
      const { about } = deployments.ready(params.id);
      const { modelPath: _modelPath, ...api } = about;
      return { deployment: params.id, ...api };
    }
  );
  app.get(
    '/deployments/:id/log',
    {
      schema: {
        tags,
        summary: 'Its log from an offset on; X-Deep-Offset is the next one',
        params: Id,
        querystring: Offset
      }
    },
    async ({ params, query }, reply) => {
      const file = deployments.logFile(params.id);
      const { text, next } = await readLog(file, query.offset ?? 0);
      return reply
        .header('x-deep-offset', next)
        .header('x-content-type-options', 'nosniff')
        .type('text/plain; charset=utf-8')
        .send(text);
    }
  );
}
