import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfCancelled } from '../cancel';
import { service } from '../connection';
import { CHECK_EVERY_MS, isAtWork, IWaiting, RunHandle } from './runHandle';

const PAGE_ITEMS = 200;

/** A run over many things, each of which ends by itself: it can rest, go on, and do again what failed. */
export abstract class ItemsRun extends RunHandle {
  /** Let it rest. */
  pause(): Promise<this> {
    return this._change('pause');
  }

  /** Let it go on after a rest. */
  resume(): Promise<this> {
    return this._change('resume');
  }

  /** Do what failed again; the rest is kept. */
  retry(): Promise<this> {
    return this._change('retry');
  }

  /**
   * Its items as they end; the last with the run, or when it rests.
   *
   * @param place Of an item in the order in which they end.
   */
  protected async *_items<Item>(
    path: string,
    place: (item: Item) => number | undefined,
    { signal, onNews }: IWaiting & { onNews?: () => void }
  ): AsyncGenerator<Item, void, void> {
    let after = 0;
    for (;;) {
      throwIfCancelled(signal);
      await this.refresh({ signal });
      const isOver = !isAtWork(this._run);
      onNews?.();
      const { items } = await service.json<{ items: Item[] }>(path, {
        query: { after, limit: PAGE_ITEMS },
        signal
      });
      for (const item of items) {
        yield item;
        after = place(item) ?? after;
      }
      if (items.length === 0) {
        if (isOver) {
          return;
        }
        await sleep(CHECK_EVERY_MS);
      }
    }
  }
}
