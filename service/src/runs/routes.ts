import { createReadStream } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { DeepError, RunState } from '@jupyterlab-deep/protocol';
import { sendGuarded } from '../http/content';
import { readLog } from '../deployments/logFile';
import { DeepApp, ProblemRef, RunRef } from '../http/types';
import { Store } from '../store/store';
import { RunJournal } from './journal';
import { logFileOf } from './runLog';
import { RunWorkers } from './workers';
import { resultFile } from './results';

const Id = Type.Object({ id: Type.String() });
const Offset = Type.Object({
  offset: Type.Optional(Type.Integer({ minimum: 0 }))
});
const Query = Type.Object({
  module: Type.Optional(Type.String()),
  state: Type.Optional(RunState),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }))
});

/** Routes of the record of runs. */
export function runRoutes(
  app: DeepApp,
  { journal, workers, store }: runRoutes.IParts
): void {
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
  app.get(
    '/runs/:id/log',
    {
      schema: {
        tags,
        summary: 'Its log from an offset on; X-Deep-Offset is the next one',
        params: Id,
        querystring: Offset
      }
    },
    async ({ params, query }, reply) => {
      const file = logFileOf(store, journal.get(params.id).id);
      const { text, next } = await readLog(file, query.offset ?? 0);
      return reply
        .header('x-deep-offset', next)
        .header('x-content-type-options', 'nosniff')
        .type('text/plain; charset=utf-8')
        .send(text);
    }
  );
  const change = (
    name: 'cancel' | 'pause' | 'resume' | 'retry',
    summary: string
  ): void => {
    app.post(
      `/runs/:id/${name}`,
      {
        schema: {
          tags,
          summary,
          params: Id,
          response: { 202: RunRef, 404: ProblemRef, 409: ProblemRef }
        }
      },
      async ({ params }, reply) =>
        reply.code(202).send(await workers.change(params.id, name))
    );
  };
  change('cancel', 'End it');
  change('pause', 'Let a batch or transfer rest');
  change('resume', 'Let it go on');
  change('retry', 'Do the files that failed again');
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
      await workers.remove(request.params.id);
      return reply.code(204).send(null);
    }
  );
}

export namespace runRoutes {
  export interface IParts {
    journal: RunJournal;
    workers: RunWorkers;
    store: Store;
  }
}
