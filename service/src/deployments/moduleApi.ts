import { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from '@sinclair/typebox';
import { DeepError } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { DeepApp } from '../http/types';
import { Deployments } from './deployments';
import { passOn, rest } from './passThrough';

const Params = Type.Object({ id: Type.String() });
const PathParams = Type.Object({ id: Type.String(), '*': Type.String() });

type Limits = Pick<ISettings['limits'], 'uploadMb' | 'apiSeconds'>;

/** `/modules/:id/v2/*`: a deployment's DEEPaaS API for programs that hold a token of Jupyter. */
export function moduleApiRoutes(
  app: DeepApp,
  deployments: Deployments,
  limits: Limits
): void {
  const handler = (
    request: FastifyRequest,
    reply: FastifyReply
  ): Promise<FastifyReply> => {
    const { id } = request.params as { id: string };
    const path = rest(request, prefixOf(request));
    checkSize(request, limits);
    const { endpoint } = readyOf(deployments, id);
    const timeoutMs = limits.apiSeconds * 1000;
    return passOn({ request, reply, endpoint, path, timeoutMs });
  };
  const tags = ['deployments'];
  app.register(async scope => {
    scope.removeAllContentTypeParsers();
    // Bodies go on as they come, without being kept.
    scope.addContentTypeParser('*', (_request, payload, done) =>
      done(null, payload)
    );
    scope.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
      url: '/modules/:id/v2/*',
      config: { body: 'any' },
      schema: {
        tags,
        summary: "A module's DEEPaaS API, for other programs",
        params: PathParams
      },
      handler
    });
    scope.get(
      '/modules/:id/swagger.json',
      {
        schema: {
          tags,
          summary: 'What its API is, as Swagger 2',
          params: Params
        }
      },
      handler
    );
  });
}

/** As it was sent: an id may be percent-encoded. */
const prefixOf = ({ raw }: FastifyRequest): string =>
  /^\/modules\/[^/]*/.exec(raw.url ?? '')?.[0] ?? '';

function readyOf(
  deployments: Deployments,
  id: string
): ReturnType<Deployments['ready']> {
  try {
    return deployments.ready(id);
  } catch (error) {
    const { key, detail } = error as DeepError;
    throw key === 'module-unreachable'
      ? new DeepError('conflict', detail, {
          hint: 'Wait until GET deep/deployments says that it is ready, or start it by POST deep/deployments.',
          cause: error
        })
      : error;
  }
}

/** The service's own parsers check sizes; what goes on unread is measured by what it says of itself. */
function checkSize({ headers }: FastifyRequest, { uploadMb }: Limits): void {
  if (headers['transfer-encoding'] !== undefined) {
    throw new DeepError(
      'invalid-request',
      'The request does not say how long it is.',
      { hint: 'Send it with Content-Length, not in chunks.' }
    );
  }
  const sizeBytes = Number(headers['content-length'] ?? 0);
  if (sizeBytes > uploadMb * 1024 * 1024) {
    throw new DeepError(
      'too-large',
      `The request has ${Math.ceil(sizeBytes / 1024 / 1024)} MB; at most ${uploadMb} MB are taken.`,
      {
        hint: 'Use a smaller file, or a run, which takes files of Jupyter where they lie: POST deep/inference/predictions. The administrator can allow more (`limits.uploadMb`).'
      }
    );
  }
}
