/** Many modules, mixed sentence by sentence from real metadata. The same seed gives the same modules. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** A small generator of random numbers, mulberry32: benchmarks must be repeatable, and Math.random has no seed. */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function read(file) {
  const text = readFileSync(file, 'utf8');
  try {
    return file.endsWith('.json') ? JSON.parse(text) : parse(text);
  } catch {
    // A part of the real files is broken, as in life; sentences come from the others.
    return undefined;
  }
}

/** Every readable metadata object of the folder `catalogue`. */
function realMetadata(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(path.join(folder, name))
        .sort()
        .map(file => read(path.join(folder, name, file)))
    )
    .filter(Boolean);
}

const sentencesOf = text =>
  String(text ?? '')
    .split(/(?<=[.!?])\s+|\n+/)
    .map(sentence => sentence.trim())
    .filter(sentence => sentence.length > 3);

const textOf = ({ description = '' }) =>
  Array.isArray(description) ? description.join('\n') : description;

const lists = (all, key) => all.map(each => each[key]).filter(Array.isArray);

/**
 * @param {string} folder - The real metadata: folders of YAML and JSON files.
 * @param {number} count
 * @param {number} seed
 * @returns {object[]} Metadata of version 2 with `name`.
 */
export function mixedMetadata(folder, count, seed = 4) {
  const all = realMetadata(folder);
  const random = randomOf(seed);
  const one = list => list[Math.floor(random() * list.length)];
  const pools = {
    words: [...new Set(all.flatMap(({ title }) => String(title).split(/\s+/)))],
    summaries: all.flatMap(({ summary }) => sentencesOf(summary)),
    sentences: all.flatMap(each => sentencesOf(textOf(each))),
    lengths: all.map(each => sentencesOf(textOf(each)).length),
    tags: [...lists(all, 'tags'), ...lists(all, 'keywords')],
    ...Object.fromEntries(
      ['tasks', 'libraries', 'categories', 'data-type'].map(key => [
        key,
        lists(all, key)
      ])
    )
  };
  const many = (list, number) =>
    Array.from({ length: number }, () => one(list));
  return Array.from({ length: count }, (_, index) => ({
    name: `mixed-${index}`,
    metadata_version: '2.0.0',
    title: `${many(pools.words, 3).join(' ')} ${index}`,
    summary: one(pools.summaries),
    description: many(pools.sentences, Math.max(1, one(pools.lengths))).join(
      '\n'
    ),
    tags: one(pools.tags).map(String),
    tasks: one(pools.tasks),
    libraries: one(pools.libraries),
    categories: one(pools.categories),
    'data-type': one(pools['data-type']),
    links: {
      source_code: `https://github.com/ai4os-hub/mixed-${index}`,
      docker_image: `ai4oshub/mixed-${index}`
    }
  }));
}
