import { Type } from '@sinclair/typebox';
import {
  ModelPlace,
  NewModuleRequest,
  NotebookReading,
  WrittenModule
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef } from '../http/types';
import { askerOf } from '../inference/routes';
import { NewModules } from './scaffold/newModules';

const tags = ['develop'];

/** Routes by which modules are written. */
export function newModuleRoutes(app: DeepApp, newModules: NewModules): void {
  app.post(
    '/develop/modules',
    {
      schema: {
        tags,
        summary: 'Write a new module into an empty folder',
        body: NewModuleRequest,
        response: { 201: WrittenModule, 409: ProblemRef, 422: ProblemRef }
      }
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await newModules.write(request.body, askerOf(request)))
  );
  app.post(
    '/develop/notebooks',
    {
      schema: {
        tags,
        summary: 'What would become of a notebook; nothing of it is run',
        body: Type.Object(
          { notebook: ModelPlace },
          { additionalProperties: false }
        ),
        response: { 200: NotebookReading, 404: ProblemRef }
      }
    },
    request => newModules.readNotebook(request.body.notebook, askerOf(request))
  );
}
