import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './exchange.ts';
import type { ISwitches } from './switches.ts';

const PORTAL =
  '<!doctype html><html><body>Please sign in to the network</body></html>';
/** Of answers that do not say how long they are. */
const CUT_BYTES = 2000;

const concerns = ({ onlyMethod, onlyPath }: ISwitches, exchange: Exchange) =>
  (!onlyMethod || exchange.method === onlyMethod) &&
  (!onlyPath || exchange.path.includes(onlyPath));

/** What the switches do to a request before anything else. True where it was answered, or never will be. */
export async function makeTrouble(
  switches: ISwitches,
  exchange: Exchange
): Promise<boolean> {
  if (!concerns(switches, exchange)) {
    return false;
  }
  await sleep(switches.delayMs);
  if (switches.silent) {
    exchange.request.resume();
    return true;
  }
  if (switches.half) {
    cutInHalf(exchange.response);
  }
  return refuse(switches, exchange);
}

function refuse(switches: ISwitches, exchange: Exchange): boolean {
  if (switches.refuse > 0) {
    switches.refuse--;
    exchange.request.resume();
    exchange.send(switches.refuseWith, '', { 'retry-after': 1 });
    return true;
  }
  if (switches.redirect) {
    exchange.send(302, '', { location: switches.redirect });
    return true;
  }
  if (switches.html) {
    exchange.send(200, PORTAL, { 'content-type': 'text/html; charset=UTF-8' });
    return true;
  }
  return false;
}

/** The connection breaks when half of the body is out. */
function cutInHalf(response: ServerResponse): void {
  const write = response.write.bind(response);
  let left: number | undefined;
  const send = (piece: unknown) => {
    const bytes = Buffer.from(piece as string | Uint8Array);
    const length = Number(response.getHeader('content-length') ?? 0);
    left ??= length ? length >> 1 : CUT_BYTES;
    const part = bytes.subarray(0, left);
    left -= part.length;
    write(part, () => left === 0 && response.socket?.destroy());
    return left > 0;
  };
  const end = response.end.bind(response);
  Object.assign(response, {
    write: send,
    end: (piece?: unknown) => (piece ? send(piece) : end())
  });
}
