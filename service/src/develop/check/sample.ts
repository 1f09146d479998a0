import { deflateSync, crc32 } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IJsonSchema } from '@jupyterlab-deep/kernel-helpers/deepaas';
import type { IAsk } from './probe';

interface ISampleFile {
  name: string;
  bytes: Buffer;
}

/** Values for one prediction. */
export interface ISample {
  values: Record<string, unknown>;
  files: Record<string, ISampleFile>;
  /** They came with the module: it must take them. */
  isOwn: boolean;
}

const isFile = ({ format }: IJsonSchema): boolean => format === 'file';

/** Made by what the module says of its arguments: the least that it asks for. */
export function madeSample(schema: IJsonSchema): ISample {
  const sample: ISample = { values: {}, files: {}, isOwn: false };
  for (const name of schema.required ?? []) {
    const property = schema.properties?.[name] ?? {};
    if (isFile(property)) {
      sample.files[name] = fileFor(`${name} ${property.description ?? ''}`);
    } else {
      sample.values[name] = valueFor(property);
    }
  }
  return sample;
}

/** What the module brings along. */
export async function ownSample(
  values: Record<string, unknown>,
  files: Record<string, string>
): Promise<ISample> {
  const read = Object.entries(files).map(
    async ([name, file]): Promise<[string, ISampleFile]> => [
      name,
      { name: path.basename(file), bytes: await readFile(file) }
    ]
  );
  return {
    values,
    files: Object.fromEntries(await Promise.all(read)),
    isOwn: true
  };
}

function valueFor(property: IJsonSchema): unknown {
  const { type, enum: choices, default: usual, minimum } = property;
  if (usual !== undefined) {
    return usual;
  }
  if (Array.isArray(choices)) {
    return choices[0];
  }
  switch (type) {
    case 'integer':
      return Math.ceil(Number(minimum ?? 1));
    case 'number':
      return Number(minimum ?? 1);
    case 'boolean':
      return true;
    case 'array':
      return [valueFor((property.items as IJsonSchema) ?? {})];
    case 'object':
      return {};
    default:
      return textFor(property);
  }
}

function textFor({ format, minLength }: IJsonSchema): string {
  switch (format) {
    case 'uri':
    case 'url':
      return 'https://example.org/';
    case 'date':
      return '2026-01-31';
    case 'date-time':
      return '2026-01-31T12:00:00';
    default:
      return 'text'.padEnd(Number(minLength ?? 0), 'x');
  }
}

function fileFor(words: string): ISampleFile {
  if (/image|picture|photo/i.test(words)) {
    return { name: 'picture.png', bytes: picture() };
  }
  if (/audio|sound|speech|wav/i.test(words)) {
    return { name: 'sound.wav', bytes: sound() };
  }
  if (/table|csv/i.test(words)) {
    return { name: 'table.csv', bytes: Buffer.from('a,b\n1,2\n3,4\n') };
  }
  return { name: 'text.txt', bytes: Buffer.from('text\n') };
}

const SIDE = 64;

/** A grey picture as PNG. */
function picture(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  // Eight bits of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(SIDE * (SIDE * 3 + 1), 128);
  for (let row = 0; row < SIDE; row++) {
    rows[row * (SIDE * 3 + 1)] = 0;
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0))
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}

const RATE = 16_000;

/** A second of a tone as WAV. */
function sound(): Buffer {
  const samples = Buffer.alloc(RATE * 2);
  for (let at = 0; at < RATE; at++) {
    const value = Math.sin((at * 2 * Math.PI * 440) / RATE);
    samples.writeInt16LE(Math.round(value * 10_000), at * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** A prediction of a sample: a form where there are files, else JSON. */
export function predictionOf(
  predictPath: string,
  { values, files }: ISample,
  headers: Record<string, string> = {}
): IAsk {
  const names = Object.keys(files);
  if (names.length === 0) {
    return {
      method: 'POST',
      path: predictPath,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(values)
    };
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      form.append(name, String(each));
    }
  }
  for (const [name, { name: file, bytes }] of Object.entries(files)) {
    form.append(name, new Blob([new Uint8Array(bytes)]), file);
  }
  const fields = [
    ...Object.entries(values).map(([name, value]) => `${name}=${value}`),
    ...Object.entries(files).map(
      ([name, file]) => `${name}=${file.name} (${file.bytes.length} bytes)`
    )
  ];
  return {
    method: 'POST',
    path: predictPath,
    headers,
    body: form,
    bodyWords: `multipart/form-data: ${fields.join(', ')}`
  };
}
