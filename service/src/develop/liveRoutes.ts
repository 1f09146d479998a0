import { Type } from '@sinclair/typebox';
import { Consent, Development, ModelPlace } from '@jupyterlab-deep/protocol';
import { DeepApp, DevelopmentRef, ProblemRef } from '../http/types';
import { askerOf } from '../inference/routes';
import { Developments } from './live/developments';

const tags = ['develop'];
const Id = Type.Object({ id: Type.String() });

/** Routes of modules that are served while they are edited. */
export function liveRoutes(app: DeepApp, developments: Developments): void {
  app.get(
    '/develop/sessions',
    {
      schema: {
        tags,
        summary: 'What is served while it is edited',
        response: {
          200: Type.Object({ developments: Type.Array(DevelopmentRef) })
        }
      }
    },
    async () => ({ developments: developments.list() })
  );
  app.post(
    '/develop/sessions',
    {
      schema: {
        tags,
        summary: 'Serve a folder, and start it anew with each save',
        body: Type.Object(
          { folder: ModelPlace },
          { additionalProperties: false }
        ),
        response: { 201: DevelopmentRef, 404: ProblemRef, 422: ProblemRef }
      }
    },
    async (request, reply): Promise<Development> =>
      reply
        .code(201)
        .send(await developments.begin(request.body.folder, askerOf(request)))
  );
  app.get(
    '/develop/sessions/:id',
    {
      schema: {
        tags,
        summary: 'How it stands; whoever asks keeps it going',
        params: Id,
        response: { 200: DevelopmentRef, 404: ProblemRef }
      }
    },
    async ({ params }) => developments.get(params.id)
  );
  app.post(
    '/develop/sessions/:id/restart',
    {
      schema: {
        tags,
        summary: 'Start it anew, with a consent where one is asked for',
        params: Id,
        body: Type.Object(
          { consent: Type.Optional(Consent) },
          { additionalProperties: false }
        ),
        response: { 202: DevelopmentRef, 404: ProblemRef }
      }
    },
    async ({ params, body }, reply): Promise<Development> =>
      reply.code(202).send(developments.restart(params.id, body.consent))
  );
  app.delete(
    '/develop/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Stop it; its files stay',
        params: Id,
        response: { 200: DevelopmentRef, 404: ProblemRef }
      }
    },
    ({ params }) => developments.end(params.id)
  );
}
