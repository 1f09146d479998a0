import type { CatalogueListing } from '@jupyterlab-deep/protocol';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ISearch } from './search';

const LISTING = 'jupyterlab-deep:catalogue';
const SEARCH = 'jupyterlab-deep:catalogue-search';

/** A change of the stored shape changes this number, so that an old copy is not misread. */
const FORMAT = 2;

/** A listing and when it came from the service. */
export interface IKnownListing {
  listing: CatalogueListing;
  at: Date;
}

/** The beginning of the last full list and the last search, kept between visits so that the panel is never empty while it asks. */
export class ListingCache {
  constructor(private readonly _state: IStateDB | null) {}

  async read(): Promise<IKnownListing | null> {
    const stored = (await this._state?.fetch(LISTING)) as
      { format: number; at: string; listing: CatalogueListing } | undefined;
    return stored?.format === FORMAT
      ? { listing: stored.listing, at: new Date(stored.at) }
      : null;
  }

  async write({ listing, at }: IKnownListing): Promise<void> {
    const value = { format: FORMAT, at: at.toISOString(), listing };
    await this._save(LISTING, value);
  }

  async readSearch(): Promise<ISearch | null> {
    const stored = (await this._state?.fetch(SEARCH)) as
      { format: number; search: ISearch } | undefined;
    return stored?.format === FORMAT ? stored.search : null;
  }

  async writeSearch(search: ISearch): Promise<void> {
    await this._save(SEARCH, { format: FORMAT, search });
  }

  private async _save(key: string, value: object): Promise<void> {
    await this._state?.save(key, value as ReadonlyPartialJSONObject);
  }
}
