import { setTimeout as sleep } from 'node:timers/promises';
import type { ImApi } from './imApi';

const LOOK_AGAIN_MS = 1000;

/**
 * Removes infrastructures until nothing is left. Whoever asks the Infrastructure Manager for the state in the moment of a removal
 * makes it read the infrastructure again from its own store: it then says `configured`, or `unknown` without machines, until
 * it is told once more.
 */
export class Removals {
  constructor(private readonly _api: ImApi) {}

  /** Order it; resolves when the order is taken. While it makes machines it takes none. */
  async order(id: string, signal: AbortSignal): Promise<void> {
    this._ordered.add(id);
    for (;;) {
      const taken = await this._api.remove(id, signal);
      if (taken === 'missing') {
        this._ordered.delete(id);
      }
      if (taken !== 'busy') {
        return;
      }
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  }

  /** Order it, and wait until it is gone. */
  async finish(id: string, signal: AbortSignal): Promise<void> {
    await this.order(id, signal);
    while (this._ordered.has(id)) {
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
      await this._look(id, signal);
    }
  }

  /** How a removal that was ordered here stands; undefined where none was. */
  async standOf(
    id: string,
    signal: AbortSignal
  ): Promise<'going' | 'gone' | undefined> {
    if (!this._ordered.has(id)) {
      return undefined;
    }
    await this._look(id, signal);
    return this._ordered.has(id) ? 'going' : 'gone';
  }

  private async _look(id: string, signal: AbortSignal): Promise<void> {
    const found = await this._api.state(id, signal);
    if (!found) {
      this._ordered.delete(id);
    } else if (found.state !== 'deleting') {
      await this.order(id, signal);
    }
  }

  private readonly _ordered = new Set<string>();
}
