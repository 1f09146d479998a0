import type { ISettings } from '../../admin/config';
import { DavFiles } from '../dav/davFiles';
import { Exchange } from '../dav/exchange';
import { encodePath } from '../dav/paths';
import type { IKeptAccount } from './records';

/** Requests and files of one account. */
export interface IConnectedAccount {
  exchange: Exchange;
  files: DavFiles;
}

/** URL of the user's files, without a slash at its end. */
export const filesUrlOf = ({
  account: { kind, server, user }
}: Pick<IKeptAccount, 'account'>): string =>
  kind === 'nextcloud'
    ? `${server}/remote.php/dav/files/${encodePath(user)}`
    : server;

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Connect an account; nothing is sent. */
export function connect(
  kept: IKeptAccount,
  network: ISettings['network'],
  password: () => string,
  onRefused: () => void
): IConnectedAccount {
  const { account, allowPrivate, loginName } = kept;
  const { can, id, kind, server, user } = account;
  const exchange = new Exchange({
    server,
    network,
    allowPrivate,
    authorization: () => basic(loginName, password()),
    onRefused
  });
  const dav = `${server}/remote.php/dav`;
  const files = new DavFiles({
    account: id,
    kind,
    exchange,
    filesUrl: filesUrlOf(kept),
    ...(kind === 'nextcloud' && {
      uploadsUrl: `${dav}/uploads/${encodePath(user)}`,
      bulkUrl: `${dav}/bulk`
    }),
    can
  });
  return { exchange, files };
}
