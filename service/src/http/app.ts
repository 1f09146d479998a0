import fastify, {
  LogController,
  FastifyBaseLogger,
  FastifyReply,
  FastifyRequest
} from 'fastify';
import { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { CLIENT_HEADER, UPLOAD_PIECE_BYTES } from '@jupyterlab-deep/protocol';
import { checkBodyType, makeTokenGuard } from './guard';
import { refuseUnknownRoute, sendProblem } from './problems';
import { DeepApp, SHARED } from './types';
import { makeValidatorCompiler } from './validation';

/** Requests are made of names, numbers and short texts. */
const JSON_LIMIT_BYTES = 1024 * 1024;

/** What the server needs to know before it has a route. */
export interface IAppOptions {
  logger: FastifyBaseLogger;
  token: string;
  /** Called with the client's header of each request that carries the token. */
  onClient(client: string | undefined): void;
}

/** A server with guards, error documents and no routes. */
export function makeApp({ logger, token, onClient }: IAppOptions): DeepApp {
  const app = fastify({
    loggerInstance: logger,
    // Requests are logged below, without their headers.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_LIMIT_BYTES,
    forceCloseConnections: true,
    // Over a socket there is no host to be named.
    http: { requireHostHeader: false },
    routerOptions: { maxParamLength: 500 }
  }).withTypeProvider<TypeBoxTypeProvider>();
  SHARED.forEach(schema => app.addSchema(schema));
  app.setValidatorCompiler(makeValidatorCompiler());
  // Replies are of our own shapes: compiled serializers would cost memory and gain nothing.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler(refuseUnknownRoute);
  addBodyParsers(app);
  const checkToken = makeTokenGuard(token);
  app.addHook('onRequest', async request => {
    checkToken(request);
    const client = request.headers[CLIENT_HEADER];
    onClient(typeof client === 'string' ? client : undefined);
    checkBodyType(request);
  });
  app.addHook('onResponse', async (request, reply) =>
    logResponse(request, reply)
  );
  return app;
}

function logResponse(request: FastifyRequest, reply: FastifyReply): void {
  const { method, url } = request;
  const level = reply.statusCode < 400 ? 'debug' : 'warn';
  const ms = Math.round(reply.elapsedTime);
  request.log[level]({ method, url, status: reply.statusCode, ms }, 'request');
}

function addBodyParsers(app: DeepApp): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, text, done) =>
      // Some clients name the type of a body that they do not send.
      text === '' ? done(null, undefined) : parseJson(request, text, done)
  );
  app.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer', bodyLimit: UPLOAD_PIECE_BYTES },
    (_request, body, done) => done(null, body)
  );
}
