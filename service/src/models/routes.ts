import { Type } from '@sinclair/typebox';
import {
  InspectionRequest,
  ModelFinish,
  ModelInspection,
  ModelRequest,
  PythonModuleTarget,
  SavedModel,
  WrittenPythonModule
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef } from '../http/types';
import { askerOf } from '../inference/routes';
import { Models } from './models';

const Name = Type.Object({ name: Type.String() });
const tags = ['models'];

/** Routes that make modules of model files. */
export function modelRoutes(app: DeepApp, models: Models): void {
  app.post(
    '/models/inspections',
    {
      schema: {
        tags,
        summary: 'What a model file says of itself; nothing of it is run',
        body: InspectionRequest,
        response: { 200: ModelInspection, 404: ProblemRef, 422: ProblemRef }
      }
    },
    request => models.inspect(request.body, askerOf(request))
  );
  app.post(
    '/models',
    {
      schema: {
        tags,
        summary: 'Write a model file as a module of its user, once it has run',
        body: ModelRequest,
        response: { 201: SavedModel, 409: ProblemRef, 422: ProblemRef }
      }
    },
    async (request, reply) =>
      reply.code(201).send(await models.save(request.body, askerOf(request)))
  );
  app.post(
    '/models/:name/finish',
    {
      schema: {
        tags,
        summary: 'Give a draft its name',
        params: Name,
        body: ModelFinish,
        response: { 200: SavedModel, 404: ProblemRef, 409: ProblemRef }
      }
    },
    ({ params, body }) => models.finish(params.name, body.replace ?? false)
  );
  app.delete(
    '/models/:name',
    {
      schema: {
        tags,
        summary: 'Delete a model of its user, and stop what runs of it here',
        params: Name,
        response: { 204: Type.Null(), 404: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await models.remove(params.name);
      return reply.code(204).send(null);
    }
  );
  app.post(
    '/models/:name/python',
    {
      schema: {
        tags,
        summary: "Write a Python project for the platform's own server",
        params: Name,
        body: PythonModuleTarget,
        response: { 201: WrittenPythonModule, 404: ProblemRef, 409: ProblemRef }
      }
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(
          await models.writePython(
            request.params.name,
            request.body,
            askerOf(request)
          )
        )
  );
}
