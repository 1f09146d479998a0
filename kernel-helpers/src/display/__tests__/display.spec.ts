import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { display, IMimeBundle } from '..';
import { shownAs } from '../bundle';

const OUTPUT = Symbol.for('jupyterlab-deep.output');

interface IWritten {
  bundle: IMimeBundle;
  id: string;
  update: boolean;
}

/** A stand-in for our kernel's output. */
function captureKernel(): IWritten[] {
  const written: IWritten[] = [];
  Object.defineProperty(globalThis, OUTPUT, {
    configurable: true,
    value: (bundle: IMimeBundle, id: string, update: boolean) =>
      written.push({ bundle, id, update })
  });
  return written;
}

const releaseKernel = (): void => {
  delete (globalThis as { [key: symbol]: unknown })[OUTPUT];
};

const noisePicture = (width: number, height: number): Buffer => {
  const pixels = new Uint8Array(width * height * 4);
  for (let at = 0; at < pixels.length; at += 1) {
    pixels[at] = (at * 2654435761) >>> 24;
  }
  return Transformer.fromRgbaPixels(pixels, width, height).pngSync();
};

describe('display in a notebook', () => {
  let written: IWritten[];

  beforeEach(() => {
    written = captureKernel();
  });

  afterEach(releaseKernel);

  it('shows rows as text and as a table in which foreign text is only text', () => {
    display.table([
      {
        name: '<img src=x onerror=alert(1)>',
        share: 0.123456789,
        tags: ['a', 'b']
      },
      { name: 'second', share: 2, more: { deep: true } }
    ]);
    const { bundle } = written[0];
    expect(bundle['text/plain']).toContain('second');
    expect(bundle['text/html']).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(bundle['text/html']).not.toContain('<img');
    expect(bundle['text/html']).toContain('>0.12346<');
    expect(bundle['text/html']).toContain('>a, b<');
    expect(bundle['text/html']).toContain('{&quot;deep&quot;:true}');
  });

  it('picks and orders columns, and says how many rows it left out', () => {
    const rows = Array.from({ length: 250 }, (_, index) => ({
      index,
      square: index * index
    }));
    display.table(rows, ['square']);
    const text = written[0].bundle['text/plain'] as string;
    expect(text.split('\n')[0]).toBe('square');
    expect(text).toContain('… and 50 more rows');
  });

  it('shows shares as bars that stay within their place', () => {
    display.bars({ 'a<b': 0.5, wild: 7, unknown: NaN });
    const { bundle } = written[0];
    expect(bundle['text/plain']).toMatch(/a<b {6} 50\.0 % {2}█{15}\n/);
    expect(bundle['text/html']).toContain('a&lt;b');
    expect(bundle['text/html']).toContain('width:100.0%');
    expect(bundle['text/html']).not.toContain('width:700');
    expect(bundle['text/plain']).toContain('NaN');
  });

  it('makes a large picture small and leaves a small one as it is', () => {
    const large = noisePicture(1200, 600);
    display.picture(large, { maxSide: 300 });
    const data = written[0].bundle['image/jpeg'] as string;
    expect(
      new Transformer(Buffer.from(data, 'base64')).metadataSync()
    ).toMatchObject({
      width: 300,
      height: 150
    });
    const small = noisePicture(20, 10);
    display.picture(small);
    expect(written[1].bundle['image/png']).toBe(small.toString('base64'));
  });

  it('reads a picture from a path relative to the notebook', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'deep-'));
    const before = process.cwd();
    try {
      process.chdir(folder);
      writeFileSync('a b.png', noisePicture(8, 8));
      display.picture('a b.png');
      expect(written[0].bundle).toMatchObject({
        'text/plain': 'a b.png',
        'image/png': expect.any(String)
      });
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });

  it('says why something cannot be shown as a picture', () => {
    display.picture(Buffer.from('<svg onload="alert(1)"/>'));
    display.picture('/nowhere/x.png');
    expect(written[0].bundle['text/plain']).toContain('cannot be shown');
    expect(Object.keys(written[0].bundle)).toEqual(['text/plain']);
    expect(written[1].bundle['text/plain']).toContain('ENOENT');
  });

  it('refuses a picture by its declared size before it decodes it', () => {
    const png = noisePicture(8, 8);
    png.writeUInt32BE(30_000, 16);
    png.writeUInt32BE(30_000, 20);
    const startedAt = performance.now();
    display.picture(png);
    expect(written[0].bundle['text/plain']).toContain('cannot be shown');
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('shows any value: as it asks to be shown, as a table, as JSON', () => {
    const thing = shownAs({ a: 1 }, ({ a }) => ({ 'text/plain': `is ${a}` }));
    expect(JSON.stringify(thing)).toBe('{"a":1}');
    display(thing);
    display([{ a: 1 }, { a: 2 }]);
    display({ a: [1] });
    display('x'.repeat(200_000));
    const data = noisePicture(4, 4);
    display({ data, filename: 'a.png' });
    const texts = written.map(({ bundle }) => bundle['text/plain'] as string);
    expect(texts[0]).toBe('is 1');
    expect(texts[1]).toBe('a\n1\n2');
    expect(JSON.parse(texts[2])).toEqual({ a: [1] });
    expect(texts[3]).toContain('… and 100000 more characters');
    expect(written[4].bundle).toEqual({
      'text/plain': 'a.png',
      'image/png': data.toString('base64')
    });
  });

  it('replaces a progress line in place, and shows none for what is quick', async () => {
    display.progress('quick').end('done');
    expect(written).toEqual([]);
    const line = display.progress('slow <b>');
    line.update('slow <b>', { done: 3, total: 10 });
    await until(() => written.length > 0);
    line.end('ready');
    const [first, last] = [written[0], written.at(-1)!];
    expect(first.update).toBe(false);
    expect(first.bundle['text/plain']).toMatch(/^slow <b> 3 of 10 … 0\.\d s$/);
    expect(first.bundle['text/html']).toContain('slow &lt;b&gt;');
    expect(last).toMatchObject({ id: first.id, update: true });
    expect(last.bundle['text/plain']).toMatch(/^ready \(/);
  });
});

describe('display outside of our kernel', () => {
  it('uses a global display where a kernel offers one', () => {
    const show = jest.fn();
    Object.assign(globalThis, { display: show });
    try {
      display.html('<b>hi</b>');
    } finally {
      delete (globalThis as { display?: unknown }).display;
    }
    expect(show).toHaveBeenCalledWith(
      { 'text/html': '<b>hi</b>', 'text/plain': 'hi' },
      { display_id: expect.any(String), update: false }
    );
  });

  it('writes plain text to standard output else', () => {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    display.table([{ a: 1 }]);
    const said = write.mock.calls.map(([text]) => text);
    write.mockRestore();
    expect(said).toEqual(['a\n1\n']);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
