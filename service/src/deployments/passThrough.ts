import http, { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream';
import { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from '@sinclair/typebox';
import { parseEndpoint } from '@jupyterlab-deep/kernel-helpers/deepaas/endpoint';
import { DeepError } from '@jupyterlab-deep/protocol';
import { guardHeaders } from '../http/content';
import { DeepApp } from '../http/types';
import { Deployments } from './deployments';

/** Of a request, only what describes its content and the wanted answer goes on. */
const FORWARDED = [
  'accept',
  'accept-language',
  'content-type',
  'content-length',
  'if-none-match',
  'range'
];
/** Of an answer, only what describes its content comes back: no cookies, no redirects, no permissions. */
const RETURNED = [
  'accept-ranges',
  'content-length',
  'content-range',
  'etag',
  'last-modified'
];

const Params = Type.Object({ id: Type.String(), '*': Type.String() });

/** `/deployments/:id/http/*`: a module's own HTTP, made harmless for Jupyter's origin. */
export function passThroughRoutes(
  app: DeepApp,
  deployments: Deployments,
  uploadMb: number
): void {
  app.register(async scope => {
    scope.removeAllContentTypeParsers();
    // Bodies go on as they come, without being kept.
    scope.addContentTypeParser('*', (_request, payload, done) =>
      done(null, payload)
    );
    scope.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
      url: '/deployments/:id/http/*',
      bodyLimit: Math.floor(uploadMb * 1024 * 1024),
      config: { body: 'any' },
      schema: {
        tags: ['deployments'],
        summary: "The module's own HTTP",
        params: Params
      },
      handler: async (request, reply) => {
        const { id } = request.params as { id: string };
        const { endpoint } = deployments.ready(id);
        const path = rest(request, `/deployments/${id}/http`);
        return passOn({ request, reply, endpoint, path });
      }
    });
  });
}

/** What comes after a prefix, as it was sent: decoding and encoding again would change some. */
export const rest = ({ raw }: FastifyRequest, prefix: string): string =>
  (raw.url ?? '').slice(prefix.length);

/** A request that goes on to a module. */
export interface IPassage {
  request: FastifyRequest;
  reply: FastifyReply;
  endpoint: string;

  /** Under the endpoint. */
  path: string;

  /** How long its answer may take to begin. */
  timeoutMs?: number;
}

/**
 * Let a module answer, made harmless for Jupyter's origin.
 *
 * @throws DeepError `invalid-request`, `module-unreachable`, `module-failed` of a redirect, `timeout`
 */
export async function passOn(passage: IPassage): Promise<FastifyReply> {
  const { reply, endpoint } = passage;
  const path = pathUnder(endpoint, passage.path);
  return send(reply, await ask({ ...passage, path }));
}

/** With the base path of the server, which is all of it that is connected. */
function pathUnder(endpoint: string, path: string): string {
  const { basePath } = parseEndpoint(endpoint);
  if (/(^|[/\\])(\.|%2e){2}($|[/\\?])/i.test(path.replace(/%2f|%5c/gi, '/'))) {
    throw new DeepError('invalid-request', `The path ${path} leads upwards.`);
  }
  return path === basePath || path.startsWith(`${basePath}/`)
    ? path
    : basePath + path;
}

function ask({
  request,
  reply,
  endpoint,
  path,
  timeoutMs
}: IPassage): Promise<IncomingMessage> {
  const { method, headers } = request.raw;
  const { origin, socketPath } = parseEndpoint(endpoint);
  const { protocol, hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = (protocol === 'https:' ? https : http).request(
      {
        protocol,
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        socketPath,
        path,
        method,
        headers: pick(headers, FORWARDED),
        agent: agentFor(endpoint)
      },
      resolve
    );
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => asked.destroy(tooSlow(timeoutMs)), timeoutMs);
    asked.on('response', () => clearTimeout(timer));
    asked.on('error', error => {
      clearTimeout(timer);
      reject(error instanceof DeepError ? error : unreachable(path, error));
    });
    // A reader that hangs up is no longer worth the module's work.
    reply.raw.on('close', () => asked.destroy());
    pipeline(request.raw, asked, () => undefined);
  });
}

const tooSlow = (timeoutMs: number): DeepError =>
  new DeepError(
    'timeout',
    `The module did not answer within ${timeoutMs / 1000} s, the longest that a request through Jupyter may wait.`,
    {
      hint: 'Use a run for what takes longer: POST deep/inference/predictions answers at once, and GET deep/runs/… tells how it goes.'
    }
  );

/**
 * A connection of its own for each request, through the proxy where there is one. The module is not told that it is the last: whoever
 * closes with the last byte of the answer may do so before ours has ended its request, which is then lost (`EPIPE`).
 */
function agentFor(endpoint: string): http.Agent {
  const { isLocal, origin } = parseEndpoint(endpoint);
  const options = {
    keepAlive: true,
    ...(!isLocal && { proxyEnv: process.env })
  };
  const agent = origin.startsWith('https:')
    ? new https.Agent(options)
    : new http.Agent(options);
  agent.maxFreeSockets = 0;
  return agent;
}

function send(reply: FastifyReply, answer: IncomingMessage): FastifyReply {
  const { statusCode = 502, headers } = answer;
  if (statusCode >= 300 && statusCode < 400 && statusCode !== 304) {
    answer.resume();
    throw redirect(statusCode, headers.location);
  }
  const type = headers['content-type'] ?? 'application/octet-stream';
  return reply
    .code(statusCode)
    .headers(pick(headers, RETURNED))
    .headers(guardHeaders(type))
    .type(type)
    .send(answer);
}

const pick = (
  headers: IncomingHttpHeaders,
  names: string[]
): Record<string, string> =>
  Object.fromEntries(
    names.flatMap(name => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    })
  );

const unreachable = (path: string, cause: Error): DeepError =>
  new DeepError(
    'module-unreachable',
    `The module did not answer ${path}: ${cause.message}.`,
    {
      hint: 'See whether it still runs; what runs here is started again by its next use.',
      cause
    }
  );

const redirect = (status: number, location = 'nowhere'): DeepError =>
  new DeepError(
    'module-failed',
    `The module sends its callers elsewhere (HTTP ${status}, to ${location}).`,
    { hint: 'Ask for that address itself: redirects are not followed.' }
  );
