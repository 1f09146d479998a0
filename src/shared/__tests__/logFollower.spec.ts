import { waitFor } from '@testing-library/dom';
import { LogFollower } from '../logFollower';
import { linesWith } from '../logView';

const LOG = 'Epoch 1/2\nloss: 0.5\nEpoch 2/2\nLoss: 0.4\n';

/** A log that grows, in pieces of a few characters. */
class GrowingLog {
  text = '';
  isDown = false;
  grows = true;
  asked: number[] = [];

  readonly follower = new LogFollower({
    read: async offset => {
      this.asked.push(offset);
      if (this.isDown) {
        throw new Error('away');
      }
      const text = this.text.slice(offset, offset + 5);
      return { text, next: offset + text.length };
    },
    grows: () => this.grows
  });
}

describe('LogFollower', () => {
  let log: GrowingLog;

  beforeEach(() => {
    log = new GrowingLog();
  });

  afterEach(() => log.follower.dispose());

  it('reads what there is and what comes', async () => {
    log.text = 'first line\n';
    log.follower.follow();
    await waitFor(() => expect(log.follower.text).toBe('first line\n'));
    await waitFor(() => expect(log.follower.isAtEnd).toBe(true));
    log.text += 'second line\n';
    log.follower.lookNow();
    await waitFor(() =>
      expect(log.follower.text).toBe('first line\nsecond line\n')
    );
  });

  it('goes on after a cut where it was', async () => {
    log.text = 'first\n';
    log.follower.follow();
    await waitFor(() => expect(log.follower.isAtEnd).toBe(true));
    log.isDown = true;
    log.follower.lookNow();
    await waitFor(() => expect(log.follower.failure).not.toBeNull());
    log.isDown = false;
    log.text += 'second\n';
    log.asked = [];
    log.follower.lookNow();
    await waitFor(() => expect(log.follower.text).toBe('first\nsecond\n'));
    expect(log.follower.failure).toBeNull();
    expect(log.asked[0]).toBe('first\n'.length);
  });

  it('ends with what writes it, and begins again when that does', async () => {
    log.grows = false;
    log.text = 'done\n';
    log.follower.follow();
    await waitFor(() => expect(log.follower.isAtEnd).toBe(true));
    log.text += 'again\n';
    log.follower.follow();
    await waitFor(() => expect(log.follower.text).toBe('done\nagain\n'));
  });

  it('keeps the end of a long log, and saves the whole', async () => {
    log.text = 'x'.repeat(12);
    expect(await log.follower.whole()).toBe(log.text);
    const long = new LogFollower({
      read: async offset => {
        const text = `${offset} `.padEnd(150_000, '.');
        return offset < 300_000
          ? { text, next: offset + 150_000 }
          : { text: '', next: offset };
      },
      grows: () => false
    });
    long.follow();
    await waitFor(() => expect(long.isAtEnd).toBe(true));
    expect(long.isCut).toBe(true);
    expect(long.text).toHaveLength(200_000);
    expect(long.text).toContain('150000 ');
    long.dispose();
  });
});

it('finds the lines of a log by words, whatever their capitals', () => {
  expect(linesWith(LOG, 'loss')).toEqual({
    shown: 'loss: 0.5\nLoss: 0.4',
    count: 2
  });
  expect(linesWith(LOG, 'accuracy')).toEqual({ shown: '', count: 0 });
  expect(linesWith(LOG, '').shown).toBe(LOG);
});
