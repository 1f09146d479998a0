import type { StorageEntry } from '@jupyterlab-deep/protocol';
import { entryOf } from '../dav/entries';
import type { Exchange } from '../dav/exchange';
import { responses } from '../dav/listing';
import { pathOfHref } from '../dav/paths';

const LIMIT = 100;

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, sign => `&#${sign.codePointAt(0)};`);

/** Files whose names have a text (RFC 5323; Nextcloud's developer manual, *search*). */
export async function searchFiles(
  exchange: Exchange,
  server: string,
  user: string,
  text: string,
  limit = LIMIT,
  signal?: AbortSignal
): Promise<StorageEntry[]> {
  const pattern = escape(`%${text.replace(/[%_\\]/g, '\\$&')}%`);
  const body = `<?xml version="1.0"?><d:searchrequest xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:basicsearch><d:select><d:prop><oc:fileid/><oc:permissions/><oc:size/><d:getcontenttype/><d:getetag/><d:getcontentlength/><d:getlastmodified/><d:resourcetype/></d:prop></d:select><d:from><d:scope><d:href>/files/${escape(user)}</d:href><d:depth>infinity</d:depth></d:scope></d:from><d:where><d:like><d:prop><d:displayname/></d:prop><d:literal>${pattern}</d:literal></d:like></d:where><d:orderby/><d:limit><d:nresults>${limit}</d:nresults></d:limit></d:basicsearch></d:searchrequest>`;
  const dav = `${server}/remote.php/dav`;
  const root = `${decodeURIComponent(new URL(dav).pathname)}/files/${user}/`;
  const found: StorageEntry[] = [];
  const pieces = responses(exchange, {
    method: 'SEARCH',
    url: `${dav}/`,
    act: `search for ${text}`,
    isRepeatable: true,
    signal,
    headers: { 'content-type': 'text/xml' },
    body
  });
  for await (const piece of pieces) {
    for (const response of piece) {
      const path = pathOfHref(response.href, root, exchange.origin);
      if (path) {
        found.push(entryOf(path, response));
      }
    }
  }
  return found;
}
