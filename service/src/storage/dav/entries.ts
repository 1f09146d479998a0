import type { StorageEntry, StorageQuota } from '@jupyterlab-deep/protocol';
import type { IDavResponse } from './multistatus';
import { nameOf } from './paths';

/** What is asked of files and folders: by every server, and by Nextcloud alone. */
const PLAIN = [
  'getlastmodified',
  'getetag',
  'getcontenttype',
  'getcontentlength',
  'resourcetype'
];
const OWN = ['size', 'fileid', 'permissions', 'owner-display-name'];

/** The body of a PROPFIND for entries (RFC 4918, 9.1). */
export const entryQuery = (isNextcloud: boolean): string =>
  `<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop>${[
    ...PLAIN.map(name => `<d:${name}/>`),
    ...(isNextcloud ? OWN.map(name => `<oc:${name}/>`) : [])
  ].join('')}</d:prop></d:propfind>`;

/** The body of a PROPFIND for the quota (RFC 4331). */
export const QUOTA_QUERY =
  '<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:quota-available-bytes/><d:quota-used-bytes/></d:prop></d:propfind>';

/** A file or folder as we speak of it. Letters of permissions: Nextcloud's manual, *basic WebDAV*. */
export function entryOf(
  path: string,
  { properties }: IDavResponse
): StorageEntry {
  const isFolder = /\bcollection\b/.test(properties.resourcetype ?? '');
  const size = Number(
    isFolder ? properties.size : (properties.getcontentlength ?? NaN)
  );
  const modifiedAt = asTime(properties.getlastmodified);
  const { permissions } = properties;
  const entry: StorageEntry = {
    path,
    name: nameOf(path),
    type: isFolder ? 'folder' : 'file',
    isReadOnly:
      permissions !== undefined && !/[WCK]/.test(letters(isFolder, permissions))
  };
  if (Number.isSafeInteger(size) && size >= 0) {
    entry.sizeBytes = size;
  }
  if (modifiedAt) {
    entry.modifiedAt = modifiedAt;
  }
  if (properties.getetag) {
    entry.etag = quoted(properties.getetag);
  }
  if (properties.getcontenttype && !isFolder) {
    entry.contentType = properties.getcontenttype.split(';')[0];
  }
  if (properties.fileid) {
    entry.fileId = properties.fileid;
  }
  if (permissions !== undefined) {
    entry.permissions = permissions;
    entry.isShared = permissions.includes('S');
  }
  if (entry.isShared && properties['owner-display-name']) {
    entry.ownerName = properties['owner-display-name'];
  }
  return entry;
}

/** An entity tag as headers have it (RFC 9110, 8.8.3): some servers leave its quotes out in properties, and Nextcloud in bulk uploads. */
export const quoted = (etag: string): string =>
  /^(W\/)?"/.test(etag) ? etag : `"${etag}"`;

const HTTP_DATE =
  /^\w{3}, ([0-3]\d) (\w{3}) (\d{4}) ([0-2]\d:[0-5]\d:[0-6]\d) GMT$/;
const MONTHS = new Map(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'
    .split(' ')
    .map((name, index) => [name, String(index + 1).padStart(2, '0')])
);

/** As ISO 8601. Servers write the fixed form of RFC 9110 (5.6.7), which takes a tenth of the time of the parser for all others. */
function asTime(said = ''): string | undefined {
  const [, day, name, year, time] = HTTP_DATE.exec(said) ?? [];
  const month = MONTHS.get(name);
  if (month) {
    return `${year}-${month}-${day}T${time}.000Z`;
  }
  const ms = Date.parse(said);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** W writes a file; C and K create in a folder. */
const letters = (isFolder: boolean, permissions: string): string =>
  permissions.replace(isFolder ? /[^CK]/g : /[^W]/g, '');

/** Nextcloud writes -3 for “without limit”, -2 for “not known”, -1 for “not computed yet”. */
export function quotaOf({
  properties
}: IDavResponse): StorageQuota | undefined {
  const used = Number(properties['quota-used-bytes'] || NaN);
  const available = Number(properties['quota-available-bytes'] || NaN);
  if (!Number.isSafeInteger(used) || used < 0) {
    return undefined;
  }
  return Number.isSafeInteger(available) && available >= 0
    ? { usedBytes: used, totalBytes: used + available }
    : { usedBytes: used };
}
