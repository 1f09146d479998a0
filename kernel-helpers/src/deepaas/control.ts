import type { AxiosInstance } from 'axios';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { IEndpoint } from './endpoint';
import { answeredFailure, IAttempt, transportFailure } from './failures';

const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

let shared: Promise<AxiosInstance> | undefined;

/** The one axios instance for control calls. Modules refuse its default `Accept`, which lists several types. */
function controlClient(): Promise<AxiosInstance> {
  shared ??= import('axios').then(({ default: axios }) =>
    axios.create({
      headers: { Accept: 'application/json' },
      maxContentLength: MAX_DOCUMENT_BYTES,
      maxRedirects: 0,
      responseType: 'arraybuffer',
      validateStatus: () => true
    })
  );
  return shared;
}

/** GET one JSON document of a module. */
export async function getJson(
  endpoint: IEndpoint,
  path: string,
  token: string | undefined,
  attempt: IAttempt
): Promise<unknown> {
  const { status, body } = await get(endpoint, path, token, attempt);
  if (status !== 200) {
    throw answeredFailure(status, body, attempt);
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new DeepError(
      'module-unreachable',
      `What answers at ${endpoint.name} is not a DEEPaaS module: ${path} is not JSON.`,
      {
        hint: 'Check the address.',
        technical: body.subarray(0, 500).toString('utf8'),
        cause
      }
    );
  }
}

async function get(
  endpoint: IEndpoint,
  path: string,
  token: string | undefined,
  attempt: IAttempt
): Promise<{ status: number; body: Buffer }> {
  const client = await controlClient();
  const timeout = AbortSignal.timeout(attempt.timeoutMs);
  try {
    const { status, data } = await client.get<Buffer>(endpoint.origin + path, {
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      ...(endpoint.socketPath ? { socketPath: endpoint.socketPath } : {}),
      ...(endpoint.isLocal ? { proxy: false } : {}),
      signal: attempt.signal
        ? AbortSignal.any([attempt.signal, timeout])
        : timeout
    });
    return { status, body: data };
  } catch (error) {
    throw transportFailure(timeout.aborted ? timeout.reason : error, attempt);
  }
}
