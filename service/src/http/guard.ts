import { createHash, timingSafeEqual } from 'node:crypto';
import { FastifyRequest } from 'fastify';
import { DeepError, TOKEN_HEADER } from '@jupyterlab-deep/protocol';
import { BodyKind } from './types';

const digest = (text: string): Buffer =>
  createHash('sha256').update(text).digest();

/** A check of the token whose time says nothing about it. */
export function makeTokenGuard(
  token: string
): (request: FastifyRequest) => void {
  const expected = digest(token);
  return request => {
    const given = request.headers[TOKEN_HEADER];
    if (request.routeOptions.config?.isOpen) {
      return;
    }
    if (
      typeof given !== 'string' ||
      !timingSafeEqual(digest(given), expected)
    ) {
      throw new DeepError(
        'unauthorized',
        'The request does not carry the token of this service.',
        { hint: 'Reload the page, or restart the kernel, and try again.' }
      );
    }
  };
}

const TYPES: Record<Exclude<BodyKind, 'any'>, string> = {
  json: 'application/json',
  octets: 'application/octet-stream'
};

/** Refuses a body of another type than the route takes: forms of foreign pages can send only a few types. */
export function checkBodyType(request: FastifyRequest): void {
  const kind = request.routeOptions.config?.body ?? 'json';
  if (kind === 'any' || !hasBody(request)) {
    return;
  }
  const given = (request.headers['content-type'] ?? 'none').split(';')[0];
  if (given.trim().toLowerCase() !== TYPES[kind]) {
    throw new DeepError(
      'unsupported-media-type',
      `This route takes ${TYPES[kind]}; the request's type is ${given}.`
    );
  }
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined ||
  Number(headers['content-length'] ?? 0) > 0;

/** Longest wait for the rest of a refused request. */
const DRAIN_TIMEOUT_MS = 30_000;

/**
 * Read a request to its end without keeping it.
 * Jupyter's proxy turns an answer that comes before the body was sent into a broken pipe.
 */
export function drain({ raw }: FastifyRequest): Promise<void> {
  return new Promise(resolve => {
    if (raw.complete || raw.destroyed) {
      return resolve();
    }
    const timer = setTimeout(resolve, DRAIN_TIMEOUT_MS);
    raw.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    raw.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    raw.resume();
  });
}
