import type { CatalogueListing, Module } from '@jupyterlab-deep/protocol';
import { Token } from '@lumino/coreutils';

/** What other capabilities may ask of the catalogue. */
export interface ICatalogue {
  /** All modules of all sources, or those that match the text, best first. */
  list(text?: string): Promise<CatalogueListing>;

  get(id: string): Promise<Module>;
}

export const ICatalogue = new Token<ICatalogue>(
  'jupyterlab-deep:ICatalogue',
  'The modules of the DEEP catalogues.'
);
