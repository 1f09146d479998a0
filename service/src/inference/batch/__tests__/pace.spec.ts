import { Pace } from '../pace';

describe('the pace of a batch', () => {
  let nowMs: number;
  let pace: Pace;

  beforeEach(() => {
    nowMs = 0;
    pace = new Pace(
      16,
      () => nowMs,
      () => 0
    );
  });

  /** A module of so many workers that need 100 ms an item. */
  function work(workers: number, items: number): void {
    for (let item = 0; item < items; item++) {
      nowMs += 100 / Math.min(workers, pace.limit);
      pace.answered();
    }
  }

  it('grows while the module becomes faster', () => {
    work(16, 2000);
    expect(pace.limit).toBe(16);
  });

  it('stays where more makes nothing faster', () => {
    work(4, 2000);
    expect(pace.limit).toBe(4);
  });

  it('waits twice as long after each refusal, and begins anew after an answer', () => {
    const waits = [1, 2, 3].map(() => {
      pace.refused(0);
      const { waitMs } = pace;
      nowMs += waitMs;
      return waitMs;
    });
    expect(waits).toEqual([500, 1000, 2000]);
    pace.answered();
    pace.refused(0);
    expect(pace.waitMs).toBe(500);
  });

  it('takes refusals that come together for one', () => {
    pace.refused(0);
    pace.refused(0);
    pace.refused(0);
    expect([pace.waitMs, pace.limit]).toEqual([500, 2]);
  });

  it('waits as long as it is asked to', () => {
    pace.refused(7000);
    expect(pace.waitMs).toBe(7000);
  });
});
