import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DeepError, ERRORS } from '../errors';

const DOCS = path.join(__dirname, '../../../docs/errors.md');

/** Rows of the table: key and status. */
function documented(): [string, number][] {
  const rows = readFileSync(DOCS, 'utf8').matchAll(
    /^\| `([^`]+)` \| (\d+) \|/gm
  );
  return [...rows].map(([, key, status]) => [key, Number(status)]);
}

describe('errors', () => {
  it('are all documented with their status, and no other', () => {
    const known = Object.entries(ERRORS).map(([key, [status]]) => [
      key,
      status
    ]);
    expect(documented().sort()).toEqual(known.sort());
  });

  it('are documented with what they mean and what to do', () => {
    const rows = readFileSync(DOCS, 'utf8').match(/^\| `.*$/gm) ?? [];
    for (const row of rows) {
      const cells = row.split('|').slice(1, -1);
      expect(cells).toHaveLength(4);
      expect(cells.every(cell => cell.trim() !== '')).toBe(true);
    }
  });

  it('come back from their document as they went', () => {
    const error = new DeepError('invalid-arguments', 'top_k is too small.', {
      hint: 'Give at least 1.',
      fields: { top_k: ['must be >= 1'] },
      technical: 'minimum'
    });
    const problem = JSON.parse(JSON.stringify(error.toProblem()));
    const back = DeepError.fromProblem(problem);
    expect(back).toBeInstanceOf(DeepError);
    expect(back.toProblem()).toEqual(error.toProblem());
    expect(back.key).toBe('invalid-arguments');
  });

  it('of unknown types are internal ones and keep their words', () => {
    const back = DeepError.fromProblem({
      type: 'about:blank',
      detail: 'The proxy refused.'
    });
    expect(back.key).toBe('internal');
    expect(back.detail).toBe('The proxy refused.');
  });
});
