import { setImmediate as breathe } from 'node:timers/promises';
import { IPairCount, ItemLabels } from './itemLabels';

/** What was found for one class. */
export interface IFoundFor {
  /** How often, by the class that was found. */
  found: Map<string, number>;
  count: number;
  /** An answer told of this class. */
  isKnown: boolean;
}

/** Counts what was found for what, as far as items have ended; a part at a time, each item once. */
export class Tally {
  constructor(private readonly _labels: ItemLabels) {}

  /** By what it was. Classes of which everything failed are among them. */
  get truths(): ReadonlyMap<string, IFoundFor> {
    return this._truths;
  }

  /** How often each class was found. */
  get found(): ReadonlyMap<string, number> {
    return this._found;
  }

  get count(): number {
    return this._count;
  }

  get right(): number {
    return this._right;
  }

  get accuracy(): number | undefined {
    return this._count === 0 ? undefined : this._right / this._count;
  }

  /** Take in what has ended since. */
  async update(): Promise<void> {
    this._turn = this._turn.catch(() => undefined).then(() => this._read());
    await this._turn;
  }

  private async _read(): Promise<void> {
    for (;;) {
      const part = this._labels.countAfter(this._order);
      if (!part) {
        return;
      }
      part.pairs.forEach(pair => this._add(pair));
      this._order = part.last;
      await breathe();
    }
  }

  private _add({ truth, label, count, isKnown }: IPairCount): void {
    const known = this._truths.get(truth);
    const of = known ?? { found: new Map(), count: 0, isKnown: false };
    this._truths.set(truth, of);
    of.isKnown ||= isKnown;
    if (label !== null) {
      of.count += count;
      of.found.set(label, (of.found.get(label) ?? 0) + count);
      this._found.set(label, (this._found.get(label) ?? 0) + count);
      this._count += count;
      this._right += label === truth ? count : 0;
    }
  }

  private readonly _truths = new Map<string, IFoundFor>();
  private readonly _found = new Map<string, number>();
  private _count = 0;
  private _right = 0;
  private _order = 0;
  private _turn: Promise<void> = Promise.resolve();
}
