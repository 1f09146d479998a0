import { homedir } from 'node:os';
import path from 'node:path';
import { IPlaces } from '../places';
import { IBounds } from './sandbox';

/** A name service may lie behind a link into a folder that is hidden. */
const NAME_SERVICE = '/run/systemd/resolve';

export interface IOwnFolders {
  /** Shown as its home. */
  home: string;
  /** Shown as `/tmp`. */
  temporary: string;
}

/**
 * What foreign code sees: the system, what is named here, and nothing of the home, the store, our sockets with their tokens, nor of
 * Jupyter's.
 */
export function boundsFor(
  places: IPlaces,
  { home, temporary }: IOwnFolders,
  more: Pick<IBounds, 'readable' | 'writable' | 'network'>
): IBounds {
  const jupyterRuntime = path.dirname(path.dirname(places.discovery));
  return {
    hidden: ['/run', jupyterRuntime, places.store, places.sockets],
    moved: { '/tmp': temporary, [homedir()]: home },
    readable: [NAME_SERVICE, ...more.readable],
    writable: more.writable,
    network: more.network
  };
}
