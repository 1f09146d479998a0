import { Blob as NodeBlob } from 'node:buffer';
import { ANSWER } from '../../__tests__/samples';
import { PARSED_BYTES, readResult, SHOWN_CHARACTERS } from '../result';

const blobOf = (text: string) => new NodeBlob([text]) as Blob;

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

  it('finds the classes of our own runtime', async () => {
    const source = JSON.stringify(ANSWER);
    const { parts, json } = await readResult(
      blobOf(source),
      'application/json'
    );
    expect(json).toEqual(ANSWER);
    expect(parts).toEqual([
      { kind: 'scores', scores: ANSWER.predictions.predictions, total: 2 }
    ]);
  });

  it('goes by the content where the module names a family of types', async () => {
    const result = await readResult(blobOf('RIFF1234WAVE'), 'audio/*');
    expect(result).toMatchObject({ medium: 'audio', contentType: 'audio/wav' });
  });

  it('shows text that only says that it is JSON', async () => {
    const result = await readResult(blobOf('[1, NaN]'), 'application/json');
    expect(result).toMatchObject({ medium: 'text', text: '[1, NaN]' });
    expect(result.json).toBeUndefined();
  });

  it('reads only the beginning of JSON that is too large to be parsed', async () => {
    const blob = blobOf(`["${'x'.repeat(PARSED_BYTES)}"]`);
    const begin = performance.now();
    const result = await readResult(blob, 'application/json');
    expect(performance.now() - begin).toBeLessThan(500);
    expect(result).toMatchObject({ medium: 'json', isCut: true, parts: [] });
    expect(result.json).toBeUndefined();
    expect(result.text).toHaveLength(SHOWN_CHARACTERS);
  });
});
