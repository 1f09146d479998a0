import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Type } from '@sinclair/typebox';
import {
  DeepError,
  KnownTopologyModule,
  TopologyCallReply,
  TopologyCallRequest,
  TopologyCheck,
  TopologyCheckRequest,
  TopologyExport,
  TopologyExportRequest,
  TopologyItems,
  TopologyModule,
  TopologyModuleRequest,
  TopologyPreview,
  TopologyPreviewRequest,
  TopologyRunRequest,
  TopologyServeRequest
} from '@jupyterlab-deep/protocol';
import { sendGuarded } from '../http/content';
import { DeepApp, ProblemRef, RunRef } from '../http/types';
import { askerOf } from '../inference/routes';
import { ServedTopologies } from './served';
import { Topologies } from './topologies';

const RunId = Type.Object({ run: Type.String() });
const ItemId = Type.Object({
  run: Type.String(),
  item: Type.Integer({ minimum: 0 })
});
const ItemsQuery = Type.Object({
  node: Type.Optional(Type.String()),
  port: Type.Optional(Type.String()),
  state: Type.Optional(
    Type.Union([Type.Literal('done'), Type.Literal('failed')])
  ),
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'Instead: what reached a sink or failed behind this item, in the order in which it did.'
    })
  ),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 }))
});

/** Routes of topologies beside those that every run has. */
export function topologyRoutes(
  app: DeepApp,
  { topologies, served }: { topologies: Topologies; served: ServedTopologies }
): void {
  const tags = ['topologies'];
  app.post(
    '/topologies/check',
    {
      schema: {
        tags,
        summary: 'What keeps a topology from running; nothing is started',
        body: TopologyCheckRequest,
        response: { 200: TopologyCheck, 404: ProblemRef, 422: ProblemRef }
      }
    },
    request => topologies.questions.check(request.body, askerOf(request))
  );
  app.post(
    '/topologies/modules',
    {
      schema: {
        tags,
        summary: 'The ports of a module, which is started if need be',
        body: TopologyModuleRequest,
        response: { 200: TopologyModule, 403: ProblemRef, 404: ProblemRef }
      }
    },
    (request, reply) => {
      const closed = new AbortController();
      reply.raw.once('close', () =>
        closed.abort(new DeepError('cancelled', 'Nobody waits for it.'))
      );
      return topologies.questions.module(request.body, closed.signal);
    }
  );
  app.get(
    '/topologies/modules',
    {
      schema: {
        tags,
        summary: 'What was last known of a module; nothing is started',
        querystring: Type.Object({ module: Type.String() }),
        response: { 200: KnownTopologyModule }
      }
    },
    ({ query }) => topologies.questions.knownModule(query.module)
  );
  app.post(
    '/topologies/preview',
    {
      schema: {
        tags,
        summary: 'What an expression makes of a value',
        body: TopologyPreviewRequest,
        response: { 200: TopologyPreview }
      }
    },
    request => topologies.questions.preview(request.body)
  );
  app.post(
    '/topologies/runs',
    {
      schema: {
        tags,
        summary: 'Run a topology',
        body: TopologyRunRequest,
        response: { 202: RunRef, 403: ProblemRef, 422: ProblemRef }
      }
    },
    async (request, reply) =>
      reply
        .code(202)
        .send(await topologies.begin(request.body, askerOf(request)))
  );
  app.post(
    '/topologies/served',
    {
      schema: {
        tags,
        summary: 'Make a module of a topology, among the user’s own',
        body: TopologyServeRequest,
        response: {
          201: Type.Object({ module: Type.String() }),
          403: ProblemRef,
          409: ProblemRef,
          422: ProblemRef
        }
      }
    },
    async (request, reply) =>
      reply.code(201).send(await served.serve(request.body, askerOf(request)))
  );
  app.post(
    '/topologies/calls',
    {
      schema: {
        tags,
        summary: 'One item through a topology; of the module that serves it',
        body: TopologyCallRequest,
        response: { 200: TopologyCallReply, 403: ProblemRef, 422: ProblemRef }
      }
    },
    (request, reply) => {
      const closed = new AbortController();
      reply.raw.once('close', () =>
        closed.abort(new DeepError('cancelled', 'Nobody waits for it.'))
      );
      return served.call(request.body, askerOf(request), closed.signal);
    }
  );
  app.post(
    '/topologies/exports',
    {
      schema: {
        tags,
        summary: 'A topology in another format; nothing is written',
        body: TopologyExportRequest,
        response: { 200: TopologyExport, 409: ProblemRef, 422: ProblemRef }
      }
    },
    request => topologies.questions.export(request.body, askerOf(request))
  );
  app.get(
    '/topologies/runs/:run/items',
    {
      schema: {
        tags,
        summary: 'What nodes made of items, newest first',
        params: RunId,
        querystring: ItemsQuery,
        response: { 200: TopologyItems, 404: ProblemRef }
      }
    },
    ({ params, query: { after, offset = 0, limit = 50, ...which } }) =>
      after === undefined
        ? topologies.items(params.run, { ...which, offset, limit })
        : topologies.outcomes(params.run, after, limit)
  );
  app.get(
    '/topologies/runs/:run/items/:item/content',
    {
      schema: {
        tags,
        summary: 'A file that a node made, or its whole value',
        params: ItemId
      }
    },
    async ({ params }, reply) => {
      const { file, value } = topologies.item(params.run, params.item);
      if (!file) {
        const content = value ?? 'null';
        return sendGuarded(reply, { contentType: 'application/json', content });
      }
      const info = await stat(file.path).catch(cause => {
        const says = `${file.name} is not there any more.`;
        throw new DeepError('not-found', says, { cause });
      });
      return sendGuarded(reply, {
        contentType: file.contentType,
        filename: file.name,
        sizeBytes: info.size,
        content: createReadStream(file.path)
      });
    }
  );
}
