import {
  classColour,
  classPixel,
  npyHeader,
  recognise,
  recogniseBytes
} from '../../results';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const kinds = (answer: unknown): string[] =>
  recognise(answer).map(({ kind }) => kind);

describe('recognise finds classes', () => {
  const CAT_DOG = [
    { label: 'cat', probability: 0.9, index: 1 },
    { label: 'dog', probability: 0.1, index: 0 }
  ];

  it.each([
    [
      'labels with probabilities',
      { labels: ['dog', 'cat'], probabilities: [0.1, 0.9] }
    ],
    [
      'labels with predictions',
      { labels: ['dog', 'cat'], predictions: [0.1, 0.9] }
    ],
    ['labels with scores', { labels: ['dog', 'cat'], scores: ['0.1', '0.9'] }],
    [
      'a list of records',
      [
        { label: 'dog', score: 0.1 },
        { label: 'cat', score: 0.9 }
      ]
    ],
    [
      'a record of names',
      { file_name: 'a.jpg', top5_prediction: { dog: 0.1, cat: 0.9 } }
    ],
    [
      'one answer in a list',
      [{ labels: ['dog', 'cat'], probabilities: [0.1, 0.9] }]
    ]
  ])('as %s, best first', (_, predictions) => {
    expect(recognise({ status: 'OK', predictions })).toEqual([
      { kind: 'scores', scores: CAT_DOG, total: 2 }
    ]);
  });

  it.each([
    [{ labels: ['a', 'b'], probabilities: [1] }],
    [{ labels: ['a', 'b'], probabilities: [0.5, 'NaN'] }],
    [[{ label: 'a', probability: 3 }]],
    [[{ label: { html: true }, probability: 0.3 }]],
    [[]],
    [null]
  ])('none in %j', answer => {
    expect(kinds(answer)).not.toContain('scores');
  });

  it('and leaves labels as they are: escaping is for what shows them', () => {
    const label = '<img src=x onerror=alert(1)>';
    const [part] = recognise({ labels: [label], probabilities: [1] });
    expect(part).toMatchObject({ scores: [{ label }] });
  });
});

describe('recognise finds tables and charts', () => {
  it('a list of records', () => {
    expect(recognise([{ a: 1, b: 'x' }, { a: 2 }])).toEqual([
      {
        kind: 'rows',
        columns: ['a', 'b'],
        rows: [
          [1, 'x'],
          [2, undefined]
        ],
        total: 2
      }
    ]);
  });

  it('the first rows of very many', () => {
    const rows = Array.from({ length: 200_000 }, (_, a) => ({ a }));
    const [part] = recognise({ results: rows });
    expect(part).toMatchObject({ kind: 'rows', total: 200_000 });
    expect((part as { rows: unknown[] }).rows).toHaveLength(1000);
  });

  it('rows over time as a chart, in order', () => {
    const parts = recognise([
      { date: '2024-01-03', value: 3, note: 'c' },
      { date: '2024-01-01', value: 1, note: 'a' },
      { date: '2024-01-02', value: null, note: 'b' }
    ]);
    expect(parts.map(({ kind }) => kind)).toEqual(['series', 'rows']);
    expect(parts[0]).toMatchObject({
      scale: 'time',
      xName: 'date',
      x: ['2024-01-01', '2024-01-02', '2024-01-03'].map(Date.parse),
      lines: [{ name: 'value', values: [1, null, 3] }]
    });
  });

  it('seconds since 1970 as times', () => {
    const [part] = recognise({
      timestamp: [1_700_000_000, 1_700_000_060, 1_700_000_120],
      height: [1, 2, 3]
    });
    expect(part).toMatchObject({
      scale: 'time',
      x: [1_700_000_000_000, 1_700_000_060_000, 1_700_000_120_000]
    });
  });

  it('a list of numbers as a chart, thinned where it is long', () => {
    const [part] = recognise({
      embedding: Array.from({ length: 100_000 }, (_, index) => index)
    });
    expect(part).toMatchObject({ kind: 'series', step: 10, total: 100_000 });
    expect((part as { x: number[] }).x).toHaveLength(10_000);
  });

  it('no chart in rows without time', () => {
    expect(kinds([{ a: 1 }, { a: 2 }, { a: 3 }])).toEqual(['rows']);
  });
});

