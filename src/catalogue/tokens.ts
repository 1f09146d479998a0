import type {
  CatalogueListing,
  CatalogueQuery,
  ModuleDetail
} from '@jupyterlab-deep/protocol';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

/** The user's favourites; kept in Lab's state database. */
export interface IFavourites {
  has(id: string): boolean;
  toggle(id: string): void;
  readonly changed: ISignal<IFavourites, void>;
}

/** What other capabilities may ask of the catalogue. */
export interface ICatalogue {
  /** Modules of all sources that fit the query, best first, with what else could be asked. */
  list(query?: CatalogueQuery, signal?: AbortSignal): Promise<CatalogueListing>;

  /** One module by what any source calls it. */
  get(id: string): Promise<ModuleDetail>;

  readonly favourites: IFavourites;

  /** Note that somebody looked at the module. */
  used(id: string): void;
}

export const ICatalogue = new Token<ICatalogue>(
  'jupyterlab-deep:ICatalogue',
  'The modules of the DEEP catalogues.'
);
