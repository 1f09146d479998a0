import { ISettings } from '../admin/config';
import { AddressGuard } from '../catalogue/remote/addressGuard';
import { Agents } from '../catalogue/remote/agents';
import { failureOf, RemoteFailure } from '../catalogue/remote/failure';

type Network = ISettings['network'];

export interface IGuardedFetchOptions {
  /** What a person or the administrator named; what it names itself may only be public, by https. */
  own: string;
  allowPrivate: boolean;
  network: Network;
  /** The clock of the other side, less that of this machine. */
  onClock?(aheadMs: number): void;
}

/** Each request on a connection of its own. */
const SENT_AHEAD = 1;
/** Discovery documents have tens of kilobytes, sets of keys as well. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** `fetch` to checked addresses: no redirects, answers of limited size, failures in words. */
export function guardedFetch(options: IGuardedFetchOptions): typeof fetch {
  const { network, own, allowPrivate } = options;
  const agents = Agents.of(network, SENT_AHEAD);
  const guard = new AddressGuard({
    ownAddresses: [own],
    allowPrivate,
    privateHosts: network.privateHosts,
    hasProxy: agents.hasProxy
  });
  return async (address, init = {}) => {
    const url = new URL(String(address));
    const { signal } = init;
    try {
      const mayBePrivate = await guard.check(url);
      const dispatcher = await agents.of(url, mayBePrivate);
      const { fetch: fetchBy } = await import('undici');
      const response = await fetchBy(url, {
        method: init.method,
        headers: Object.fromEntries(new Headers(init.headers)),
        body: bodyOf(init.body),
        redirect: 'manual',
        signal,
        dispatcher
      });
      options.onClock?.(aheadOf(response.headers.get('date')));
      const bytes = await readLimited(response.body, url);
      const { status } = response;
      return new Response(isBare(status) ? null : bytes, {
        status,
        headers: [...response.headers]
      });
    } catch (error) {
      signal?.throwIfAborted();
      // `fetch` says only that it failed; why stands in the cause.
      throw failureOf((error as Error).cause ?? error, url);
    }
  };
}

/** openid-client sends forms. */
const bodyOf = (body: unknown): string | undefined =>
  body === undefined || body === null ? undefined : String(body);

const isBare = (status: number): boolean => [204, 205, 304].includes(status);

function aheadOf(date: string | null): number {
  const there = Date.parse(date ?? '');
  return Number.isNaN(there) ? 0 : there - Date.now();
}

async function readLimited(
  body: AsyncIterable<Uint8Array> | null,
  url: URL
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      throw new RemoteFailure(`The answer of ${url.host} is too large.`);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
