import { type ModelPreparation } from '@jupyterlab-deep/protocol';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { checkedFile } from './checkedFile';
import { ModelConfig, parseModelFile, PreprocessorConfig } from './manifest';
import { preparationFrom } from './pictureSettings';

/** What lies beside a model's file and says more of it. */
export interface IBeside {
  labels?: { names: string[]; from: string };
  preparation?: { value: ModelPreparation; from: string };
}

const MAX_BYTES = 8 * 1024 ** 2;
/** Texts with a name a line, and JSON in the shapes that people write. */
const LABEL_FILES = [
  'labels.txt',
  'classes.txt',
  'class_names.txt',
  'labels.json',
  'classes.json',
  'class_names.json',
  'class_indices.json',
  'metadata.json'
];

/** Undefined when it is not there, leads elsewhere, or is too large to be what is looked for. */
async function textBeside(
  folder: string,
  name: string
): Promise<string | undefined> {
  try {
    const file = await checkedFile(folder, name, MAX_BYTES);
    return await readFile(file.path, 'utf8');
  } catch {
    // Nothing is lost: what it would say is asked for.
    return undefined;
  }
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '';

/** Names by their numbers; the last of `["n01440764", "tench"]`. */
function byNumber(entries: [string, unknown][]): string[] | undefined {
  const names = new Array<string>(entries.length);
  for (const [key, value] of entries) {
    const [number, name] = Number.isInteger(value)
      ? [Number(value), key]
      : [Number(key), Array.isArray(value) ? value.at(-1) : value];
    if (!(number >= 0 && number < names.length) || !isText(name)) {
      return undefined;
    }
    names[number] = name;
  }
  // A number that is missing leaves a hole, which `includes` sees as undefined.
  return names.includes(undefined as unknown as string) ? undefined : names;
}

/** Names of classes in JSON: a list, `{"0": "cat"}`, `{"cat": 0}`, or one of these under `labels`, `classes` or `names`. */
export function labelsInJson(value: unknown): string[] | undefined {
  if (Array.isArray(value)) {
    return value.length > 0 && value.every(isText) ? value : undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { labels, classes, names } = value as Record<string, unknown>;
  const inner = labels ?? classes ?? names;
  if (typeof inner === 'object' && inner !== null) {
    return labelsInJson(inner);
  }
  const entries = Object.entries(value);
  return entries.length > 0 ? byNumber(entries) : undefined;
}

/** A name a line; numbers that count the lines are left away, as Teachable Machine writes them. */
export function labelsInText(text: string): string[] | undefined {
  const lines = text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
  const isCounted = lines.every((line, index) =>
    new RegExp(`^${index}[\\s:,]+\\S`).test(line)
  );
  const names = isCounted
    ? lines.map(line => line.replace(/^\d+[\s:,]+/, ''))
    : lines;
  return names.length > 0 ? names : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a file's own notes say: JSON, a dictionary of Python, or a list with commas. */
export function labelsInMetadata(
  metadata: Record<string, string>
): { names: string[]; from: string } | undefined {
  for (const key of ['names', 'labels', 'classes', 'class_names', 'id2label']) {
    const text = metadata[key];
    if (!text) {
      continue;
    }
    const python = [...text.matchAll(/(\d+)\s*:\s*(['"])(.*?)\2/g)];
    const names =
      labelsInJson(parsed(text)) ??
      (python.length > 0
        ? byNumber(python.map(([, number, , name]) => [number, name]))
        : text.split(',').map(name => name.trim()));
    if (names && names.length > 1 && names.every(isText)) {
      return { names, from: `its note “${key}”` };
    }
  }
  return undefined;
}

async function labelsIn(
  folder: string
): Promise<IBeside['labels'] | undefined> {
  const config = await textBeside(folder, 'config.json');
  const { id2label } = (parsed(config ?? '') ?? {}) as { id2label?: unknown };
  const fromConfig = labelsInJson(id2label);
  if (fromConfig) {
    return { names: fromConfig, from: 'config.json' };
  }
  for (const name of LABEL_FILES) {
    const text = await textBeside(folder, name);
    const names =
      text === undefined
        ? undefined
        : path.extname(name) === '.txt'
          ? labelsInText(text)
          : labelsInJson(parsed(text));
    if (names) {
      return { names, from: name };
    }
  }
  return undefined;
}

async function preparationIn(
  folder: string
): Promise<IBeside['preparation'] | undefined> {
  const name = 'preprocessor_config.json';
  const text = await textBeside(folder, name);
  if (text === undefined) {
    return undefined;
  }
  try {
    const config = parseModelFile(PreprocessorConfig, text, name);
    const about = (await textBeside(folder, 'config.json')) ?? '{}';
    const { num_channels } = parseModelFile(ModelConfig, about, 'config.json');
    const value = preparationFrom(config, num_channels ?? 3);
    return value && { value, from: name };
  } catch {
    // It asks for what is not done here: then the form asks.
    return undefined;
  }
}

/** Looks into the folders where labels and preparation of a model may lie, the nearest first. */
export async function lookBeside(folders: string[]): Promise<IBeside> {
  const found: IBeside = {};
  for (const folder of folders) {
    found.labels ??= await labelsIn(folder);
    found.preparation ??= await preparationIn(folder);
  }
  return found;
}
