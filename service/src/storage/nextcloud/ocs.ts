import { DeepError } from '@jupyterlab-deep/protocol';
import type { Exchange } from '../dav/exchange';

export interface IOcsAsk {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/ocs/v2.php`, with its query. */
  path: string;
  /** Sent as a form. */
  form?: Record<string, string | undefined>;
  act: string;
  signal?: AbortSignal;
}

/** Its routes answer with HTTP statuses of their own, and with the reason in `ocs.meta.message`. */
const TAKEN = [400, 403, 404, 405, 412, 997, 998];

/**
 * Ask OCS (Nextcloud's developer manual, *OCS API*): version 2, whose statuses are those of HTTP.
 *
 * @param server Base URL.
 * @returns `ocs.data`
 * @throws DeepError as the exchange does; `not-found` and `storage-refused` with the server's reason.
 */
export async function askOcs<T>(
  exchange: Exchange,
  server: string,
  { method = 'GET', path, form, act, signal }: IOcsAsk
): Promise<T> {
  const reply = await exchange.send({
    method,
    url: `${server}/ocs/v2.php${path}`,
    act,
    signal,
    isRepeatable: method === 'GET',
    taken: TAKEN,
    headers: {
      'ocs-apirequest': 'true',
      accept: 'application/json',
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' })
    },
    body: form && encoded(form)
  });
  const { status, message, data } = parse(
    await reply.body.text(),
    exchange.host
  );
  if (reply.statusCode >= 200 && reply.statusCode < 300 && status === 'ok') {
    return data as T;
  }
  throw new DeepError(
    reply.statusCode === 404 ? 'not-found' : 'storage-refused',
    `${exchange.host} did not ${act}: ${message || `it answered ${reply.statusCode}`}.`
  );
}

function encoded(form: Record<string, string | undefined>): string {
  const given = Object.entries(form).filter(
    (each): each is [string, string] => each[1] !== undefined
  );
  return new URLSearchParams(given).toString();
}

function parse(
  text: string,
  host: string
): { status: string; message: string; data: unknown } {
  try {
    const { meta, data } = JSON.parse(text).ocs;
    return { status: meta.status, message: meta.message ?? '', data };
  } catch {
    throw new DeepError(
      'storage-refused',
      `${host} did not answer as a Nextcloud does.`,
      { technical: text.slice(0, 200) }
    );
  }
}
