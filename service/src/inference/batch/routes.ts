import { Type } from '@sinclair/typebox';
import {
  BatchCount,
  BatchFiles,
  BatchItems,
  BatchItemState,
  BatchRequest,
  Evaluation,
  WORST_MISTAKES
} from '@jupyterlab-deep/protocol';
import { sendGuarded } from '../../http/content';
import { DeepApp, ProblemRef, RunRef } from '../../http/types';
import { askerOf } from '../routes';
import { Batches } from './batches';
import { thumbnailOf } from './thumbnails';

const Id = Type.Object({ id: Type.String() });
const Item = Type.Object({
  id: Type.String(),
  item: Type.Integer({ minimum: 0 })
});
const ItemsQuery = Type.Object({
  state: Type.Optional(BatchItemState),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  after: Type.Optional(Type.Integer({ minimum: 0 }))
});
const MistakesQuery = Type.Object({
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: WORST_MISTAKES })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: WORST_MISTAKES }))
});

/** Routes of batches beside those that every run has. */
export function batchRoutes(
  app: DeepApp,
  { batches }: { batches: Batches }
): void {
  const tags = ['inference'];
  app.post(
    '/inference/batches',
    {
      schema: {
        tags,
        summary: 'Begin a prediction of many files',
        body: BatchRequest,
        response: { 202: RunRef, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async (request, reply) =>
      reply.code(202).send(await batches.begin(request.body, askerOf(request)))
  );
  app.post(
    '/inference/batches/count',
    {
      schema: {
        tags,
        summary: 'How many files a pattern finds',
        body: BatchFiles,
        response: { 200: BatchCount, 404: ProblemRef }
      }
    },
    request => batches.count(request.body, askerOf(request))
  );
  app.get(
    '/runs/:id/items',
    {
      schema: {
        tags,
        summary: 'Files of a batch that have ended, newest first',
        params: Id,
        querystring: ItemsQuery,
        response: { 200: BatchItems, 404: ProblemRef }
      }
    },
    ({ params, query }) => batches.items(params.id, query)
  );
  app.get(
    '/runs/:id/items/:item/thumbnail',
    { schema: { tags, summary: 'A small picture of a file', params: Item } },
    async ({ params }, reply) => {
      const file = batches.fileOf(params.id, params.item);
      return sendGuarded(reply, await thumbnailOf(file));
    }
  );
  app.get(
    '/runs/:id/evaluation',
    {
      schema: {
        tags,
        summary: 'What a batch with labels found for what, so far',
        params: Id,
        querystring: MistakesQuery,
        response: { 200: Evaluation, 404: ProblemRef, 409: ProblemRef }
      }
    },
    ({ params, query }) => batches.evaluation(params.id, query)
  );
  app.post(
    '/runs/:id/gallery',
    {
      schema: {
        tags,
        summary: 'Let the gallery bring its pictures along',
        params: Id,
        response: { 202: RunRef, 404: ProblemRef, 409: ProblemRef }
      }
    },
    async ({ params }, reply) =>
      reply.code(202).send(await batches.showPictures(params.id))
  );
}
