import { Blob as NodeBlob } from 'node:buffer';
import { ANSWER } from '../../__tests__/samples';
import { findScores, readResult } from '../result';

const blobOf = (text: string) => new NodeBlob([text]) as Blob;

describe('findScores', () => {
  it('reads the answer of our own runtime', () => {
    expect(findScores(ANSWER)).toEqual(ANSWER.predictions.predictions);
  });

  it('reads the parallel lists of other modules', () => {
    const predictions = { labels: ['a', 'b'], probabilities: [0.9, 0.1] };
    expect(findScores({ status: 'OK', predictions })).toEqual([
      { label: 'a', probability: 0.9, index: 0 },
      { label: 'b', probability: 0.1, index: 1 }
    ]);
  });

  it.each([
    null,
    'text',
    { predictions: [] },
    { predictions: [{ label: 'a', probability: 3 }] },
    { predictions: { labels: ['a', 'b'], probabilities: [1] } },
    { predictions: [null] }
  ])('finds no classes in %j', answer => {
    expect(findScores(answer)).toBeNull();
  });
});

describe('readResult', () => {
  it('sets JSON out for reading', async () => {
    const result = await readResult(
      blobOf('{"a":1}'),
      'application/json; charset=utf-8'
    );
    expect(result.text).toBe('{\n  "a": 1\n}');
  });

  it('keeps other text as it is', async () => {
    const result = await readResult(blobOf('a,b\n1,2'), 'text/csv');
    expect(result.text).toBe('a,b\n1,2');
  });

  it('does not read bytes as text', async () => {
    const result = await readResult(blobOf('\u0089PNG'), 'image/png');
    expect(result.text).toBeUndefined();
  });
});
