import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { strToU8, zipSync } from 'fflate';
import { Prediction } from '../../modules';
import { answerBundle } from '../answer';
import { SHOWN_AS } from '../bundle';
import { VEGA_LITE } from '../chart';
import { fileBundle } from '../file';

const pixels = (width: number, height: number, grey = 120): Buffer =>
  Transformer.fromRgbaPixels(
    new Uint8Array(width * height * 4).fill(grey),
    width,
    height
  ).pngSync();

const THINGS = [
  { label: 'cat', score: 0.9, box: [100, 50, 300, 250] },
  { label: '</text><script>x</script>', score: 0.5, box: [0, 0, 50, 50] }
];

/** The drawing inside of an output. */
function svgIn(html: unknown): string {
  const base64 = /src="data:image\/svg\+xml;base64,([^"]+)"/.exec(String(html));
  return Buffer.from(base64![1], 'base64').toString('utf8');
}

const answered = (value: unknown, data?: Buffer): Prediction =>
  new Prediction(
    { contentType: 'application/json', body: Buffer.alloc(0), value },
    data && { data, filename: 'photo.png' }
  );

describe('What was found in a picture', () => {
  it('is drawn over the picture, in its own scale, as a drawing that cannot act', () => {
    const answer = answered(THINGS, pixels(1280, 640));
    const bundle = answer[SHOWN_AS]();
    const svg = svgIn(bundle['text/html']);
    expect(svg).toMatch(/^<svg[^>]* width="640" height="320"/);
    expect(svg).toContain('href="data:image/');
    expect(svg).toContain(
      '<rect x="50.0" y="25.0" width="100.0" height="100.0"'
    );
    expect(svg).toContain('>cat 90 %</text>');
    expect(svg).not.toContain('<script');
    expect(String(bundle['text/html'])).not.toContain('<script');
    expect(bundle['text/plain']).toMatch(/cat +0\.9 +100, 50, 300, 250/);
    // A drawing that cannot be read is no drawing.
    const drawn = new Transformer(Transformer.fromSvg(svg).pngSync());
    const { width, height } = drawn.metadataSync();
    expect(width / height).toBe(2);
  });

  it('is drawn in parts of the picture where the answer gives parts', () => {
    const box = [0.25, 0.5, 0.75, 1];
    const answer = answered([{ label: 'a', box }], pixels(400, 200));
    const svg = svgIn(answer[SHOWN_AS]()['text/html']);
    expect(svg).toMatch(/x="100\.0" y="100\.0" width="200\.0" height="100\.0"/);
  });

  it('is drawn without the picture where that is gone', () => {
    const bundle = answerBundle(THINGS, { path: '/nowhere.png' });
    expect(svgIn(bundle['text/html'])).toContain('fill="#e0e0e0"');
  });

  it('has masks in the colour of their class', () => {
    const row = [0, 0, 1, 1];
    const svg = svgIn(
      answered({ mask: [row, row, row, row] }, pixels(4, 4))[SHOWN_AS]()[
        'text/html'
      ]
    );
    const images = [...svg.matchAll(/base64,([^"]+)"/g)];
    const mask = new Transformer(Buffer.from(images[1][1], 'base64'));
    const drawn = mask.rawPixelsSync();
    expect(drawn[3]).toBe(0);
    expect(drawn[11]).toBeGreaterThan(0);
  });

  it('is there as data', () => {
    expect(answered(THINGS).boxes).toEqual([
      { label: 'cat', score: 0.9, box: [100, 50, 300, 250], frame: 0 },
      expect.objectContaining({ score: 0.5 })
    ]);
    expect(Object.keys(answered(THINGS))).not.toContain('_parts');
  });

  it('stays small, however much it is', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => ({
      label: `class ${at}`,
      box: [at, 0, at + 5, 5]
    }));
    const bundle = answerBundle(many);
    expect(JSON.stringify(bundle).length).toBeLessThan(300_000);
    expect(bundle['text/html']).toContain('100000 found');
  });

  it('may be nothing', () => {
    const bundle = answerBundle({ boxes: [], labels: [], scores: [] });
    expect(bundle).toEqual({ 'text/plain': 'Nothing was found.' });
  });
});

