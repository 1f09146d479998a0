import { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DeepError, ErrorKey } from '@jupyterlab-deep/protocol';
import { isNoSpace, storeFailure } from '../store/diskErrors';
import { drain } from './guard';
import { inWords } from './validation';

const KEY_OF_STATUS: Record<number, ErrorKey> = {
  400: 'invalid-request',
  404: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type'
};

/**
 * Any failure as one that people can read.
 *
 * @param unknown What to say of one that nobody foresaw.
 */
export function asDeepError(
  error: unknown,
  unknown = 'The service failed at this request.'
): DeepError {
  if (error instanceof DeepError) {
    return error;
  }
  if (isNoSpace(error)) {
    return storeFailure(error, 'the store') as DeepError;
  }
  const { validation, validationContext, statusCode, message } =
    error as FastifyError;
  if (validation) {
    return inWords(validation, validationContext ?? 'body');
  }
  const key = KEY_OF_STATUS[statusCode ?? 500];
  if (key) {
    return new DeepError(key, message, { cause: error });
  }
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
    return new DeepError(
      'service-unavailable',
      'A part of the running service is not there any more: it was updated or removed while it ran.',
      {
        hint: 'Try again in half a minute; if it says so again, restart Jupyter.',
        technical: (error as Error).message,
        cause: error
      }
    );
  }
  return new DeepError('internal', unknown, {
    hint: 'Try again; `jupyter deep doctor` shows its log.',
    technical: (error as Error).message ?? String(error),
    cause: error
  });
}

/** Answer with a problem document, after the rest of the request was read. */
export async function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply
): Promise<FastifyReply> {
  const problem = asDeepError(error);
  if (problem.key === 'internal') {
    request.log.error({ err: error }, 'request failed');
  }
  await drain(request);
  // `send` would look for a schema of this status: the shape is the same for all.
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer(JSON.stringify as (payload: unknown) => string)
    .send(problem.toProblem());
}

export function refuseUnknownRoute(
  request: FastifyRequest,
  reply: FastifyReply
): Promise<FastifyReply> {
  const path = request.url.split('?')[0];
  const error = new DeepError(
    'not-found',
    `The service has no route ${request.method} ${path}.`,
    { hint: 'GET /openapi.json lists its routes.' }
  );
  return sendProblem(error, request, reply);
}
