import { Type } from '@sinclair/typebox';
import {
  ConsentQuestion,
  PythonEnvironment,
  PythonModuleRequest,
  RememberedConsent
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef } from '../http/types';
import { PythonModules } from './pythonModules';

const Id = Type.Object({ id: Type.String() });
const Name = Type.Object({ name: Type.String() });
const tags = ['python'];

/** Routes of Python modules: what runs, by whose word, with which packages. */
export function pythonRoutes(app: DeepApp, python: PythonModules): void {
  moduleRoutes(app, python);
  consentRoutes(app, python);
  app.get(
    '/python/environments',
    {
      schema: {
        tags,
        summary: 'Environments that were made, with their size',
        response: {
          200: Type.Object({ environments: Type.Array(PythonEnvironment) })
        }
      }
    },
    async () => ({ environments: await python.environments() })
  );
  app.delete(
    '/python/environments/:id',
    {
      schema: {
        tags,
        summary: 'Delete one that no running module uses',
        params: Id,
        response: { 204: Type.Null(), 404: ProblemRef, 409: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await python.removeEnvironment(params.id);
      return reply.code(204).send(null);
    }
  );
}

function moduleRoutes(app: DeepApp, python: PythonModules): void {
  app.post(
    '/python/modules',
    {
      schema: {
        tags,
        summary: 'Name a folder, a repository or a package as a module',
        body: PythonModuleRequest,
        response: {
          201: Type.Object({ id: Type.String(), title: Type.String() }),
          422: ProblemRef
        }
      }
    },
    async ({ body }, reply) => {
      const { id, title } = await python.added.add(body);
      return reply.code(201).send({ id, title });
    }
  );
  app.delete(
    '/python/modules/:name',
    {
      schema: {
        tags,
        summary: 'Forget one that was named so',
        params: Name,
        response: { 204: Type.Null(), 404: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await python.added.remove(params.name);
      return reply.code(204).send(null);
    }
  );
}

function consentRoutes(app: DeepApp, python: PythonModules): void {
  app.get(
    '/python/question',
    {
      schema: {
        tags,
        summary:
          'What a module would install and reach; brings its code here and runs none of it',
        querystring: Type.Object({ module: Type.String() }),
        response: { 200: ConsentQuestion, 404: ProblemRef, 422: ProblemRef }
      }
    },
    ({ query }, reply) => {
      const over = new AbortController();
      reply.raw.on('close', () => over.abort());
      return python.question(query.module, over.signal);
    }
  );
  app.get(
    '/python/consents',
    {
      schema: {
        tags,
        summary: 'What its user agreed to, newest first',
        response: {
          200: Type.Object({ consents: Type.Array(RememberedConsent) })
        }
      }
    },
    async () => ({ consents: await python.consents() })
  );
  app.delete(
    '/python/consents/:id',
    {
      schema: {
        tags,
        summary: 'Take a consent back: its code is asked for again',
        params: Id,
        response: { 204: Type.Null(), 404: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await python.revoke(params.id);
      return reply.code(204).send(null);
    }
  );
}
