import type { CatalogueListing } from '@jupyterlab-deep/protocol';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

const KEY = 'jupyterlab-deep:catalogue';

/** A change of the stored shape changes this number, so that an old copy is not misread. */
const FORMAT = 1;

/** A listing and when it came from the service. */
export interface IKnownListing {
  listing: CatalogueListing;
  at: Date;
}

/** The last full listing, kept between visits so that the panel is never empty while it asks. */
export class ListingCache {
  constructor(private readonly _state: IStateDB | null) {}

  async read(): Promise<IKnownListing | null> {
    const stored = (await this._state?.fetch(KEY)) as
      { format: number; at: string; listing: CatalogueListing } | undefined;
    return stored?.format === FORMAT
      ? { listing: stored.listing, at: new Date(stored.at) }
      : null;
  }

  async write({ listing, at }: IKnownListing): Promise<void> {
    // A page asks for its module again, so the long texts need not be kept.
    const modules = listing.modules.map(module => ({
      ...module,
      description: ''
    }));
    const value = {
      format: FORMAT,
      at: at.toISOString(),
      listing: { ...listing, modules }
    };
    await this._state?.save(KEY, value as unknown as ReadonlyPartialJSONObject);
  }
}
