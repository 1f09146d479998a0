import type { IDavRequest } from './context.ts';
import { hrefOf, responseXml, sendHostile } from './multistatus.ts';
import { describe } from './properties.ts';
import { find } from '../view.ts';

const HUGE_BYTES = 50_000_000;
const BOMB = `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">${[...'bcdefghij']
  .map((name, i) => {
    const inner = `&${'abcdefghij'[i]};`;
    return `<!ENTITY ${name} "${inner.repeat(10)}">`;
  })
  .join('')}<!ENTITY file SYSTEM "file:///etc/passwd">]>\n`;

/** Listings that no honest server sends; the folder itself comes first, as it should. */
export function sendHostileListing(
  asked: IDavRequest,
  names: string[] | undefined
): void {
  const { parts, exchange } = asked;
  const seen = find(parts, asked.root, asked.segments);
  const propstats = describe(names, parts)(seen);
  const href = hrefOf(asked.prefix, seen);
  const prefix = href.slice(0, -1);
  const here = responseXml(href, propstats);
  const at = (href: string) => here + responseXml(href, propstats);
  const inside = {
    parent: () =>
      at(`${prefix}/../../../../etc/passwd`) + at(`${prefix}/%2e%2e/x`),
    absolute: () => at('http://127.0.0.1:1/remote.php/dav/files/ada/x'),
    foreign: () => at('/remote.php/dav/files/somebody-else/x'),
    entities: () => at(`${prefix}/&j;`) + at(`${prefix}/&file;`),
    huge: () => {
      const one = responseXml(`${prefix}/x.jpg`, propstats);
      return here + one.repeat(Math.ceil(HUGE_BYTES / one.length));
    }
  }[parts.switches.listing!]();
  sendHostile(
    exchange,
    parts.switches.listing === 'entities' ? BOMB : '',
    inside
  );
}
