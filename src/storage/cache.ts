import type { Dataset, StorageAccount } from '@jupyterlab-deep/protocol';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

const KEY = 'jupyterlab-deep:storage';

/** A change of the stored shape changes this number, so that an old copy is not misread. */
const FORMAT = 1;

export interface IKnown {
  accounts: readonly StorageAccount[];
  datasets: readonly Dataset[];
}

/** Accounts and datasets of the last visit, so that the panel is never empty while it asks. */
export class KnownStorage {
  constructor(private readonly _state: IStateDB | null) {}

  async read(): Promise<IKnown | null> {
    const stored = (await this._state?.fetch(KEY)) as
      (IKnown & { format: number }) | undefined;
    return stored?.format === FORMAT ? stored : null;
  }

  async write(known: IKnown): Promise<void> {
    const value = { format: FORMAT, ...known };
    await this._state?.save(KEY, value as unknown as ReadonlyPartialJSONObject);
  }
}
