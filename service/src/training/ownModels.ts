import path from 'node:path';
import { IPlaces } from '../places';

/** Source of the catalogue that has what its user trained. */
export const OWN_MODELS = 'mine';

/** Where trained models lie, one folder each. */
export const ownModelsFolder = ({ store }: Pick<IPlaces, 'store'>): string =>
  path.join(store, 'models');

/** Where the runtime keeps features of pictures that it has seen. */
export const featuresFolder = ({ store }: Pick<IPlaces, 'store'>): string =>
  path.join(store, 'features');
