import { formatAgo, formatElapsed } from '../time';
import { formatSize } from '../sizes';

it.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [125_000, '2:05'],
  [3_725_000, '1:02:05']
])('%i ms are %s', (elapsedMs, words) => {
  expect(formatElapsed(elapsedMs)).toBe(words);
});

it('tells a moment by its distance', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(formatAgo(new Date(now - 7_200_000), now)).toBe('2 hours ago');
  expect(formatAgo(new Date(now - 10_000), now)).toBe('now');
});

it.each([
  [0, '0 bytes'],
  [1_234_567, '1.2 MB'],
  [3e15, '3,000 TB']
])('%i bytes are %s', (sizeBytes, words) => {
  expect(formatSize(sizeBytes)).toBe(words);
});
