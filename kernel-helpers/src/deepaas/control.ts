import type { AxiosInstance } from 'axios';
import { DeepError } from '@jupyterlab-deep/protocol';
import { IAttempt, transportFailure } from './failures';
import { answeredFailure, IAnswer } from './refusals';
import { parseJson } from './json';
import { Limit } from './limit';
import { controlOptions, IWire } from './network';
import { MAX_REDIRECTS, redirectedPath } from './redirect';

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
  wire: IWire,
  path: string,
  attempt: IAttempt
): Promise<unknown> {
  const answer = await askControl(wire, 'GET', path, attempt);
  if (answer.status !== 200) {
    throw answeredFailure(answer, attempt);
  }
  const text = answer.body.toString('utf8');
  try {
    return parseJson(text);
  } catch (cause) {
    const what = /^\s*</.test(text) ? 'a web page' : 'not JSON';
    throw new DeepError(
      'module-unreachable',
      `What answers at ${wire.endpoint.name} is not a DEEPaaS module: ${path} is ${what}.`,
      { hint: 'Check the address.', technical: text.slice(0, 500), cause }
    );
  }
}

/**
 * Ask for something small, without a body.
 *
 * @throws DeepError `module-unreachable`, `timeout`, `cancelled`; answers of any status are returned.
 */
export async function askControl(
  wire: IWire,
  method: 'GET' | 'DELETE',
  path: string,
  attempt: IAttempt
): Promise<IAnswer> {
  const limit = new Limit(attempt);
  try {
    let answer = await ask(wire, method, path, limit.signal);
    let to = redirectedPath(answer, wire, method, path);
    for (let steps = 0; to !== undefined && steps < MAX_REDIRECTS; steps++) {
      answer = await ask(wire, method, to, limit.signal);
      to = redirectedPath(answer, wire, method, to);
    }
    return answer;
  } catch (error) {
    throw transportFailure(limit.reason(error), attempt);
  } finally {
    limit.end();
  }
}

async function ask(
  wire: IWire,
  method: string,
  path: string,
  signal: AbortSignal
): Promise<IAnswer> {
  const client = await controlClient();
  const { status, headers, data } = await client.request<Buffer>({
    ...controlOptions(wire),
    url: wire.endpoint.origin + path,
    method,
    signal
  });
  return { status, headers: { ...headers }, body: data };
}
