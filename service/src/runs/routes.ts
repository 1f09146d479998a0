import { createReadStream } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { DeepError, RunState } from '@jupyterlab-deep/protocol';
import { sendGuarded } from '../http/content';
import { Batches } from '../inference/batch/batches';
import { DeepApp, ProblemRef, RunRef } from '../http/types';
import { Store } from '../store/store';
import { RunJournal } from './journal';
import { Running } from './running';
import { resultFile } from './results';

const Id = Type.Object({ id: Type.String() });
const Query = Type.Object({
  module: Type.Optional(Type.String()),
  state: Type.Optional(RunState),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }))
});

/** Routes of the record of runs. */
export function runRoutes(
  app: DeepApp,
  { journal, running, batches, store }: runRoutes.IParts
): void {
  const workOf = (id: string): Running | Batches =>
    journal.get(id).kind === 'batch' ? batches : running;
  const tags = ['runs'];
  app.get(
    '/runs',
    {
      schema: {
        tags,
        summary: 'Runs, newest first',
        querystring: Query,
        response: { 200: Type.Object({ runs: Type.Array(RunRef) }) }
      }
    },
    request => ({ runs: journal.list(request.query) })
  );
  app.get(
    '/runs/:id',
    {
      schema: { tags, params: Id, response: { 200: RunRef, 404: ProblemRef } }
    },
    request => journal.get(request.params.id)
  );
  app.get(
    '/runs/:id/result',
    { schema: { tags, summary: "The module's answer", params: Id } },
    (request, reply) => {
      const { id, result } = journal.get(request.params.id);
      if (!result) {
        throw new DeepError('not-found', 'This run has no result.');
      }
      const stream = createReadStream(resultFile(store, id));
      return sendGuarded(reply, { ...result, content: stream });
    }
  );
  app.post(
    '/runs/:id/cancel',
    {
      schema: { tags, params: Id, response: { 202: RunRef, 409: ProblemRef } }
    },
    async (request, reply) =>
      reply.code(202).send(workOf(request.params.id).cancel(request.params.id))
  );
  app.delete(
    '/runs/:id',
    {
      schema: {
        tags,
        summary: 'Delete an ended run and its files',
        params: Id,
        response: { 204: Type.Null(), 409: ProblemRef }
      }
    },
    async (request, reply) => {
      await workOf(request.params.id).remove(request.params.id);
      return reply.code(204).send(null);
    }
  );
}

export namespace runRoutes {
  export interface IParts {
    journal: RunJournal;
    running: Running;
    batches: Batches;
    store: Store;
  }
}
