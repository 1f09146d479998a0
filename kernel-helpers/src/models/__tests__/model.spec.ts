import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { type IClassification } from '../imageClassification';
import { type IModel, loadModel } from '../model';
import { WorkerThread } from '../workerThread';
import {
  buildWorkers,
  CAT,
  COFFEE,
  LITE0,
  PYTHON,
  Scratch
} from './surroundings';

/** A PNG that declares a size and has one row of pixels at most. */
function declaredPng(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), content]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(content.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1 + width * 3))),
    chunk('IEND', Buffer.alloc(0))
  ]);
}

describe('A loaded model', () => {
  const scratch = new Scratch();
  let model: IModel;

  beforeAll(async () => {
    buildWorkers();
    model = await loadModel(LITE0);
  });

  afterAll(async () => {
    await model.release();
    scratch.remove();
  });

  const classify = (image: unknown, top_k?: number) =>
    model.predict(
      top_k === undefined ? { image } : { image, top_k }
    ) as Promise<IClassification>;

  const failure = async (image: unknown) =>
    classify(image).catch(error => error);

  it('says what it is, what it takes and what computes', () => {
    expect(model.describe()).toMatchObject({
      name: 'image-classifier',
      task: 'image-classification',
      arguments: [{ name: 'image' }, { name: 'top_k', maximum: 1000 }],
      output: '1000 labels'
    });
    expect(['cpu', 'cuda']).toContain(model.backend);
    expect(model.detail).not.toBe('');
  });

  it('sees what is on a picture', async () => {
    const cat = await classify(CAT);
    expect(cat.labels[0]).toBe('Egyptian Mau');
    expect(cat.predictions).toHaveLength(5);
    expect(cat.predictions[0]).toEqual({
      label: 'Egyptian Mau',
      probability: cat.probabilities[0],
      index: 285
    });
    expect((await classify(COFFEE, 1)).labels).toEqual(['espresso']);
  });

  it('gives probabilities that fall and sum up to 1', async () => {
    const { probabilities } = await classify(CAT, 1000);
    const sorted = [...probabilities].sort((a, b) => b - a);
    expect(probabilities).toEqual(sorted);
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  it('takes bytes, whether they have a buffer of their own or not', async () => {
    const bytes = readFileSync(CAT);
    const within = Buffer.concat([Buffer.alloc(999), bytes]).subarray(999);
    const answers = await Promise.all([classify(bytes), classify(within)]);
    expect(answers[1]).toEqual(answers[0]);
    // What it was given is still the caller's.
    expect(bytes.equals(within)).toBe(true);
  });

  it('answers many at once as it answers each alone', async () => {
    const alone = [await classify(CAT), await classify(COFFEE)];
    const many = await Promise.all(
      Array.from({ length: 40 }, (_, n) => classify(n % 2 ? COFFEE : CAT))
    );
    many.forEach((answer, n) => {
      expect(answer.labels[0]).toBe(alone[n % 2].labels[0]);
      expect(answer.probabilities[0]).toBeCloseTo(
        alone[n % 2].probabilities[0],
        3
      );
    });
  });

  it.each([
    ['png', (cat: Sharp) => cat.png()],
    ['palette png', (cat: Sharp) => cat.png({ palette: true })],
    ['16 bit png', (cat: Sharp) => cat.toColourspace('rgb16').png()],
    ['webp', (cat: Sharp) => cat.webp({ quality: 95 })],
    ['gif', (cat: Sharp) => cat.gif()],
    ['tiff', (cat: Sharp) => cat.tiff()],
    ['avif', (cat: Sharp) => cat.avif({ effort: 0, quality: 90 })],
    ['with alpha', (cat: Sharp) => cat.ensureAlpha().png()],
    ['progressive', (cat: Sharp) => cat.jpeg({ progressive: true })]
  ])('sees the same on a picture of another kind: %s', async (_kind, save) => {
    const bytes = await save(sharp(CAT)).toBuffer();
    const { labels } = await classify(bytes);
    expect(['Egyptian Mau', 'tabby cat']).toContain(labels[0]);
  });

  it('reads grey pictures', async () => {
    const bytes = await sharp(CAT).greyscale().png().toBuffer();
    expect((await classify(bytes)).predictions).toHaveLength(5);
  });

  it('turns pictures as their camera was held', async () => {
    const upright = await classify(CAT);
    const turned = await sharp(CAT)
      .rotate(90)
      .withMetadata({ orientation: 8 })
      .png()
      .toBuffer();
    const answer = await classify(turned);
    expect(answer.probabilities[0]).toBeCloseTo(upright.probabilities[0], 2);
  });

  it('shows transparent parts as white', async () => {
    const size = { width: 64, height: 64 };
    const hidden = { ...size, channels: 4 as const };
    const red = { r: 255, g: 0, b: 0, alpha: 0 };
    const [clear, white] = await Promise.all([
      sharp({ create: { ...hidden, background: red } })
        .png()
        .toBuffer(),
      sharp({ create: { ...hidden, background: 'white' } })
        .png()
        .toBuffer()
    ]);
    expect(await classify(clear)).toEqual(await classify(white));
  });

  it.each([
    ['an empty file', () => Buffer.alloc(0), 'empty'],
    ['text', () => Buffer.from('this is no picture'), 'not a picture'],
    [
      'SVG, which can name other files',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'not a picture'
    ],
    [
      'a picture that is cut off',
      () => readFileSync(CAT).subarray(0, 9000),
      'damaged'
    ],
    [
      'a picture that declares 30,000 × 30,000 pixels',
      () => declaredPng(30_000, 30_000),
      '30000 × 30000 pixels'
    ]
  ])('refuses %s in words', async (_kind, bytes, words) => {
    const error = await failure(bytes());
    expect(error).toMatchObject({ key: 'invalid-picture' });
    expect(error.message).toContain(words);
    expect(error.hint).toBeTruthy();
  });

  it('refuses a file that is not there, too large, or of no known argument', async () => {
    expect(await failure(scratch.file('none.jpg'))).toMatchObject({
      key: 'not-found'
    });
    const sparse = scratch.file('large');
    writeFileSync(sparse, '');
    truncateSync(sparse, 201 * 1024 ** 2);
    expect(await failure(sparse)).toMatchObject({ key: 'too-large' });
    const misspelt = model.predict({ image: CAT, topk: 3 });
    await expect(misspelt).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { topk: ['Unknown argument.'] }
    });
  });

  it('goes on after refusals', async () => {
    await Promise.all([failure('/nowhere'), failure(Buffer.alloc(0))]);
    expect((await classify(CAT)).labels[0]).toBe('Egyptian Mau');
  });

  it('gives up what is cancelled, and answers the others', async () => {
    const gone = new AbortController();
    const cancelled = Array.from({ length: 8 }, () =>
      model.predict({ image: CAT }, { signal: gone.signal })
    );
    const kept = classify(COFFEE);
    gone.abort();
    const states = await Promise.allSettled(cancelled);
    for (const state of states) {
      expect(state).toMatchObject({ reason: { key: 'cancelled' } });
    }
    expect((await kept).labels[0]).toBe('espresso');
  });

  it('fails what waits when it is released, and can be loaded again', async () => {
    const second = await loadModel(LITE0, { threads: 1, workers: 1 });
    const waiting = second.predict({ image: CAT });
    const outcome = expect(waiting).rejects.toMatchObject({ key: 'cancelled' });
    await second.release();
    await outcome;
  });

  it('uses the size that its preprocessor asks for, with the middle cut out', async () => {
    const folder = scratch.lite0();
    const file = path.join(folder, 'preprocessor_config.json');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    config.size = { shortest_edge: 256 };
    config.crop_size = { height: 224, width: 224 };
    config.do_center_crop = true;
    writeFileSync(file, JSON.stringify(config));
    const cropping = await loadModel(folder);
    const answer = (await cropping.predict({
      image: COFFEE
    })) as IClassification;
    await cropping.release();
    expect(answer.labels[0]).toBe('espresso');
    const whole = await classify(COFFEE);
    expect(answer.probabilities[0]).not.toBeCloseTo(whole.probabilities[0], 3);
  });
});

