import { Type } from '@sinclair/typebox';
import {
  DeepError,
  StorageEntry,
  StorageListing
} from '@jupyterlab-deep/protocol';
import { DeepApp, StorageEntryRef } from '../../http/types';
import { StorageAccounts } from '../accounts/storageAccounts';
import { encodePath, parentOf } from '../dav/paths';
import { searchFiles } from '../nextcloud/search';
import { sendContent, sendZip } from './content';
import { FolderPages } from './folderPages';
import { Account, Content, Page, Path, problems, tags } from './schemas';

const DEFAULT_LIMIT = 1000;

/** Routes of what lies there: folders page by page, bytes, ZIPs, search. */
export function readingRoutes(app: DeepApp, accounts: StorageAccounts): void {
  const pages = new FolderPages();
  app.get(
    '/storage/files/:account',
    {
      schema: {
        tags,
        summary: 'A page of a folder: folders first, by name',
        params: Account,
        querystring: Page,
        response: {
          200: Type.Unsafe<StorageListing>(StorageListing),
          ...problems
        }
      }
    },
    ({ params, query }) =>
      pages.page(
        accounts.files(params.account),
        query.path ?? '',
        query.offset ?? 0,
        query.limit ?? DEFAULT_LIMIT
      )
  );
  app.get(
    '/storage/files/:account/entry',
    {
      schema: {
        tags,
        params: Account,
        querystring: Path,
        response: { 200: StorageEntryRef, ...problems }
      }
    },
    ({ params, query }) => accounts.files(params.account).stat(query.path ?? '')
  );
  app.get(
    '/storage/files/:account/content',
    {
      schema: {
        tags,
        summary: 'The bytes of a file, or one range of them',
        params: Account,
        querystring: Content
      }
    },
    ({ params, query, headers }, reply) =>
      sendContent(
        accounts.files(params.account),
        { ...query, wantedRange: headers.range },
        reply
      )
  );
  app.get(
    '/storage/files/:account/zip',
    {
      schema: {
        tags,
        summary: 'A folder as ZIP',
        params: Account,
        querystring: Path
      }
    },
    ({ params, query }, reply) =>
      sendZip(accounts, params.account, query.path ?? '', reply)
  );
  app.get(
    '/storage/files/:account/link',
    {
      schema: {
        tags,
        summary: 'Where it is in the web page of the cloud',
        params: Account,
        querystring: Path,
        response: { 200: Type.Object({ url: Type.String() }), ...problems }
      }
    },
    async ({ params, query }) => ({
      url: await pageOf(accounts, params.account, query.path ?? '')
    })
  );
  app.get(
    '/storage/search/:account',
    {
      schema: {
        tags,
        params: Account,
        querystring: Type.Object({ text: Type.String({ minLength: 1 }) }),
        response: {
          200: Type.Object({ entries: Type.Array(StorageEntryRef) }),
          ...problems
        }
      }
    },
    async ({ params, query }) => ({
      entries: await search(accounts, params.account, query.text)
    })
  );
}

async function pageOf(
  accounts: StorageAccounts,
  account: string,
  wanted: string
): Promise<string> {
  const { kind, server } = accounts.get(account);
  const { fileId, type } = await accounts.files(account).stat(wanted);
  if (kind === 'nextcloud' && fileId) {
    return `${server}/f/${fileId}`;
  }
  return `${server}/${encodePath(type === 'folder' ? wanted : parentOf(wanted))}`;
}

async function search(
  accounts: StorageAccounts,
  account: string,
  text: string
): Promise<StorageEntry[]> {
  const { kind, server, user } = accounts.get(account);
  if (kind !== 'nextcloud') {
    throw new DeepError(
      'storage-refused',
      `${accounts.hostOf(account)} cannot search.`
    );
  }
  return searchFiles(accounts.exchange(account), server, user, text);
}
