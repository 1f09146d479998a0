import { DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from '../http/problems';
import type { IRemoteFiles } from '../storage/remoteFiles';
import { CloudPlace } from './cloudPlace';
import { ISharedFolder } from './looking';
import { isVersion } from './names';
import type { IPlaceEntry } from './place';
import type { ISharingPlace } from './places';

/** Begins the ids of such places. */
export const LINK_PREFIX = 'link:';

/** Id of the link that a place is. */
export const linkOf = (place: string): string | undefined =>
  place.startsWith(LINK_PREFIX) ? place.slice(LINK_PREFIX.length) : undefined;

/** Far more than anybody shares by one link: whoever sends links may run the server, too. */
const MOST_MODULES = 500;
const MOST_ENTRIES = 10_000;

interface ILinkPlace {
  id: string;
  host: string;
  files: IRemoteFiles;
  hasPassword: boolean;
  /** Such a server says the same of a link that is gone and of a wrong password. */
  isOld: boolean;
}

/** What somebody shares by a link: a module, or a folder with several. */
export function linkSharing(link: ILinkPlace): ISharingPlace {
  const { id, host } = link;
  const files = new CloudPlace(link.files, MOST_ENTRIES);
  const folder = (path: string, etag?: string): ISharedFolder => ({
    place: LINK_PREFIX + id,
    placeTitle: host,
    path,
    etag,
    // A folder may have modules of several people.
    owner: path ? `${id}/${path}@link` : `${id}@link`,
    ownerName: 'whoever made the link'
  });
  return {
    id: LINK_PREFIX + id,
    title: `A link at ${host}`,
    files,
    gone: 'The link leads nowhere any more: it has expired, or was taken back. What you copied stays yours.',
    folders: async signal => {
      const entries = await files
        .list('', signal)
        .catch(error => refusedBy(link, error));
      const folders = entries.filter(({ type }) => type === 'folder');
      if (folders.length > MOST_MODULES) {
        throw new DeepError(
          'share-refused',
          `Behind the link at ${host} there are more than ${MOST_MODULES} folders; none of them is looked into.`,
          { hint: 'Ask its sender for a link to the module alone.' }
        );
      }
      return folders.some(({ name }) => isVersion(name))
        ? [folder('', etagOf(folders))]
        : folders.map(({ name, etag }) => folder(name, etag));
    }
  };
}

/** Of a module whose versions are listed; none where the server says none. */
function etagOf(versions: readonly IPlaceEntry[]): string | undefined {
  const known = versions.map(({ name, etag }) => [name, etag]);
  return versions.every(({ etag }) => etag !== undefined)
    ? JSON.stringify(known)
    : undefined;
}

/** A link that is gone has no folders. @throws DeepError `link-password`, and what else its server says */
function refusedBy(
  { host, hasPassword, isOld }: ILinkPlace,
  error: unknown
): IPlaceEntry[] {
  const said = asDeepError(error);
  if (said.key === 'not-found') {
    return [];
  }
  if (said.key !== 'storage-login') {
    throw said;
  }
  const why = hasPassword
    ? `${host} does not take this password for the link.`
    : `${host} asks for the password of the link.`;
  throw new DeepError(
    'link-password',
    isOld ? `${why} It may also have expired, or been taken back.` : why,
    { hint: 'Open the link with the password that its sender told you.' }
  );
}
