import { Type } from '@sinclair/typebox';
import {
  AccountDisconnection,
  AccountProvider,
  DeviceLogin,
  DeviceLoginRequest,
  HubAccess,
  ImAccountRequest
} from '@jupyterlab-deep/protocol';
import { AccountRef, DeepApp, ProblemRef } from '../http/types';
import { Accounts } from './accounts';

const AccountId = Type.Object({ account: Type.String() });
const Id = Type.Object({ id: Type.String() });
const tags = ['accounts'];
const problems = {
  404: ProblemRef,
  409: ProblemRef,
  422: ProblemRef,
  424: ProblemRef,
  502: ProblemRef,
  503: ProblemRef
};

/** Routes of accounts at clouds and platforms. None of them answers with a token or a password. */
export function identityRoutes(app: DeepApp, accounts: Accounts): void {
  app.get(
    '/accounts',
    {
      schema: {
        tags,
        summary: 'Who the user is at clouds and platforms',
        response: { 200: Type.Object({ accounts: Type.Array(AccountRef) }) }
      }
    },
    () => ({ accounts: accounts.all })
  );
  app.get(
    '/accounts/providers',
    {
      schema: {
        tags,
        summary: 'With whom one can sign in, or why not',
        response: {
          200: Type.Object({ providers: Type.Array(AccountProvider) })
        }
      }
    },
    () => ({ providers: accounts.providers })
  );
  app.post(
    '/accounts/im',
    {
      schema: {
        tags,
        summary: 'Keep credentials for an Infrastructure Manager',
        body: ImAccountRequest,
        response: { 201: AccountRef, ...problems }
      }
    },
    async ({ body }, reply) => reply.code(201).send(accounts.keepIm(body))
  );
  app.put(
    '/accounts/hub',
    {
      schema: {
        tags,
        summary: 'Of Jupyter itself: how its hub is asked for tokens',
        body: HubAccess,
        response: { 204: Type.Null(), ...problems }
      }
    },
    async ({ body }, reply) => {
      accounts.useHub(body);
      return reply.code(204).send(null);
    }
  );
  app.post(
    '/accounts/:account/check',
    {
      schema: {
        tags,
        summary: 'Renew its token now, and ask who it is',
        params: AccountId,
        response: { 200: AccountRef, 404: ProblemRef }
      }
    },
    ({ params }) => accounts.check(params.account)
  );
  app.delete(
    '/accounts/:account',
    {
      schema: {
        tags,
        summary: 'Forget it and have its tokens revoked',
        params: AccountId,
        response: { 200: AccountDisconnection, ...problems }
      }
    },
    ({ params }) => accounts.disconnect(params.account)
  );
  loginRoutes(app, accounts);
}

function loginRoutes(app: DeepApp, accounts: Accounts): void {
  app.post(
    '/accounts/logins',
    {
      schema: {
        tags,
        summary: 'Begin a sign-in, whose code is entered in another tab',
        body: DeviceLoginRequest,
        response: { 201: Type.Unsafe<DeviceLogin>(DeviceLogin), ...problems }
      }
    },
    async ({ body }, reply) => reply.code(201).send(await accounts.begin(body))
  );
  app.get(
    '/accounts/logins/:id',
    {
      schema: {
        tags,
        params: Id,
        response: {
          200: Type.Unsafe<DeviceLogin>(DeviceLogin),
          404: ProblemRef
        }
      }
    },
    ({ params }) => accounts.logins.get(params.id)
  );
  app.delete(
    '/accounts/logins/:id',
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
