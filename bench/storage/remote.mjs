/** The client of ours for a stand-in: the one place that knows how it is made. */
import { DavFiles } from '../../service/src/storage/dav/davFiles';
import { Exchange } from '../../service/src/storage/dav/exchange';
import { authorization } from './cloud.mjs';

const CAN = {
  chunked: true,
  chunkBytes: 104_857_600,
  parallelChunks: 5,
  bulk: true,
  zip: true,
  hash: true,
  paging: true,
  folderEtags: true,
  trash: true,
  shares: true
};

/** @param cloud - As cloud.mjs gives it: `url`, `files`, `user`, `uid`, `appPassword`. */
export function openRemote(cloud) {
  const exchange = new Exchange({
    server: cloud.url,
    network: {},
    allowPrivate: true,
    authorization: () => authorization(cloud)
  });
  return new DavFiles({
    account: 'cloud',
    kind: 'nextcloud',
    exchange,
    filesUrl: cloud.files,
    uploadsUrl: `${cloud.url}/remote.php/dav/uploads/${cloud.uid}`,
    bulkUrl: `${cloud.url}/remote.php/dav/bulk`,
    can: CAN
  });
}
