import path from 'node:path';
import type { ISettings } from '../../admin/config';
import { moduleEnvironment } from '../../deployments/environment';
import type { IPlaces } from '../../places';
import type { IRemotes } from '../remoteFiles';
import { MountWay } from './mount/mountWay';
import { PlatformWay } from './platform/platformWay';
import type { IDatasetWay } from './way';

interface IWayParts {
  places: Pick<IPlaces, 'store' | 'sockets' | 'rclone'>;
  settings: Pick<ISettings, 'storage' | 'network'>;
  remotes: IRemotes;
}

/** The ways that are better than a copy, the best first. */
export function makeWays({
  places,
  settings: { storage, network },
  remotes
}: IWayParts): IDatasetWay[] {
  const platform = new PlatformWay({ remotes });
  const access = remotes.rcloneAccess?.bind(remotes);
  if (!access) {
    return [platform];
  }
  const mount = new MountWay({
    remotes,
    access,
    isAllowed: storage.mount,
    cacheMb: storage.cacheMb,
    rclone: places.rclone,
    environment: moduleEnvironment(network, process.env),
    caFile: network.caFile,
    storeFolder: path.join(places.store, 'mounts'),
    socketsFolder: places.sockets
  });
  return [platform, mount];
}
