import { Type } from '@sinclair/typebox';
import {
  StorageDisconnection,
  StorageLogin,
  StorageLoginRequest,
  WebdavAccountRequest
} from '@jupyterlab-deep/protocol';
import { DeepApp, ProblemRef, StorageAccountRef } from '../../http/types';
import { StorageAccounts } from './storageAccounts';

const Account = Type.Object({ account: Type.String() });
const Id = Type.Object({ id: Type.String() });
const tags = ['storage'];
const problems = {
  404: ProblemRef,
  409: ProblemRef,
  422: ProblemRef,
  424: ProblemRef,
  502: ProblemRef,
  503: ProblemRef
};

/** Routes of linked cloud storages. None of them answers with a password. */
export function accountRoutes(app: DeepApp, accounts: StorageAccounts): void {
  app.get(
    '/storage/accounts',
    {
      schema: {
        tags,
        summary:
          'Linked cloud storages; what is old about them is asked anew, and an event tells it',
        response: {
          200: Type.Object({ accounts: Type.Array(StorageAccountRef) })
        }
      }
    },
    () => {
      accounts.refresh();
      return { accounts: accounts.all };
    }
  );
  app.post(
    '/storage/accounts',
    {
      schema: {
        tags,
        summary: 'Link a WebDAV server by name and password',
        body: WebdavAccountRequest,
        response: { 201: StorageAccountRef, ...problems }
      }
    },
    async ({ body }, reply) => reply.code(201).send(await accounts.link(body))
  );
  app.post(
    '/storage/accounts/:account/check',
    {
      schema: {
        tags,
        summary: 'Ask it anew who it is and how much is used',
        params: Account,
        response: { 200: StorageAccountRef, 404: ProblemRef }
      }
    },
    ({ params }) => accounts.check(params.account)
  );
  app.delete(
    '/storage/accounts/:account',
    {
      schema: {
        tags,
        summary: 'Forget it and have its password revoked',
        params: Account,
        response: { 200: StorageDisconnection, ...problems }
      }
    },
    ({ params }) => accounts.disconnect(params.account)
  );
  app.delete(
    '/storage/accounts/:account/deployments',
    {
      schema: {
        tags,
        summary: 'Have the password revoked that deployments were given',
        params: Account,
        response: { 200: StorageDisconnection, ...problems }
      }
    },
    ({ params }) => accounts.takeBack(params.account)
  );
  loginRoutes(app, accounts);
}

function loginRoutes(app: DeepApp, accounts: StorageAccounts): void {
  app.post(
    '/storage/logins',
    {
      schema: {
        tags,
        summary: 'Begin a login, to be granted in another tab',
        body: StorageLoginRequest,
        response: { 201: Type.Unsafe<StorageLogin>(StorageLogin), ...problems }
      }
    },
    async ({ body }, reply) => reply.code(201).send(await accounts.begin(body))
  );
  app.get(
    '/storage/logins/:id',
    {
      schema: {
        tags,
        params: Id,
        response: {
          200: Type.Unsafe<StorageLogin>(StorageLogin),
          404: ProblemRef
        }
      }
    },
    ({ params }) => accounts.logins.get(params.id)
  );
  app.delete(
    '/storage/logins/:id',
    {
      schema: {
        tags,
        params: Id,
        response: { 204: Type.Null(), 404: ProblemRef }
      }
    },
    async ({ params }, reply) => {
      accounts.logins.giveUp(params.id);
      return reply.code(204).send(null);
    }
  );
}