describe('A model that does not fit its folder', () => {
  const scratch = new Scratch();
  let folder: string;
  let count = 0;

  beforeAll(buildWorkers);
  beforeEach(() => {
    folder = scratch.lite0(`model${count++}`);
  });
  afterAll(() => scratch.remove());

  const change = (
    name: string,
    work: (value: { id2label: Record<string, string>; size: object }) => void
  ): void => {
    const file = path.join(folder, name);
    const value = JSON.parse(readFileSync(file, 'utf8'));
    work(value);
    writeFileSync(file, JSON.stringify(value));
  };

  const refusal = (): Promise<unknown> =>
    loadModel(folder).then(
      model => model.release(),
      error => error
    );

  it('is refused when it has other classes', async () => {
    change('config.json', config => delete config.id2label[999]);
    expect(await refusal()).toMatchObject({
      key: 'model-invalid',
      detail: expect.stringContaining(
        'gives 1000 numbers; config.json names 999'
      )
    });
  });

  it('is refused when it takes inputs of another size', async () => {
    change('preprocessor_config.json', config => {
      config.size = { width: 192, height: 192 };
    });
    expect(await refusal()).toMatchObject({
      key: 'model-invalid',
      detail: expect.stringContaining('3 × 192 × 192')
    });
  });

  (existsSync(PYTHON) ? it : it.skip)(
    'is asked for one picture at a time when it takes no more',
    async () => {
      const file = path.join(folder, 'onnx/model.onnx');
      const script =
        'import onnx, os, sys; file = sys.argv[1]; model = onnx.load(file); os.unlink(file);' +
        'model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1; onnx.save(model, file)';
      execFileSync(PYTHON, ['-c', script, file]);
      const model = await loadModel(folder, { workers: 1 });
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => model.predict({ image: CAT }))
      );
      await model.release();
      for (const answer of answers as IClassification[]) {
        expect(answer.labels[0]).toBe('Egyptian Mau');
      }
    }
  );
});

describe('A worker that dies', () => {
  const preparation = {
    resize: { width: 4, height: 4 },
    resample: 3,
    width: 4,
    height: 4,
    planes: [0, 1, 2],
    scale: [1, 1, 1],
    offset: [0, 0, 0],
    maxPixels: 1e6,
    maxBytes: 1e6
  };
  const memory = { buffer: new SharedArrayBuffer(48 * 4), length: 48 };
  const thread = new WorkerThread<object, void>(
    'prepareWorker',
    { preparation, memory },
    'that prepares pictures'
  );

  beforeAll(buildWorkers);
  afterAll(() => thread.dispose());

  it('fails what was under way in words, and is replaced', async () => {
    const call = () => thread.call({ picture: CAT, slot: 0 });
    await call();
    const interrupted = call();
    await Promise.all([
      expect(interrupted).rejects.toMatchObject({
        key: 'module-failed',
        hint: 'Try once more.'
      }),
      thread['_worker']!.terminate()
    ]);
    new Float32Array(memory.buffer).fill(-1);
    await call();
    expect(Math.min(...new Float32Array(memory.buffer))).toBeGreaterThan(0);
  });
});
