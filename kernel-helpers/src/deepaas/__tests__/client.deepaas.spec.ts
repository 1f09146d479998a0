import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { ModuleClient } from '..';
import { IDeepaas, missing, startDeepaas } from './deepaasServer';

const withDeepaas = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

withDeepaas(`ModuleClient with a real DEEPaaS server${suffix}`, () => {
  let tiny: IDeepaas;
  let headers: IDeepaas;
  let client: ModuleClient;
  let headersClient: ModuleClient;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deep-'));
    [tiny, headers] = await Promise.all([
      startDeepaas('tiny', ['--base-path=/mods/tiny', '--notrain-endpoint']),
      startDeepaas('tiny_headers')
    ]);
    client = new ModuleClient({ endpoint: `${tiny.endpoint}/mods/tiny/` });
    headersClient = new ModuleClient({ endpoint: headers.endpoint });
  });

  afterAll(async () => {
    await Promise.all([client?.close(), headersClient?.close()]);
    await Promise.all([tiny?.stop(), headers?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  it('describes a module below a base path by its link, not by its id', async () => {
    const about = await client.describe();
    expect(about.modelPath).toBe('/mods/tiny/v2/models/tiny/');
    expect(about.metadata).toMatchObject({ license: 'MIT', version: '0.1.0' });
    expect(about.accepts).toEqual([
      'application/json',
      'text/csv',
      'image/png'
    ]);
    expect(about.predict.properties).toMatchObject({
      image: { format: 'file', contentMediaType: 'image/*' },
      threshold: { type: 'number', minimum: 0, maximum: 1, default: 0.5 },
      urls: { type: 'array', items: { type: 'string' } },
      secret: { format: 'password' },
      when: { format: 'date' },
      link: { format: 'uri' }
    });
    expect(about.predict.properties).not.toHaveProperty('accept');
    const other = await headersClient.describe();
    expect(other.modelPath).toBe('/v2/models/tiny_headers/');
    expect(other.metadata.id).toBe('0');
    expect(other.predict.required).toEqual(['image']);
  });

  it('sends files, lists and booleans in one form and unwraps the answer', async () => {
    const name = 'ü 100% "a".png';
    const file = path.join(folder, name);
    await writeFile(file, 'not-a-real-png');
    const { value } = await client.predict(
      { urls: ['a', 'b'], flag: true, threshold: 0.25, mode: null },
      { image: { path: file } }
    );
    expect(value).toMatchObject({
      args: { urls: ['a', 'b'], flag: true, threshold: 0.25, mode: 'fast' },
      size: 14,
      labels: ['cat', 'dog']
    });
    expect(value).toMatchObject({ file: { name } });
  });

  it('streams a large file from disk', async () => {
    const file = path.join(folder, 'large.bin');
    const sizeBytes = 24 * 1024 * 1024 + 7;
    await writeFile(file, Buffer.alloc(sizeBytes, 7));
    const { value } = await client.predict({}, { image: { path: file } });
    expect(value).toMatchObject({ size: sizeBytes });
  });

  it('sends JSON when there is no file', async () => {
    const { value } = await client.predict({ urls: ['a'], top_k: 5 }, {});
    expect(value).toMatchObject({
      args: { urls: ['a'], top_k: 5 },
      file: null
    });
  });

  it('gets a file with its name from a module that reads accept as an argument', async () => {
    const csv = await client.predict({}, {}, { accept: 'text/csv' });
    expect(csv).toMatchObject({
      contentType: 'text/csv',
      filename: 'scores.csv'
    });
    expect(csv.body.toString()).toContain('cat,0.9');
    const png = await client.predict({ accept: 'image/png' }, {});
    expect(png.contentType).toBe('image/png');
    expect(png.body.subarray(1, 4).toString()).toBe('PNG');
  });

  it('gets a picture from a module that reads accept from the header', async () => {
    const image = { data: Buffer.from('x'), filename: 'x.png' };
    const bare = await headersClient.predict({}, { image });
    expect(bare.value).toEqual({
      labels: ['cat', 'dog'],
      probabilities: [0.9, 0.1]
    });
    const png = await headersClient.predict(
      {},
      { image },
      { accept: 'image/png' }
    );
    expect(png.contentType).toBe('image/png');
  });

  it('refuses wrong and unknown arguments before it sends them', async () => {
    await expect(
      client.predict({ threshold: 7, thresold: 1, mode: 'nope' }, {})
    ).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: {
        threshold: ['It must be <= 1.'],
        thresold: [expect.stringContaining('no such argument')],
        mode: [expect.stringContaining('fast, best, fail')]
      }
    });
    await expect(headersClient.predict({}, {})).rejects.toMatchObject({
      fields: { image: ['It is required.'] }
    });
  });

  it('maps what the module itself refuses to its arguments', async () => {
    // A year that the calendar has and Python's has not.
    await expect(
      client.predict({ when: '0000-01-01' }, {})
    ).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { when: ['Not a valid date.'] }
    });
  });

  it('says that the reason of a failure is in the log of the module', async () => {
    await expect(client.predict({ mode: 'fail' }, {})).rejects.toMatchObject({
      key: 'module-failed',
      hint: expect.stringContaining('log'),
      technical: expect.stringContaining('500')
    });
    const image = { data: Buffer.from('x'), filename: 'x.png' };
    await expect(
      headersClient.predict({ bad: true }, { image })
    ).rejects.toMatchObject({ key: 'module-failed' });
  });

  it('says that training is switched off, not written, or unknown', async () => {
    await expect(client.trainings()).rejects.toMatchObject({
      key: 'module-disabled',
      detail: expect.stringContaining('402')
    });
    await expect(client.train({})).rejects.toMatchObject({
      key: 'module-disabled'
    });
    await expect(headersClient.train({})).rejects.toMatchObject({
      key: 'module-not-implemented',
      detail: expect.stringContaining('501')
    });
    await expect(headersClient.training('f00')).rejects.toMatchObject({
      key: 'not-found'
    });
  });

  it('stops waiting when it is told to, or when the time is over', async () => {
    const controller = new AbortController();
    const waiting = client.predict(
      { delay: 20 },
      {},
      { signal: controller.signal }
    );
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ key: 'cancelled' });
    await expect(
      client.predict({ delay: 5 }, {}, { timeoutMs: 300 })
    ).rejects.toMatchObject({
      key: 'timeout',
      detail: expect.stringContaining('0.3 s')
    });
  });
});
