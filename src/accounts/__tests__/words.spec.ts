import { trans } from '../../__tests__/connected';
import { holdingOf } from '../words';
import { ADA, IM } from './samples';

const NOW = Date.parse('2026-01-01T10:00:00.000Z');
const MINUTE_MS = 60_000;

const after = (minutes: number, isRenewed = false) => {
  const until = new Date(NOW + minutes * MINUTE_MS).toISOString();
  return holdingOf({ ...ADA, isRenewed, until }, NOW, trans);
};

describe('until when an account holds', () => {
  it.each([
    [40, 'holds for 40 min'],
    [119, 'holds for 119 min'],
    [150, 'holds for 2 h'],
    [60 * 24 * 3, 'holds for 3 days']
  ])('%i minutes from now: “%s”', (minutes, words) => {
    expect(after(minutes)).toEqual({ words, isUrgent: false });
  });

  it.each([
    [10, 'expires in 10 min'],
    [5.9, 'expires in 5 min'],
    [0.5, 'expires in less than a minute'],
    [0, 'has expired'],
    [-5, 'has expired']
  ])('%d minutes from now is marked: “%s”', (minutes, words) => {
    expect(after(minutes)).toEqual({ words, isUrgent: true });
  });

  it('is marked later where it should have renewed itself before', () => {
    expect(after(8, true).isUrgent).toBe(false);
    expect(after(4, true)).toEqual({
      words: 'expires in 4 min',
      isUrgent: true
    });
  });

  it('is said where nobody said an end', () => {
    const words = (account: typeof ADA) => holdingOf(account, NOW, trans).words;
    expect(words(ADA)).toBe('is renewed by itself');
    expect(words(IM)).toBe('holds until it is changed there');
    expect(words({ ...ADA, isRenewed: false })).toBe('');
    expect(words({ ...ADA, state: 'expired' })).toBe('has expired');
  });
});
