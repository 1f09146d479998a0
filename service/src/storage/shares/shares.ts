import {
  DeepError,
  StoragePerson,
  StorageShare,
  StorageShareChange,
  StorageShareRequest
} from '@jupyterlab-deep/protocol';
import type { Exchange } from '../dav/exchange';
import { askOcs } from '../nextcloud/ocs';

/** Numbers of OCS (Nextcloud's developer manual, *OCS share API*). */
const PERSON = 0;
const GROUP = 1;
const LINK = 3;
const READ = 1;
const UPDATE = 2;
const CREATE = 4;
const DELETE = 8;
const BASE = '/apps/files_sharing/api/v1';
const FOUND = 20;

/** As OCS tells it. Passwords' hashes stand in `password` and, for links, in `share_with`: neither is read. */
interface IShareAnswer {
  id: string | number;
  share_type: number;
  path?: string;
  share_with?: string | null;
  share_with_displayname?: string | null;
  permissions: number;
  url?: string;
  password?: string | null;
  expiration?: string | null;
  note?: string;
  label?: string;
  displayname_owner?: string;
  item_type?: string;
}

/** Shares of one account by OCS. */
export class Shares {
  constructor(
    private readonly _exchange: Exchange,
    private readonly _server: string
  ) {}

  /** Whom a file or folder is shared with. */
  async of(path: string): Promise<StorageShare[]> {
    const query = new URLSearchParams({
      path: `/${path}`,
      reshares: 'true',
      format: 'json'
    });
    const found = await this._ask<IShareAnswer[]>({
      path: `${BASE}/shares?${query}`,
      act: 'say whom it is shared with'
    });
    return found.map(shareOf);
  }

  /** @throws DeepError `invalid-request`, and what the server has against it. */
  async share(
    request: StorageShareRequest,
    isFolder: boolean
  ): Promise<StorageShare> {
    const { canEdit = false, kind, password, path } = request;
    if (kind !== 'link' && !request.with) {
      throw new DeepError('invalid-request', 'Say whom it is shared with.');
    }
    const made = await this._ask<IShareAnswer>({
      method: 'POST',
      path: `${BASE}/shares?format=json`,
      act: 'share it',
      form: {
        path: `/${path}`,
        shareType: String({ person: PERSON, group: GROUP, link: LINK }[kind]),
        shareWith: request.with,
        permissions: String(permissionsFor(canEdit, isFolder)),
        password: password || undefined,
        expireDate: request.expiresAt || undefined,
        note: request.note || undefined,
        label: kind === 'link' ? request.label || undefined : undefined
      }
    });
    return shareOf(made);
  }

  async change(
    id: string,
    change: StorageShareChange,
    isFolder: boolean
  ): Promise<StorageShare> {
    const { canEdit, expiresAt, note, password } = change;
    const changed = await this._ask<IShareAnswer>({
      method: 'PUT',
      path: `${BASE}/shares/${encodeURIComponent(id)}?format=json`,
      act: 'change the share',
      form: {
        permissions:
          canEdit === undefined
            ? undefined
            : String(permissionsFor(canEdit, isFolder)),
        password,
        expireDate: expiresAt,
        note
      }
    });
    return shareOf(Array.isArray(changed) ? changed[0] : changed);
  }

  async get(id: string): Promise<{ share: StorageShare; isFolder: boolean }> {
    const found = await this._ask<IShareAnswer | IShareAnswer[]>({
      path: `${BASE}/shares/${encodeURIComponent(id)}?format=json`,
      act: 'show the share'
    });
    const answer = Array.isArray(found) ? found[0] : found;
    return { share: shareOf(answer), isFolder: answer.item_type === 'folder' };
  }

  async remove(id: string): Promise<void> {
    await this._ask({
      method: 'DELETE',
      path: `${BASE}/shares/${encodeURIComponent(id)}?format=json`,
      act: 'end the share'
    });
  }

  /** Paths of what others share with this account. */
  async received(): Promise<string[]> {
    const found = await this._ask<{ file_target?: string; path?: string }[]>({
      path: `${BASE}/shares?shared_with_me=true&format=json`,
      act: 'say what is shared with you'
    });
    return [
      ...new Set(
        found.flatMap(({ file_target: target }) =>
          target ? [target.replace(/^\/+/, '')] : []
        )
      )
    ];
  }

  /** People and groups whose names have a text. */
  async people(search: string): Promise<StoragePerson[]> {
    const query = new URLSearchParams({
      search,
      itemType: 'file',
      lookup: 'false',
      perPage: String(FOUND),
      format: 'json'
    });
    const found = await this._ask<IShareesAnswer>({
      path: `${BASE}/sharees?${query}`,
      act: 'search for people'
    });
    const { exact } = found;
    return [
      ...asPeople(exact?.users, 'person'),
      ...asPeople(found.users, 'person'),
      ...asPeople(exact?.groups, 'group'),
      ...asPeople(found.groups, 'group')
    ];
  }

  private _ask<T>(ask: Parameters<typeof askOcs>[2]): Promise<T> {
    return askOcs<T>(this._exchange, this._server, ask);
  }
}

interface IShareeAnswer {
  label: string;
  value: { shareWith: string };
}

interface IShareesAnswer {
  users?: IShareeAnswer[];
  groups?: IShareeAnswer[];
  exact?: { users?: IShareeAnswer[]; groups?: IShareeAnswer[] };
}

const asPeople = (
  found: IShareeAnswer[] | undefined,
  kind: StoragePerson['kind']
): StoragePerson[] =>
  (found ?? []).map(({ label, value }) => ({
    id: value.shareWith,
    name: label,
    kind
  }));

const permissionsFor = (canEdit: boolean, isFolder: boolean): number =>
  canEdit ? READ | UPDATE | (isFolder ? CREATE | DELETE : 0) : READ;

function shareOf(answer: IShareAnswer): StorageShare {
  const { share_type: type } = answer;
  const isLink = type === LINK;
  const name = isLink ? answer.label : answer.share_with_displayname;
  return {
    id: String(answer.id),
    path: (answer.path ?? '').replace(/^\/+/, ''),
    kind: isLink
      ? 'link'
      : type === PERSON
        ? 'person'
        : type === GROUP
          ? 'group'
          : 'other',
    ...(!isLink && answer.share_with && { with: answer.share_with }),
    name: name || (isLink ? 'Link' : (answer.share_with ?? '')),
    ...(isLink && answer.url && { url: answer.url }),
    canEdit: (answer.permissions & UPDATE) !== 0,
    hasPassword: isLink && Boolean(answer.password),
    ...(answer.expiration && { expiresAt: answer.expiration.slice(0, 10) }),
    ...(answer.note && { note: answer.note }),
    ...(answer.displayname_owner && { owner: answer.displayname_owner })
  };
}
