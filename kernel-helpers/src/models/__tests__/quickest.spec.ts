import { Quickest } from '../quickest';

/** Takes `count` choices where way n takes `ms[n]`; returns how often each was taken. */
function take(quickest: Quickest, count: number, ms: number[]): number[] {
  const taken = ms.map(() => 0);
  for (let n = 0; n < count; n++) {
    const way = quickest.choose();
    taken[way] += 1;
    quickest.record(way, ms[way]);
  }
  return taken;
}

describe('The quickest way', () => {
  it('is taken almost always once each was tried', () => {
    const [slow, fast] = take(new Quickest(2), 320, [10, 5]);
    expect(slow).toBeLessThan(32);
    expect(fast).toBeGreaterThan(288);
  });

  it('is found again when the machine gets busy', () => {
    const quickest = new Quickest(2);
    take(quickest, 100, [5, 10]);
    const [first, second] = take(quickest, 640, [20, 12]);
    expect(second).toBeGreaterThan(first * 5);
  });

  it('is the only one when there is one', () => {
    expect(take(new Quickest(1), 100, [5])).toEqual([100]);
  });
});
