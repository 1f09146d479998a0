import type { Exchange } from './exchange.ts';
import type { IParts } from './parts.ts';
import type { ILoggedRequest } from './server.ts';

/** How tests in other processes reach what those in this one hold: /stand-in/switches, /stand-in/requests, … */
export async function controlled(
  parts: IParts,
  exchange: Exchange,
  requests: ILoggedRequest[]
): Promise<boolean> {
  const table: Record<string, () => unknown> = {
    'GET /stand-in/switches': () => parts.switches,
    'POST /stand-in/switches': async () =>
      Object.assign(parts.switches, JSON.parse(await exchange.text())),
    'GET /stand-in/requests': () => requests,
    'DELETE /stand-in/requests': () => requests.splice(0),
    'POST /stand-in/grant': async () =>
      parts.users.grantLast(JSON.parse(await exchange.text()).user),
    'POST /stand-in/expire': async () =>
      parts.users.expire(JSON.parse(await exchange.text()).user),
    'POST /stand-in/forgive': () => parts.throttle.forgive()
  };
  const work = table[`${exchange.method} ${exchange.path}`];
  if (!work) {
    return false;
  }
  exchange.sendJson(200, (await work()) ?? null);
  return true;
}
