import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

type Values = Record<string, unknown>;

/** Larger forms are not worth their place in Lab's state. */
const MOST_CHARACTERS = 20_000;

/** `form`: what was last sent. `data-arguments`: which arguments of a training take data, by the user's word. */
type Part = 'form' | 'data-arguments';

const keyOf = (module: string, part: Part): string =>
  `jupyterlab-deep:${part}:${module}`;

/** What is kept of each module's forms, in Lab's state database: neither files nor passwords, which the caller leaves out. */
export class RememberedForms {
  constructor(private readonly _state: IStateDB | null) {}

  /** Null where nothing is known. */
  async recall(module: string, part: Part = 'form'): Promise<Values | null> {
    try {
      const kept = await this._state?.fetch(keyOf(module, part));
      return typeof kept === 'object' && !Array.isArray(kept)
        ? (kept as Values | null)
        : null;
    } catch (reason) {
      console.warn('The values of the last time could not be read.', reason);
      return null;
    }
  }

  keep(module: string, values: Values, part: Part = 'form'): void {
    if (JSON.stringify(values).length > MOST_CHARACTERS) {
      return;
    }
    this._state
      ?.save(keyOf(module, part), values as ReadonlyPartialJSONObject)
      .catch(reason => {
        console.warn('The values of the form could not be kept.', reason);
      });
  }

  forget(module: string): void {
    this._state?.remove(keyOf(module, 'form')).catch(reason => {
      console.warn('The values of the form could not be forgotten.', reason);
    });
  }
}
