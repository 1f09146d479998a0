import path from 'node:path';
import { DeepError, ModelPlace } from '@jupyterlab-deep/protocol';
import { IAsker } from '../inference/inputs';
import { locateJupyterFile } from '../inference/jupyterFile';

/**
 * Where a file or folder lies on this machine. Pages name what Jupyter shows, kernels any path.
 *
 * @throws DeepError `invalid-request`, `not-found`, `unauthorized`
 */
export function locateModel(place: ModelPlace, asker: IAsker): string {
  if (place.from === 'jupyter') {
    return locateJupyterFile(asker.root, place.path);
  }
  if (asker.isBrowser) {
    throw new DeepError(
      'unauthorized',
      'A page can use files that Jupyter shows.',
      { hint: 'Choose the file in the file browser, or ask from a notebook.' }
    );
  }
  return path.normalize(place.path);
}
