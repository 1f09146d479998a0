import type { Dispatcher } from 'undici';
import { DeepError } from '@jupyterlab-deep/protocol';
import { parseEndpoint } from '@jupyterlab-deep/kernel-helpers/deepaas/endpoint';
import { transportFailure } from '@jupyterlab-deep/kernel-helpers/deepaas/failures';

/** A model that a server offers. */
export interface IOfferedModel {
  /** As its path says it: `id` and `name` in the list are the author's and may be anything. */
  name: string;
  /** `/base/v2/models/NAME/` */
  path: string;
}

/** How long a server may take for one document while somebody waits for the connection. */
export const ANSWER_MS = 15_000;
const CONNECT_MS = 10_000;
const MAX_LIST_BYTES = 8 * 1024 * 1024;

/** The connection could not be made by this scheme; the other one may do. */
const OTHER_SCHEME =
  /^(EPROTO|ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET|ERR_SSL_.*)$/;
const UNTRUSTED = /CERT|UNABLE_TO_|SELF_SIGNED/;

/**
 * Ask a server at an address that somebody typed for its models; it need not be one of DEEPaaS at all.
 *
 * @param endpoint Origin and base path.
 * @throws DeepError `address-refused`, `module-unreachable`, `timeout`, `cancelled`
 */
export async function listModels(
  endpoint: string,
  signal?: AbortSignal
): Promise<IOfferedModel[]> {
  const { name } = parseEndpoint(endpoint);
  const { status, headers, text } = await ask(endpoint, signal);
  if (status !== 200) {
    throw refusedStatus(name, status, headers.location);
  }
  const models = modelsIn(parse(text, name), endpoint);
  if (models.length === 0) {
    throw notDeepaas(name, 'its list of models is empty or has another form');
  }
  return models;
}

/** Whether the address may be right with `http` for `https`. */
export const mayBeOtherScheme = (error: unknown): boolean =>
  OTHER_SCHEME.test(codeOf((error as Error).cause));

interface IAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

async function ask(endpoint: string, signal?: AbortSignal): Promise<IAnswer> {
  const { origin, basePath, name } = parseEndpoint(endpoint);
  const timeout = AbortSignal.timeout(ANSWER_MS);
  const dispatcher = await connect(endpoint);
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin,
      path: `${basePath}/v2/models/`,
      method: 'GET',
      headers: { accept: 'application/json' },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout
    });
    return { status: statusCode, headers, text: await body.text() };
  } catch (error) {
    throw inWords(timeout.aborted ? timeout.reason : error, name, signal);
  } finally {
    // What it still sends is of no use.
    await dispatcher.destroy();
  }
}

async function connect(endpoint: string): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const options = {
    connect: { timeout: CONNECT_MS },
    maxResponseSize: MAX_LIST_BYTES
  };
  return parseEndpoint(endpoint).isLocal
    ? new Agent(options)
    : new EnvHttpProxyAgent(options);
}

const codeOf = (error: unknown): string =>
  String((error as { code?: unknown } | undefined)?.code ?? '');

function inWords(
  error: unknown,
  name: string,
  signal?: AbortSignal
): DeepError {
  const code = codeOf(error);
  const { message } = error as Error;
  if (UNTRUSTED.test(code)) {
    return refused(
      `The certificate of ${name} is not trusted: ${message}.`,
      'If it is one of your organisation, the administrator can name its authority by `network.caFile`.',
      error
    );
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return refused(
      `${name} does not speak https.`,
      'Try the address with http://.',
      error
    );
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return notDeepaas(name, 'it sends more than a list of models can be');
  }
  const attempt = { action: 'connect', name, timeoutMs: ANSWER_MS, signal };
  const { key, detail, technical } = transportFailure(error, attempt);
  return new DeepError(key, detail, {
    hint: 'Check the address, and whether the module runs.',
    technical,
    cause: error
  });
}

function refusedStatus(
  name: string,
  status: number,
  location: unknown
): DeepError {
  if (status >= 300 && status < 400) {
    const where =
      typeof location === 'string' ? ` to ${shorten(location)}` : '';
    return refused(
      `${name} sends its callers elsewhere (HTTP ${status}${where}); redirects are not followed.`,
      'Connect to that address itself, if you trust it.'
    );
  }
  if (status === 401 || status === 403 || status === 407) {
    return refused(
      `${name} wants credentials (HTTP ${status}), and none can be given to it from here.`,
      'Ask whoever runs it for an address that needs no login.'
    );
  }
  if (status >= 500) {
    return new DeepError(
      'module-unreachable',
      `${name} answered with HTTP ${status}: the module behind it is down or failed.`,
      { hint: 'Try again when it runs.' }
    );
  }
  return notDeepaas(name, `it has no list of models (HTTP ${status})`);
}

/** What comes after “?” may be a secret. */
const shorten = (location: string): string =>
  location.replace(/[?#].*$/s, '').slice(0, 200);

function parse(text: string, name: string): unknown {
  if (/^\s*</.test(text)) {
    throw notDeepaas(name, 'it answers with a web page');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw notDeepaas(name, 'its list of models is not JSON');
  }
}

function modelsIn(list: unknown, endpoint: string): IOfferedModel[] {
  const { models } = (list ?? {}) as { models?: unknown };
  const names = (Array.isArray(models) ? models : []).flatMap(nameOf);
  const { basePath } = parseEndpoint(endpoint);
  return [...new Set(names)].map(name => ({
    name,
    path: `${basePath}/v2/models/${encodeURIComponent(name)}/`
  }));
}

/** Of a link only the model's name counts: a server cannot send its callers elsewhere by it. */
function nameOf(model: unknown): string[] {
  const { links } = (model ?? {}) as { links?: unknown };
  const self = (Array.isArray(links) ? links : []).find(
    link => link?.rel === 'self' && typeof link.href === 'string'
  );
  const name = /\/v2\/models\/([^/?#]+)\/?$/.exec(self?.href ?? '')?.[1];
  try {
    return name === undefined ? [] : [decodeURIComponent(name)];
  } catch {
    // A wrong escape: it cannot be asked for.
    return [];
  }
}

const notDeepaas = (name: string, why: string): DeepError =>
  refused(
    `What answers at ${name} is not a DEEPaaS server: ${why}.`,
    'Check host, port and base path: its API lies below /v2/models/.'
  );

const refused = (says: string, hint: string, cause?: unknown): DeepError =>
  new DeepError('address-refused', says, {
    hint,
    technical: cause
      ? `${codeOf(cause)} ${(cause as Error).message}`
      : undefined,
    cause
  });
