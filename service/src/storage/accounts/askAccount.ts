import {
  StorageAccount,
  StorageDisconnection
} from '@jupyterlab-deep/protocol';
import { asDeepError } from '../../http/problems';
import { askOcs } from '../nextcloud/ocs';
import {
  lacksOf,
  PLAIN_CAPABILITIES,
  readCapabilities,
  readUser
} from '../nextcloud/probe';
import type { IConnectedAccount } from './makeFiles';

/**
 * What the server says of an account now: who it is, what it can, how much is used.
 *
 * @throws DeepError as the exchange does
 */
export async function askAccount(
  { kind, server }: StorageAccount,
  { exchange, files }: IConnectedAccount
): Promise<Partial<StorageAccount>> {
  const checkedAt = new Date().toISOString();
  if (kind === 'webdav') {
    await files.stat('');
    const quota = await files.quota();
    const can = PLAIN_CAPABILITIES;
    return { can, lacks: lacksOf(can), checkedAt, ...(quota && { quota }) };
  }
  const user = await readUser(exchange, server);
  const can = await readCapabilities(exchange, server);
  return {
    user: user.id,
    displayName: user.displayName,
    can,
    lacks: lacksOf(can),
    checkedAt,
    ...(user.quota && { quota: user.quota })
  };
}

/** Have the password of an account revoked (Nextcloud: `DELETE core/apppassword`, by that very password). */
export async function revoke(
  { kind, server }: StorageAccount,
  { exchange }: IConnectedAccount
): Promise<StorageDisconnection> {
  const { host } = new URL(server);
  if (kind === 'webdav') {
    return {
      isRevoked: false,
      detail: `${host} was forgotten here. Its password still holds: it was not made for this.`
    };
  }
  try {
    await askOcs(exchange, server, {
      method: 'DELETE',
      path: '/core/apppassword',
      act: 'revoke the password'
    });
    return { isRevoked: true, detail: `${host} has revoked the password.` };
  } catch (error) {
    const { key, detail } = asDeepError(error);
    return key === 'storage-login'
      ? {
          isRevoked: true,
          detail: `${host} did not take the password any more.`
        }
      : {
          isRevoked: false,
          detail: `It was forgotten here, but not revoked: ${detail} Remove it at ${host} under Security.`
        };
  }
}
