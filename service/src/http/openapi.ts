import { pino } from 'pino';
import { version } from '../version';
import { makeApp } from './app';
import { DeepApp } from './types';

/** Adds every route to a server. */
export type AddRoutes = (app: DeepApp) => void;

/**
 * The OpenAPI document of the routes.
 * It comes from a second server that never listens, so that the first one need not carry what makes it.
 */
export async function makeOpenApi(addRoutes: AddRoutes): Promise<object> {
  const { default: swagger } = await import('@fastify/swagger');
  const app = makeApp({
    logger: pino({ enabled: false }),
    token: '',
    onClient: () => undefined
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'jupyterlab-deep: the service', version },
      components: {
        securitySchemes: {
          token: { type: 'apiKey', in: 'header', name: 'X-Deep-Token' }
        }
      },
      security: [{ token: [] }]
    },
    refResolver: { buildLocalReference: json => String(json.$id) }
  });
  app.register(async scope => addRoutes(scope as DeepApp));
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
