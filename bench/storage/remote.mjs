/** The client of ours for a stand-in: the one place that knows how it is made. */
import { makeRemoteFiles } from '../../service/src/storage/dav';

const CAN = {
  chunked: true,
  chunkBytes: 104_857_600,
  parallelChunks: 5,
  bulk: true,
  zip: true,
  hash: true,
  paging: false,
  folderEtags: true,
  trash: true,
  shares: true
};

/** @param cloud - As cloud.mjs gives it: `url`, `files`, `user`, `uid`, `appPassword`. */
export const openRemote = cloud =>
  makeRemoteFiles({ account: 'cloud', can: CAN, cloud });
