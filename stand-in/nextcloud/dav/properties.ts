import type { IParts } from '../parts.ts';
import { LINK } from '../shares.ts';
import { escapeXml } from '../xml.ts';
import type { ISeen } from '../view.ts';
import { lettersOf } from '../view.ts';
import { ocId } from './context.ts';

const DAV = 'DAV:';
const OC = 'http://owncloud.org/ns';
const NC = 'http://nextcloud.org/ns';
const OCS = 'http://open-collaboration-services.org/ns';

export const PREFIXES: Record<string, string> = {
  [DAV]: 'd',
  'http://sabredav.org/ns': 's',
  [OC]: 'oc',
  [NC]: 'nc',
  [OCS]: 'ocs'
};

type Property = (seen: ISeen, parts: IParts) => string | number | undefined;

const ofFile =
  (property: Property): Property =>
  (seen, parts) =>
    seen.node.isFolder ? undefined : property(seen, parts);

const ofFolder =
  (property: Property): Property =>
  (seen, parts) =>
    seen.node.isFolder ? property(seen, parts) : undefined;

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

/** `quota-available-bytes`: -3 is without limit. */
export function availableBytes(parts: IParts, uid: string): number {
  const quota = parts.users.get(uid)?.quotaBytes;
  const used = parts.tree.root('files', uid).sizeBytes;
  return quota === undefined ? -3 : Math.max(0, quota - used);
}

const countBelow = (isFolder: boolean) =>
  ofFolder(
    ({ node }, { tree }) =>
      tree.children(node.id).filter(each => each.isFolder === isFolder).length
  );

const owner: Property = ({ node }) => escapeXml(node.owner);

const PROPERTIES: Record<string, Property> = {
  [`{${DAV}}getlastmodified`]: ({ node }) =>
    new Date(node.modifiedS * 1000).toUTCString(),
  [`{${DAV}}getetag`]: ({ node }) => escapeXml(node.etag),
  [`{${DAV}}getcontenttype`]: ofFile(({ node }) => node.contentType),
  [`{${DAV}}getcontentlength`]: ofFile(({ node }) => node.sizeBytes),
  [`{${DAV}}resourcetype`]: ({ node }) =>
    node.isFolder ? '<d:collection/>' : '',
  [`{${DAV}}displayname`]: ({ segments }) => escapeXml(segments.at(-1) ?? ''),
  [`{${DAV}}creationdate`]: ({ node }) => iso(node.createdS),
  [`{${DAV}}quota-used-bytes`]: ofFolder(({ node }) => node.sizeBytes),
  [`{${DAV}}quota-available-bytes`]: ofFolder(
    ({ node }, parts) =>
      parts.switches.quotaAvailable ?? availableBytes(parts, node.owner)
  ),
  [`{${OC}}id`]: ({ node }) => ocId(node.id),
  [`{${OC}}fileid`]: ({ node }) => node.id,
  [`{${OC}}size`]: ({ node }) => node.sizeBytes,
  [`{${OC}}permissions`]: seen => lettersOf(seen),
  [`{${OC}}favorite`]: ({ node }) => (node.isFavourite ? 1 : 0),
  [`{${OC}}checksums`]: ({ node }) =>
    node.checksum && `<oc:checksum>${escapeXml(node.checksum)}</oc:checksum>`,
  [`{${OC}}share-types`]: ({ node }, { shares }) =>
    [...new Set(shares.of(node).map(each => each.type))]
      .map(type => `<oc:share-type>${type}</oc:share-type>`)
      .join(''),
  [`{${OC}}owner-id`]: owner,
  [`{${OC}}owner-display-name`]: ({ node }, { users }) =>
    escapeXml(users.get(node.owner)?.displayName ?? ''),
  [`{${OC}}comments-unread`]: () => 0,
  [`{${NC}}has-preview`]: ({ node }) =>
    String(node.contentType?.startsWith('image/') ?? false),
  [`{${NC}}mount-type`]: ({ share }) => (share ? 'shared' : ''),
  [`{${NC}}creation_time`]: ({ node }) => node.createdS,
  [`{${NC}}upload_time`]: ({ node }) => node.uploadedS,
  [`{${NC}}contained-file-count`]: countBelow(false),
  [`{${NC}}contained-folder-count`]: countBelow(true),
  [`{${NC}}sharees`]: ({ node }, { shares }) =>
    shares
      .of(node)
      .filter(each => each.type !== LINK)
      .map(
        each =>
          `<nc:sharee><nc:id>${escapeXml(each.with ?? '')}</nc:id><nc:type>${each.type}</nc:type></nc:sharee>`
      )
      .join(''),
  [`{${NC}}hidden`]: () => 'false',
  [`{${NC}}trashbin-filename`]: ({ node }) =>
    node.trash && escapeXml(node.name.replace(/\.d\d+$/, '')),
  [`{${NC}}trashbin-original-location`]: ({ node }) =>
    node.trash && escapeXml(node.trash.originalLocation),
  [`{${NC}}trashbin-deletion-time`]: ({ node }) => node.trash?.deletedS,
  [`{${OCS}}share-permissions`]: ({ permissions }) => permissions
};

/** What `allprop` and an empty body give. */
const USUAL = [
  'getlastmodified',
  'getcontentlength',
  'resourcetype',
  'quota-used-bytes',
  'quota-available-bytes',
  'getetag',
  'getcontenttype'
].map(local => `{${DAV}}${local}`);

const tagOf = (name: string) => {
  const [, namespace = '', local] = /^\{(.*)\}(.+)$/.exec(name) ?? [];
  const prefix = PREFIXES[namespace];
  return prefix
    ? { open: `${prefix}:${local}`, close: `${prefix}:${local}` }
    : {
        open: `x1:${local} xmlns:x1="${escapeXml(namespace)}"`,
        close: `x1:${local}`
      };
};

const propstat = (props: string, status: string) =>
  props &&
  `<d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 ${status}</d:status></d:propstat>`;

/** The `propstat`s of a node: what there is, and a second one for what is missing. */
export function describe(names: string[] | undefined, parts: IParts) {
  const wanted = (names ?? USUAL).map(name => ({
    property: PROPERTIES[name],
    tag: tagOf(name)
  }));
  return (seen: ISeen) => {
    let found = '';
    let missing = '';
    for (const { property, tag } of wanted) {
      const value = property?.(seen, parts);
      if (value === undefined) {
        missing += `<${tag.open}/>`;
      } else {
        found += `<${tag.open}>${value}</${tag.close}>`;
      }
    }
    return (
      propstat(found, '200 OK') +
      propstat(names ? missing : '', '404 Not Found')
    );
  };
}
