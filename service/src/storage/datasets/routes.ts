import path from 'node:path';
import { Type } from '@sinclair/typebox';
import {
  Dataset,
  DatasetFetch,
  DatasetRemoval,
  DatasetRequest
} from '@jupyterlab-deep/protocol';
import { DatasetRef, DeepApp, ProblemRef, RunRef } from '../../http/types';
import { askerOf } from '../../inference/routes';
import { Datasets } from './datasets';

const Id = Type.Object({ id: Type.String() });
const tags = ['storage'];

/** Routes of datasets. */
export function datasetRoutes(app: DeepApp, datasets: Datasets): void {
  app.get(
    '/storage/datasets',
    {
      schema: {
        tags,
        summary: 'Datasets, oldest first',
        response: { 200: Type.Object({ datasets: Type.Array(DatasetRef) }) }
      }
    },
    async request => {
      const { root } = askerOf(request);
      const all = await datasets.list();
      return { datasets: all.map(each => seenFrom(root, each)) };
    }
  );
  app.post(
    '/storage/datasets',
    {
      schema: {
        tags,
        summary: 'Make a folder of an account visible to every kernel',
        body: DatasetRequest,
        response: { 201: DatasetRef, 404: ProblemRef, 409: ProblemRef }
      }
    },
    async (request, reply) => {
      const dataset = await datasets.make(request.body);
      return reply.code(201).send(seenFrom(askerOf(request).root, dataset));
    }
  );
  app.get(
    '/storage/datasets/:id',
    {
      schema: {
        tags,
        params: Id,
        response: { 200: DatasetRef, 404: ProblemRef }
      }
    },
    async request =>
      seenFrom(askerOf(request).root, await datasets.get(request.params.id))
  );
  app.post(
    '/storage/datasets/:id/refresh',
    {
      schema: {
        tags,
        summary: 'Bring what changed in the cloud here',
        params: Id,
        response: { 202: RunRef, 404: ProblemRef }
      }
    },
    async ({ params }, reply) =>
      reply.code(202).send(await datasets.refresh(params.id))
  );
  app.post(
    '/storage/datasets/:id/push',
    {
      schema: {
        tags,
        summary: 'Bring what changed here to the cloud',
        params: Id,
        response: { 202: RunRef, 404: ProblemRef }
      }
    },
    async ({ params }, reply) =>
      reply.code(202).send(await datasets.push(params.id))
  );
  app.post(
    '/storage/datasets/:id/fetch',
    {
      schema: {
        tags,
        summary: 'Bring more files here',
        params: Id,
        body: DatasetFetch,
        response: { 202: RunRef, 404: ProblemRef }
      }
    },
    async ({ params, body }, reply) =>
      reply.code(202).send(await datasets.fetch(params.id, body.pattern))
  );
  app.delete(
    '/storage/datasets/:id',
    {
      schema: {
        tags,
        summary:
          'Forget a dataset; 409 while something of it is not in the cloud',
        params: Id,
        body: DatasetRemoval,
        response: { 204: Type.Null(), 404: ProblemRef, 409: ProblemRef }
      }
    },
    async ({ params, body }, reply) => {
      await datasets.remove(params.id, body);
      return reply.code(204).send(null);
    }
  );
}

/** Where the file browser of who asks shows it. */
function seenFrom(root: string | undefined, dataset: Dataset): Dataset {
  const below = root && path.relative(root, dataset.path);
  const isBelow = below && !below.startsWith('..') && !/(^|\/)\./.test(below);
  return isBelow ? { ...dataset, jupyterPath: below } : dataset;
}
