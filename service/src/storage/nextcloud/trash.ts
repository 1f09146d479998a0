import type { TrashEntry } from '@jupyterlab-deep/protocol';
import type { Exchange } from '../dav/exchange';
import { responses } from '../dav/listing';
import { encodePath } from '../dav/paths';

const QUERY =
  '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:nc="http://nextcloud.org/ns"><d:prop><nc:trashbin-filename/><nc:trashbin-original-location/><nc:trashbin-deletion-time/><d:getcontentlength/></d:prop></d:propfind>';

const MAX_SHOWN = 1000;

/** The trash of a user: `trashbin/<user>` (Nextcloud's developer manual, *trashbin*). */
export interface ITrashPlace {
  exchange: Exchange;
  /** `<server>/remote.php/dav/trashbin/<user>` */
  url: string;
}

/** What lies in the trash, the last deleted first. */
export async function listTrash({
  exchange,
  url
}: ITrashPlace): Promise<TrashEntry[]> {
  const found: TrashEntry[] = [];
  const pieces = responses(exchange, {
    method: 'PROPFIND',
    url: `${url}/trash`,
    act: 'show the trash',
    isRepeatable: true,
    headers: { depth: '1', 'content-type': 'application/xml' },
    body: QUERY
  });
  for await (const piece of pieces) {
    for (const { href, properties } of piece) {
      const name = properties['trashbin-filename'];
      if (name) {
        found.push(entryOf(href, name, properties));
      }
    }
  }
  return found
    .sort((a, b) => ((a.deletedAt ?? '') < (b.deletedAt ?? '') ? 1 : -1))
    .slice(0, MAX_SHOWN);
}

function entryOf(
  href: string,
  name: string,
  properties: Record<string, string>
): TrashEntry {
  const deleted = Number(properties['trashbin-deletion-time'] || NaN);
  const size = Number(properties.getcontentlength || NaN);
  const last = href.replace(/\/$/, '').split('/').pop() ?? '';
  return {
    id: decodeURIComponent(last),
    name,
    originalPath: properties['trashbin-original-location'] ?? name,
    ...(Number.isFinite(deleted) && {
      deletedAt: new Date(deleted * 1000).toISOString()
    }),
    ...(Number.isFinite(size) && { sizeBytes: size })
  };
}

/** Put something back where it was. */
export async function restore(
  { exchange, url }: ITrashPlace,
  id: string
): Promise<void> {
  const name = encodePath(id);
  await exchange.run({
    method: 'MOVE',
    url: `${url}/trash/${name}`,
    act: `restore ${id}`,
    headers: { destination: `${url}/restore/${name}` }
  });
}
