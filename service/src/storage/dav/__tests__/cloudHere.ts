import type { StorageCapabilities } from '@jupyterlab-deep/protocol';
import {
  INextcloud,
  startNextcloud
} from '../../../../../stand-in/nextcloud/server';
import { DavFiles } from '../davFiles';
import { Exchange } from '../exchange';

/** All that a Nextcloud can do; chunks as small as its rules allow. */
export const NEXTCLOUD_CAN: StorageCapabilities = {
  chunked: true,
  chunkBytes: 5_000_000,
  parallelChunks: 3,
  bulk: true,
  zip: true,
  hash: true,
  paging: true,
  folderEtags: true,
  trash: true,
  shares: true
};

export const NETWORK = {};

/** The files of the first user of a stand-in. */
export function filesOf(
  cloud: INextcloud,
  url = cloud.url
): { files: DavFiles; exchange: Exchange; refusals: string[] } {
  const { uid, loginName, appPassword } = cloud.user;
  const refusals: string[] = [];
  const login = Buffer.from(`${loginName}:${appPassword}`).toString('base64');
  const exchange = new Exchange({
    server: url,
    network: NETWORK,
    allowPrivate: true,
    authorization: () => `Basic ${login}`,
    onRefused: () => refusals.push('refused')
  });
  const dav = `${url}/remote.php/dav`;
  const files = new DavFiles({
    account: 'cloud',
    kind: 'nextcloud',
    exchange,
    filesUrl: `${dav}/files/${uid}`,
    uploadsUrl: `${dav}/uploads/${uid}`,
    bulkUrl: `${dav}/bulk`,
    can: NEXTCLOUD_CAN
  });
  return { files, exchange, refusals };
}

export { INextcloud, startNextcloud };
