import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { IModuleDescription, ModuleClient } from '..';
import { IDeepaas, missing, startDeepaas } from './deepaasServer';

const withDeepaas = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';
const file = { data: Buffer.from('abc'), filename: 'a.bin' };

withDeepaas(`every field of a real DEEPaaS module${suffix}`, () => {
  let server: IDeepaas;
  let client: ModuleClient;
  let about: IModuleDescription;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deep-'));
    server = await startDeepaas('fields');
    client = new ModuleClient({ endpoint: server.endpoint });
    about = await client.describe();
  });

  afterAll(async () => {
    await client?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const echo = async (
    args: Record<string, unknown>,
    files: Parameters<ModuleClient['predict']>[1] = {}
  ): Promise<Record<string, unknown>> =>
    (await client.predict(args, files)).value as Record<string, unknown>;

  it('has a property in the schema, in the order of the module', () => {
    const { properties = {} } = about.predict;
    expect(Object.keys(properties).slice(0, 3)).toEqual([
      'file',
      'text',
      'number_in_query'
    ]);
    expect(properties).toMatchObject({
      file: { format: 'file', contentMediaType: 'audio/*' },
      text_in_json: { type: 'string', default: 'none' },
      mapping: { type: 'object', default: { a: 1 } },
      counts: { type: 'object', additionalProperties: { type: 'integer' } },
      password: { format: 'password', minLength: 1 },
      identifier: { format: 'uuid' },
      address: { format: 'email' },
      moment: { format: 'date-time' },
      choice: { type: 'string', enum: ['a', 'b'] },
      numbers: { minItems: 1, maxItems: 3, items: { type: 'integer' } },
      switch: { type: 'boolean', default: true }
    });
    expect(properties.anything).toEqual({});
  });

  it('leaves out limits that JSON Schema does not have: Infinity, and expressions of Python', () => {
    const { share, word } = about.predict.properties ?? {};
    expect(share).toEqual({ type: 'number', default: 1, minimum: 0 });
    expect(word).toEqual({ type: 'string', default: 'a' });
  });

  it('describes an object that contains its like, once around', () => {
    expect(about.predict.properties?.node).toMatchObject({
      type: 'object',
      required: ['weight'],
      properties: {
        weight: { type: 'number' },
        child: { anyOf: [{ type: 'object' }, { type: 'null' }] }
      }
    });
  });

  it('reaches the module with every type of value', async () => {
    const values = {
      text: 'ü, "quoted"\n中文',
      number_in_query: 0.25,
      text_in_json: 'j',
      text_in_header: 'h',
      mapping: { b: [1, { c: null }] },
      counts: { x: 3 },
      node: { weight: 1.5, child: { weight: 2, child: null } },
      nodes: [{ weight: 3, child: null }],
      anything: [1, 'two'],
      share: 7,
      word: 'b',
      password: 's3cret',
      identifier: '0f0e0d0c-0b0a-4908-8706-050403020100',
      address: 'a@example.org',
      day: '2024-02-29',
      link: 'https://example.org/ü',
      choice: 'b',
      numbers: [4, 5],
      switch: false
    };
    expect(await echo(values)).toMatchObject(values);
    expect((await echo({ moment: '2024-02-29T10:00:00' })).moment).toBe(
      '2024-02-29 10:00:00'
    );
  });

  it('reaches the module in a form, beside a file', async () => {
    const values = {
      text: 'ü',
      text_in_form: 'f',
      text_in_header: 'h',
      number_in_query: 0.25,
      numbers: [4, 5],
      switch: false
    };
    const answer = await echo(values, { file });
    expect(answer).toMatchObject({ ...values, file: { name: 'a.bin' } });
  });

  it('goes into a form without a file where the module takes it from a form alone', async () => {
    expect(await echo({ text_in_form: 'f', text: 't' })).toMatchObject({
      text_in_form: 'f',
      text: 't'
    });
  });

  it('is left to the module when it is null, or as the module has it anyway', async () => {
    const answer = await echo({ mapping: { a: 1 }, text: null }, { file });
    expect(answer).toMatchObject({ mapping: { a: 1 }, text: 'none' });
  });

  it('is refused in words when a form and JSON are both needed', async () => {
    await expect(echo({ counts: { x: 1 } }, { file })).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { counts: [expect.stringContaining('together with a file')] }
    });
    await expect(
      echo({ text_in_json: 'j', text_in_form: 'f' })
    ).rejects.toMatchObject({
      fields: { text_in_json: [expect.stringContaining('text_in_form')] }
    });
    await expect(echo({ nodes: [{ weight: 1 }] }, { file })).rejects.toThrow(
      'only in a JSON body'
    );
  });

  it('can be a dictionary where the module takes one as a text, in the notation of its default', async () => {
    const value = { it: "it's", yes: true, no: null, list: [1, 'a"b'] };
    const answer = await echo({ options: value, settings: value });
    expect(answer.options).toBe(
      `{'it': 'it\\'s', 'yes': True, 'no': None, 'list': [1, 'a"b']}`
    );
    expect(answer.settings).toBe(JSON.stringify(value));
  });

  it('does not go as a header what no header can carry', async () => {
    await expect(echo({ text_in_header: 'ü' })).rejects.toMatchObject({
      fields: { text_in_header: [expect.stringContaining('header')] }
    });
  });

  it.each([
    'two words.png',
    'it\'s "quoted" 100%22.png',
    'line\nbreak\r\n.png',
    'back\\slash;semi;colon.png',
    '写真 – größe.png',
    "%41 'a' (1)*.png"
  ])('keeps the name of a file: %j', async filename => {
    const named = { ...file, filename };
    expect((await echo({}, { file: named })).file).toEqual({
      name: filename,
      size: 3
    });
  });

  it('keeps the name of a file on disk', async () => {
    const name = 'a "b"\nü;c.bin';
    await writeFile(path.join(folder, name), 'four');
    const answer = await echo({}, { file: { path: path.join(folder, name) } });
    expect(answer.file).toEqual({ name, size: 4 });
  });

  it('answers with numbers that JSON does not have', async () => {
    expect(await echo({ text: 'not a number' })).toEqual({
      share: NaN,
      bound: -Infinity,
      says: 'NaN "NaN"'
    });
  });

  it('answers with a file within JSON, which stays a value', async () => {
    const { picture } = await echo({ text: 'picture' });
    expect(
      Buffer.from(String(picture), 'base64').toString('latin1', 1, 4)
    ).toBe('PNG');
  });

  it('answers with files that are known by their content and keep their name', async () => {
    const reply = (accept: string) => client.predict({}, {}, { accept });
    expect(await reply('application/octet-stream')).toMatchObject({
      contentType: 'text/csv',
      filename: 'Größe 1.csv'
    });
    expect((await reply('image/*')).contentType).toBe('image/png');
    const plain = await reply('text/plain');
    expect(plain).toMatchObject({ contentType: 'text/plain' });
    expect(plain.body.toString()).toBe('plain words');
  });

  it('is named by the module where it is wrong in an item', async () => {
    await expect(
      echo({ nodes: [{ weight: 1, other: 2 }] })
    ).rejects.toMatchObject({
      key: 'invalid-arguments',
      fields: { nodes: [expect.stringContaining('other: Unknown field.')] }
    });
  });
});