describe('Other answers', () => {
  it('over time are a chart that JupyterLab draws, and a table as text', () => {
    const rows = ['01', '02', '03'].map((day, index) => ({
      date: `2024-01-${day}`,
      height: index
    }));
    const answer = answered(rows);
    const bundle = answer[SHOWN_AS]();
    expect(bundle[VEGA_LITE]).toMatchObject({
      data: { values: [{ x: Date.parse('2024-01-01'), y: 0 }, {}, {}] },
      encoding: { x: { type: 'temporal', title: 'date' } }
    });
    expect(bundle['text/plain']).toContain('2024-01-02');
    expect(bundle['text/html']).toBeUndefined();
    expect(answer.table).toEqual(rows);
  });

  it('with files give them as bytes', () => {
    const png = pixels(3, 3);
    const answer = answered({ out: { heat: png.toString('base64') } });
    expect(answer.files).toEqual([
      { name: 'out.heat', contentType: 'image/png', data: png }
    ]);
    expect(answer[SHOWN_AS]()['text/html']).toContain('<figcaption>out.heat');
  });

  it('that are a file are one file', () => {
    const body = Buffer.from('a,b\n1,2');
    const reply = { contentType: 'text/csv', filename: 'x.csv', body };
    expect(new Prediction(reply).files).toEqual([
      { name: 'x.csv', contentType: 'text/csv', data: body }
    ]);
  });
});

describe('A file', () => {
  const shown = (data: Buffer, name = '', contentType = '*/*') =>
    fileBundle({ data, name, contentType });

  it('in CSV is a table, whatever its separator', () => {
    const bundle = shown(Buffer.from('a;b\n"x;<b>";2'), 'scores.csv');
    expect(bundle['text/html']).toContain('x;&lt;b&gt;');
  });

  it('in ZIP is a listing, and one that is broken is said to be', () => {
    const zip = Buffer.from(zipSync({ 'm/a.png': strToU8('1234') }));
    expect(shown(zip, 'm.zip')['text/plain']).toMatch(/m\/a\.png +4/);
    const broken = Buffer.from('PK\u0003\u0004nothing');
    expect(shown(broken)['text/plain']).toContain('cannot be listed');
  });

  it('of sound is played, unless it is too large for a notebook', () => {
    const wav = (bytes: number) =>
      Buffer.concat([Buffer.from('RIFF1234WAVE'), Buffer.alloc(bytes)]);
    expect(shown(wav(100))['text/html']).toMatch(/^<audio controls src="data:/);
    expect(shown(wav(3_000_000))['text/html']).toBeUndefined();
  });

  it('in HTML or SVG is only text', () => {
    const svg = Buffer.from('<svg onload="x()"></svg>');
    expect(Object.keys(shown(svg, 'a.svg', 'image/svg+xml'))).toEqual([
      'text/plain'
    ]);
    const html = Buffer.from('<html><script>x</script>');
    expect(Object.keys(shown(html))).toEqual(['text/plain']);
  });

  it('of NumPy says its shape', () => {
    const header =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }";
    const head = Buffer.from(
      `\u0093NUMPY\u0001\u0000v\u0000${header}\n`,
      'latin1'
    );
    expect(shown(head)['text/plain']).toContain('NumPy array 2 × 3 of |u1');
  });

  it('is read from beside the notebook by display.file', async () => {
    const { bundleOf, display } = await import('..');
    const folder = mkdtempSync(path.join(os.tmpdir(), 'deep-'));
    const file = path.join(folder, 'answer.json');
    writeFileSync(file, JSON.stringify(THINGS));
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    display.file(file);
    const said = write.mock.calls.join('');
    write.mockRestore();
    rmSync(folder, { recursive: true });
    expect(said).toContain('100, 50, 300, 250');
    expect(bundleOf(THINGS)['text/html']).toContain('svg+xml');
  });
});
