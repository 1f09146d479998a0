import { Type } from '@sinclair/typebox';
import {
  InstalledPackage,
  KernelEnvironment,
  KernelEnvironmentRequest,
  MachineReport
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, RunRef } from '../http/types';
import { KernelEnvironments } from './environments';

const Name = Type.Object({ name: Type.String() });
const tags = ['environments'];

/** Routes of environments for notebooks, and of what this machine has. */
export function environmentRoutes(
  app: DeepApp,
  environments: KernelEnvironments
): void {
  readingRoutes(app, environments);
  app.post(
    '/environments/:name',
    {
      schema: {
        tags,
        summary: 'Make it, or make it anew',
        params: Name,
        body: KernelEnvironmentRequest,
        response: {
          202: RunRef,
          404: ProblemRef,
          503: ProblemRef,
          507: ProblemRef
        }
      }
    },
    async ({ params, body }, reply) =>
      reply.code(202).send(await environments.create(params.name, body))
  );
  app.delete(
    '/environments/:name',
    {
      schema: {
        tags,
        summary: 'Remove it, unless a kernel runs in it',
        params: Name,
        response: { 204: Type.Null(), 404: ProblemRef, 409: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      await environments.remove(params.name);
      return reply.code(204).send(null);
    }
  );
}

function readingRoutes(app: DeepApp, environments: KernelEnvironments): void {
  app.get(
    '/environments',
    {
      schema: {
        tags,
        summary: 'What there is, what making it takes, and what was made',
        response: {
          200: Type.Object({ environments: Type.Array(KernelEnvironment) })
        }
      }
    },
    async () => ({ environments: await environments.list() })
  );
  app.get(
    '/environments/:name',
    {
      schema: {
        tags,
        params: Name,
        response: { 200: KernelEnvironment, 404: ProblemRef }
      }
    },
    ({ params }) => environments.get(params.name)
  );
  app.get(
    '/environments/:name/packages',
    {
      schema: {
        tags,
        summary: 'Everything that is installed in it; nothing is imported',
        params: Name,
        response: {
          200: Type.Object({ packages: Type.Array(InstalledPackage) }),
          404: ProblemRef
        }
      }
    },
    async ({ params }) => ({
      packages: await environments.packages(params.name)
    })
  );
  app.get(
    '/machine',
    {
      schema: {
        tags: ['service'],
        summary: 'CPUs, memory, GPUs and disk, within the limits that hold',
        response: { 200: MachineReport }
      }
    },
    () => environments.machine()
  );
}
