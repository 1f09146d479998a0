import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { modules, Prediction } from '../..';
import { StandIn } from '../../deepaas/__tests__/standIn';
import { SHOWN_AS } from '../../display/bundle';
import { scoresIn } from '../scores';

const answers = (value: unknown): Prediction =>
  new Prediction({
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(value)),
    value
  });

describe('A module that is opened by its address', () => {
  let standIn: StandIn;
  let folder: string;
  const before = process.cwd();

  beforeEach(async () => {
    standIn = await StandIn.start();
    folder = await mkdtemp(path.join(os.tmpdir(), 'deep-'));
    process.chdir(folder);
  });

  afterEach(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
    await standIn.stop();
  });

  it('predicts on a file beside the notebook and gives labels as data', async () => {
    standIn.onPredict = (_, response) =>
      response
        .setHeader('content-type', 'application/json')
        .end('{"labels":["dog","<cat>"],"probabilities":[0.2,0.8]}');
    const pixels = new Uint8Array(400).fill(120);
    const png = Transformer.fromRgbaPixels(pixels, 10, 10).pngSync();
    await writeFile('my pet.png', png);
    const m = await modules.open(standIn.endpoint);
    const answer = await m.predict({ image: 'my pet.png' });
    expect(standIn.received[0].body).toContain('filename="my pet.png"');
    expect(answer.labels).toEqual(['<cat>', 'dog']);
    expect(answer.top).toEqual({ label: '<cat>', probability: 0.8 });
    expect(answer.value).toMatchObject({ labels: ['dog', '<cat>'] });
    const bundle = answer[SHOWN_AS]();
    expect(bundle['text/plain']).toMatch(/^my pet\.png\n<cat> +80\.0 %/);
    expect(bundle['text/html']).toContain('&lt;cat&gt;');
    expect(bundle['text/html']).toContain('src="data:image/png;base64,');
    expect(bundle['image/png']).toBe(png.toString('base64'));
    await m.close();
  });

  it('takes bytes where a file is wanted', async () => {
    const m = await modules.open(`${standIn.endpoint}/v2/models/standin/`);
    await m.predict({ image: Buffer.from('bytes of a picture') });
    expect(standIn.received[0].body).toContain('bytes of a picture');
    await m.close();
  });

  it('is not opened with a certificate authority that is none', async () => {
    const opened = modules.open(standIn.endpoint, { ca: 'no PEM' });
    await expect(opened).rejects.toThrow(/PEM/);
  });

  it('describes itself as a table of arguments', async () => {
    const m = await modules.open(standIn.endpoint);
    const about = await m.describe();
    const shown = (about as unknown as Prediction)[SHOWN_AS]();
    expect(shown['text/plain']).toMatch(/image +file/);
    await m.close();
  });

  it('refuses an argument that the module does not have', async () => {
    const m = await modules.open(standIn.endpoint);
    await expect(m.predict({ imagee: 'x.png' })).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { imagee: [expect.stringContaining('image')] }
    });
    expect(standIn.received).toEqual([]);
    await m.close();
  });

  it('ends a prediction when its signal says so', async () => {
    standIn.onPredict = () => controller.abort();
    const controller = new AbortController();
    const m = await modules.open(standIn.endpoint);
    await expect(
      m.predict({}, { signal: controller.signal })
    ).rejects.toMatchObject({ key: 'cancelled' });
    await m.close();
  });

  it('ends a prediction on the stop button of the kernel', async () => {
    const kernel = jest.fn();
    process.on('SIGINT', kernel);
    standIn.onPredict = () => process.emit('SIGINT');
    try {
      const m = await modules.open(standIn.endpoint);
      await expect(m.predict({})).rejects.toMatchObject({ key: 'cancelled' });
      expect(kernel).toHaveBeenCalledTimes(1);
      await m.close();
    } finally {
      process.removeListener('SIGINT', kernel);
    }
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe('A prediction', () => {
  it('shows what is no classification as table, JSON, text or picture', () => {
    expect(answers([{ x: 1 }])[SHOWN_AS]()['text/html']).toContain('<table');
    expect(answers({ x: 1 })[SHOWN_AS]()).toEqual({
      'text/plain': '{\n  "x": 1\n}'
    });
    const csv = new Prediction({
      contentType: 'text/csv',
      body: Buffer.from('a,b')
    });
    expect(csv[SHOWN_AS]()).toEqual({ 'text/plain': 'a,b' });
    const zip = new Prediction({
      contentType: 'application/zip',
      filename: 'masks.zip',
      body: Buffer.alloc(5)
    });
    expect(zip[SHOWN_AS]()['text/plain']).toContain('masks.zip');
    const png = Transformer.fromRgbaPixels(new Uint8Array(16), 2, 2).pngSync();
    const picture = new Prediction({ contentType: 'image/png', body: png });
    expect(picture[SHOWN_AS]()['image/png']).toBe(png.toString('base64'));
  });

  it('shows labels alone when the picture is gone', () => {
    const value = { labels: ['a'], probabilities: [1] };
    const reply = {
      contentType: 'application/json',
      body: Buffer.alloc(0),
      value
    };
    const answer = new Prediction(reply, { path: '/nowhere.png' });
    expect(answer[SHOWN_AS]()['text/plain']).toMatch(/^a +100\.0 %/);
  });

  it.each([
    [{ labels: ['a', 'b'], probabilities: [0.1, 0.9] }, ['b', 'a']],
    [{ labels: ['a', 'b'], predictions: [0.6, 0.4] }, ['a', 'b']],
    [{ predictions: [{ label: 2, score: 0.9 }] }, ['2']],
    [{ labels: ['a'], probabilities: [0.1, 0.9] }, []],
    [{ predictions: [{ label: 'a' }, null] }, []],
    [{ labels: [['a']], probabilities: [['0.1']] }, []],
    ['text', []],
    [null, []]
  ])('finds the classes of %j', (value, labels) => {
    expect(scoresIn(value).map(({ label }) => label)).toEqual(labels);
  });
});

it('refuses an address that it does not understand', async () => {
  await expect(modules.open('ftp://x/y')).rejects.toMatchObject({
    key: 'invalid-request'
  });
});