describe('recognise finds files', () => {
  it('as base64, with their place', () => {
    expect(
      recognise({ note: 'done', output: { picture: PNG, more: [PNG] } })
    ).toMatchObject([
      {
        kind: 'files',
        files: [
          { name: 'output.picture', contentType: 'image/png', base64: PNG },
          { name: 'output.more[0]' }
        ],
        total: 2
      }
    ]);
  });

  it('beside classes', () => {
    expect(
      kinds({ labels: ['a'], probabilities: [1], heat: `data:;base64,${PNG}` })
    ).toEqual(['scores', 'files']);
  });

  it('as the whole answer', () => {
    expect(kinds({ status: 'OK', predictions: PNG })).toEqual(['files']);
  });

  it('and takes other text for text', () => {
    const text = 'aGVsbG8gd29ybGQsIHRoaXMgaXMganVzdCBhIGxvbmcgd29yZA'.repeat(9);
    expect(recognise(text)).toEqual([{ kind: 'text', text }]);
    expect(kinds({ status: 'OK', predictions: 'a cat' })).toEqual(['text']);
  });
});

describe('recogniseBytes', () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

  it.each([
    ['\u0089PNG\r\n\u001a\n', 'image/*', 'picture', 'image/png'],
    ['RIFF1234WAVE', '', 'audio', 'audio/wav'],
    ['1234ftypisom', '*/*', 'video', 'video/mp4'],
    ['PK\u0003\u0004', 'application/octet-stream', 'zip', 'application/zip'],
    ['PK\u0003\u0004', 'text/plain', 'zip', 'application/zip'],
    ['%PDF-1.7', '', 'pdf', 'application/pdf'],
    ['a,b\n1,2', 'text/csv', 'table', 'text/csv'],
    ['<svg onload=x>', 'image/svg+xml', 'vector', 'image/svg+xml'],
    ['<!DOCTYPE html><script>', '*/*', 'html', 'text/html'],
    ['{"a":1}', 'application/octet-stream', 'json', 'application/json'],
    ['hello', '*/*', 'text', 'text/plain'],
    ['\u0000\u0001', '', 'binary', 'application/octet-stream'],
    ['', '', 'binary', 'application/octet-stream']
  ])('knows %j sent as %j for %s', (head, said, medium, contentType) => {
    expect(recogniseBytes(bytes(head), said)).toEqual({ medium, contentType });
  });

  it('goes by the name where nothing else tells', () => {
    expect(recogniseBytes(bytes('a,b\n'), '*/*', 'scores.csv').medium).toBe(
      'table'
    );
  });

  it('reads the header of NumPy files', () => {
    const header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (480, 640), }".padEnd(
        117
      );
    const head = bytes(`\u0093NUMPY\u0001\u0000v\u0000${header}\n`);
    expect(recogniseBytes(head).medium).toBe('npy');
    expect(npyHeader(head)).toEqual({
      dtype: '<f4',
      shape: [480, 640],
      isFortranOrder: false
    });
    expect(npyHeader(bytes('\u0093NUMPY\u0001\u0000v\u0000nonsense'))).toBe(
      undefined
    );
  });
});

describe('the colours of classes', () => {
  it('differ for the first two dozen, and are the same as numbers', () => {
    const colours = Array.from({ length: 24 }, (_, index) =>
      classColour(index)
    );
    expect(new Set(colours).size).toBe(24);
    expect(classColour(0)).toBe('hsl(210, 85%, 55%)');
    expect(classPixel(0)).toEqual([43, 140, 238]);
  });
});
