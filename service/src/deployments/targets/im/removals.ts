import { setTimeout as sleep } from 'node:timers/promises';
import { DeepError } from '@jupyterlab-deep/protocol';
import type { ImApi } from './imApi';

const LOOK_AGAIN_MS = 1000;
/** Clouds take minutes; whoever waits asks again. */
const PATIENCE_MS = 15_000;

/**
 * Removes infrastructures until nothing is left. Whoever asks the Infrastructure Manager for the state in the moment of a removal
 * makes it read the infrastructure again from its own store: it then says `configured`, or `unknown` without machines, until
 * it is told once more.
 */
export class Removals {
  constructor(private readonly _api: ImApi) {}

  /**
   * Order it; resolves when the order is taken. While it makes machines it takes none.
   *
   * @throws DeepError `target-unreachable` when it still makes them after a while
   */
  async order(id: string, signal: AbortSignal): Promise<void> {
    this._ordered.add(id);
    for (const since = Date.now(); ;) {
      const taken = await this._api.remove(id, signal);
      if (taken === 'missing') {
        this._ordered.delete(id);
      }
      if (taken !== 'busy') {
        return;
      }
      await waitAgain(since, 'makes machines, and takes no order', signal);
    }
  }

  /**
   * Order it, and wait until it is gone.
   *
   * @throws DeepError `target-unreachable` when that takes longer than a while: it goes on
   */
  async finish(id: string, signal: AbortSignal): Promise<void> {
    await this.order(id, signal);
    for (const since = Date.now(); this._ordered.has(id);) {
      await waitAgain(since, 'removes the machines', signal);
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

async function waitAgain(
  since: number,
  does: string,
  signal: AbortSignal
): Promise<void> {
  if (Date.now() - since > PATIENCE_MS) {
    throw new DeepError(
      'target-unreachable',
      `The Infrastructure Manager still ${does}: it is asked again in a while.`
    );
  }
  await sleep(LOOK_AGAIN_MS, undefined, { signal });
}
