import { Type } from '@sinclair/typebox';
import {
  DeepError,
  StorageEntry,
  StoragePerson,
  StorageShare,
  StorageShareChange,
  StorageShareRequest
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, StorageEntryRef } from '../../http/types';
import { StorageAccounts } from '../accounts/storageAccounts';
import { Shares } from './shares';

const Account = Type.Object({ account: Type.String() });
const One = Type.Object({ account: Type.String(), share: Type.String() });
const Path = Type.Object({ path: Type.String({ maxLength: 4000 }) });
const tags = ['storage'];
const problems = { 404: ProblemRef, 424: ProblemRef, 502: ProblemRef };

/** Routes of sharing with people, groups and by links. */
export function shareRoutes(app: DeepApp, accounts: StorageAccounts): void {
  const sharesOf = (account: string): Shares => {
    const { can, server } = accounts.get(account);
    if (!can.shares) {
      throw new DeepError(
        'storage-refused',
        `Nothing can be shared at ${accounts.hostOf(account)} from here.`
      );
    }
    return new Shares(accounts.exchange(account), server);
  };
  app.get(
    '/storage/shares/:account',
    {
      schema: {
        tags,
        summary: 'Whom a file or folder is shared with',
        params: Account,
        querystring: Path,
        response: {
          200: Type.Object({ shares: Type.Array(StorageShare) }),
          ...problems
        }
      }
    },
    async ({ params, query }) => ({
      shares: await sharesOf(params.account).of(query.path)
    })
  );
  app.post(
    '/storage/shares/:account',
    {
      schema: {
        tags,
        params: Account,
        body: StorageShareRequest,
        response: { 201: StorageShare, ...problems }
      }
    },
    async ({ params, body }, reply) => {
      const { type } = await accounts.files(params.account).stat(body.path);
      const made = await sharesOf(params.account).share(
        body,
        type === 'folder'
      );
      return reply.code(201).send(made);
    }
  );
  app.put(
    '/storage/shares/:account/:share',
    {
      schema: {
        tags,
        params: One,
        body: StorageShareChange,
        response: { 200: StorageShare, ...problems }
      }
    },
    async ({ params, body }) => {
      const shares = sharesOf(params.account);
      const { isFolder } = await shares.get(params.share);
      return shares.change(params.share, body, isFolder);
    }
  );
  app.delete(
    '/storage/shares/:account/:share',
    {
      schema: {
        tags,
        params: One,
        response: { 204: Type.Null(), ...problems }
      }
    },
    async ({ params }, reply) => {
      await sharesOf(params.account).remove(params.share);
      return reply.code(204).send(null);
    }
  );
  app.get(
    '/storage/shares/:account/received',
    {
      schema: {
        tags,
        summary: 'What others share with this account',
        params: Account,
        response: {
          200: Type.Object({ entries: Type.Array(StorageEntryRef) }),
          ...problems
        }
      }
    },
    async ({ params }) => {
      const paths = await sharesOf(params.account).received();
      const files = accounts.files(params.account);
      const found = await Promise.all(
        paths.map(path => files.stat(path).catch(unlessGone))
      );
      return { entries: found.filter(each => each !== undefined) };
    }
  );
  app.get(
    '/storage/people/:account',
    {
      schema: {
        tags,
        params: Account,
        querystring: Type.Object({ search: Type.String({ maxLength: 200 }) }),
        response: {
          200: Type.Object({ people: Type.Array(StoragePerson) }),
          ...problems
        }
      }
    },
    async ({ params, query }) => ({
      people: await sharesOf(params.account).people(query.search)
    })
  );
}

/** A share that was withdrawn in between is no failure of the list. */
function unlessGone(error: unknown): StorageEntry | undefined {
  if (error instanceof DeepError && error.key === 'not-found') {
    return undefined;
  }
  throw error;
}
