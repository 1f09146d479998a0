import { Type } from '@sinclair/typebox';
import { DeepError, TrashEntry } from '@jupyterlab-deep/protocol';
import { DeepApp } from '../../http/types';
import { StorageAccounts } from '../accounts/storageAccounts';
import { encodePath } from '../dav/paths';
import { ITrashPlace, listTrash, restore } from '../nextcloud/trash';
import { Account, problems, tags } from './schemas';

/** Routes of what was deleted. */
export function trashRoutes(app: DeepApp, accounts: StorageAccounts): void {
  const placeOf = (account: string): ITrashPlace => {
    const { can, server, user } = accounts.get(account);
    if (!can.trash) {
      throw new DeepError(
        'storage-refused',
        `${accounts.hostOf(account)} has no trash.`
      );
    }
    return {
      exchange: accounts.exchange(account),
      url: `${server}/remote.php/dav/trashbin/${encodePath(user)}`
    };
  };
  app.get(
    '/storage/trash/:account',
    {
      schema: {
        tags,
        params: Account,
        response: {
          200: Type.Object({ entries: Type.Array(TrashEntry) }),
          ...problems
        }
      }
    },
    async ({ params }) => ({
      entries: await listTrash(placeOf(params.account))
    })
  );
  app.post(
    '/storage/trash/:account/restore',
    {
      schema: {
        tags,
        params: Account,
        body: Type.Object({ id: Type.String({ minLength: 1 }) }),
        response: { 204: Type.Null(), ...problems }
      }
    },
    async ({ params, body }, reply) => {
      await restore(placeOf(params.account), body.id);
      return reply.code(204).send(null);
    }
  );
}
