import { Type } from '@sinclair/typebox';
import { Health } from '@jupyterlab-deep/protocol';
import { EventStream } from './events';
import { DeepApp } from './types';

const Resume = Type.Object({ lastEventId: Type.Optional(Type.String()) });

/** Routes about the service itself. */
export function serviceRoutes(
  app: DeepApp,
  { events, health, openApi }: serviceRoutes.IParts
): void {
  const tags = ['service'];
  app.get(
    '/',
    {
      config: { isOpen: true },
      schema: {
        tags,
        summary: 'Whether it answers; needs no token',
        security: [],
        response: { 200: Type.Object({ service: Type.String() }) }
      }
    },
    () => ({ service: 'jupyterlab-deep' })
  );
  app.get('/health', { schema: { tags, response: { 200: Health } } }, health);
  app.get('/openapi.json', { schema: { hide: true } }, openApi);
  app.get(
    '/events',
    {
      schema: {
        tags,
        summary: 'Server-sent events; resumes after Last-Event-ID',
        querystring: Resume
      }
    },
    (request, reply) => {
      const header = request.headers['last-event-id'];
      const seen =
        typeof header === 'string' ? header : request.query.lastEventId;
      reply.hijack();
      events.connect(reply.raw, seen);
    }
  );
}

export namespace serviceRoutes {
  export interface IParts {
    events: EventStream;
    health(): Promise<Health>;
    openApi(): Promise<object>;
  }
}
