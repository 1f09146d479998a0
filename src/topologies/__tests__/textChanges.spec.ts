import * as fc from 'fast-check';
import { textChanges } from '../textChanges';

const apply = (before: string, after: string) =>
  textChanges(before, after).reduce(
    (text, { start, end, text: piece }) =>
      text.slice(0, start) + piece + text.slice(end),
    before
  );

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });

describe('changes of a text', () => {
  it('make the new text of the old one, whatever they are', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const [old, now] = [before.join('\n'), after.join('\n')];
        expect(apply(old, now)).toBe(now);
      })
    );
  });

  it('touch only the lines that differ', () => {
    expect(textChanges('a\nb\nc\nd\n', 'a\nB\nc\nD\n')).toEqual([
      { start: 6, end: 8, text: 'D\n' },
      { start: 2, end: 4, text: 'B\n' }
    ]);
    expect(textChanges('a\n', 'a\n')).toEqual([]);
  });
});
