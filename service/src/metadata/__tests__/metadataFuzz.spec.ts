import fc from 'fast-check';
import { parse } from 'yaml';
import type { MetadataCheck } from '@jupyterlab-deep/protocol';
import { MetadataSchemas } from '../../catalogue/metadata/metadataSchemas';
import { SCHEMAS } from '../../__tests__/home';
import { editText } from '../edit';
import { Metadata } from '../metadata';

jest.setTimeout(60_000);

const metadata = new Metadata(new MetadataSchemas(SCHEMAS));
/** As much as a request may hold. */
const MOST = 500_000;
/** The service answers nobody meanwhile; it takes a fraction of this, and a busy machine is slower. */
const MAX_MS = 10_000;

/** Either it was read, or one reason with its line says why not; never late. */
async function told(text: string): Promise<MetadataCheck> {
  const began = performance.now();
  const check = await metadata.check(text);
  expect(performance.now() - began).toBeLessThan(MAX_MS);
  if (check.values === undefined) {
    expect(check.problems).toHaveLength(1);
    const [{ message, line, severity }] = check.problems;
    expect(severity).toBe('error');
    expect(message).toMatch(/\w{3}/);
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(text.split('\n').length);
  }
  return check;
}

const GOOD = `# Ours.
metadata_version: 2.3.0
title: Plants   # short
summary: Names plants on pictures
description: |-
  A text.

  Of two parts.
links:
  # where it lies
  source_code: https://github.com/lab/plants
tags: [a, b]
tasks:
  - Computer Vision   # first
categories:
  - AI4 inference
libraries:
  - TensorFlow
`;

const bomb = (levels: number): string =>
  [
    'a0: &a0 [x, x, x, x, x, x, x, x, x]',
    ...Array.from(
      { length: levels },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`
    )
  ].join('\n');

interface IBroken {
  what: string;
  text: string;
  /** Where it is known. */
  line?: number;
}

const BROKEN: IBroken[] = [
  {
    what: 'an alias of what comes later',
    text: 'title: x\nsummary: *later\n',
    line: 2
  },
  { what: 'aliases of aliases without end', text: bomb(9), line: 2 },
  { what: 'an alias of itself', text: 'title: &a\n  x: *a\n', line: 2 },
  {
    what: 'brackets in brackets',
    text: `title: x\ntags: ${'['.repeat(MOST - 20)}`,
    line: 2
  },
  {
    what: 'braces in braces',
    text: `title: x\ntags: ${'{a: '.repeat(2000)}`,
    line: 2
  },
  { what: 'levels without end', text: levels(3000) },
  {
    what: 'a list without end',
    text: `title: x\ntags:\n${'- x\n'.repeat(60_000)}`
  },
  { what: 'keys without end', text: 'k: 1\n'.repeat(60_000) },
  {
    what: 'JSON of many levels',
    text: `{"b": 1,\n"a":\n${'['.repeat(200)}${']'.repeat(200)}}`,
    line: 3
  },
  {
    what: 'JSON without end',
    text: `{"title": "x",\n"a": [${'1,'.repeat(100_000)}1]}`,
    line: 2
  },
  { what: 'JSON cut off', text: '{\n"title": "x",\n"summary":', line: 3 },
  {
    what: 'a text without its end',
    text: `title: "x\n${'y '.repeat(200_000)}`
  },
  { what: 'two documents', text: 'title: x\n---\ntitle: y\n', line: 2 },
  { what: 'a tab before a key', text: 'title: x\n\tsummary: y\n', line: 2 },
  { what: 'a mark of nothing', text: 'title: x\nsummary: @y\n', line: 2 },
  { what: 'a sign of no letter', text: 'title: x\nsummary: \0\ntags: [' }
];

function levels(count: number): string {
  let text = '';
  for (let level = 0; level < count && text.length < MOST - 200; level++) {
    text += `${' '.repeat(Math.min(level, 150))}k${level}:\n`;
  }
  return text;
}

describe('broken metadata in the editor', () => {
  beforeAll(() => metadata.check(GOOD));

  it.each(BROKEN)('are refused with a line: $what', async ({ text, line }) => {
    const { values, problems } = await told(text);
    expect(values).toBeUndefined();
    if (line !== undefined) {
      expect(problems[0].line).toBe(line);
    }
    // Its user’s text is not touched: there is no other one.
    await expect(
      metadata.edit({ text, path: ['title'], value: 'y' })
    ).rejects.toMatchObject({
      key: 'invalid-request',
      detail: expect.stringMatching(/cannot be read\. Line \d+:/)
    });
    await expect(metadata.migrate(text)).rejects.toMatchObject({
      key: 'invalid-request'
    });
  });

  it.each([
    ['of another kind of machine', GOOD.replaceAll('\n', '\r\n')],
    ['that begins with a mark of its order', `\ufeff${GOOD}`],
    ['with a key twice', `${GOOD}title: Trees\n`],
    ['with letters that were lost', GOOD.replace('Names', 'Nam\ufffds')],
    ['with tabs in a text', GOOD.replace('A text.', 'A\ttext.')],
    ['without an end of its last line', GOOD.trimEnd()]
  ])('are no texts %s: these keep every other line', async (_, text) => {
    const { values } = await told(text);
    expect(values).toMatchObject({ links: expect.anything() });
    const edited = await metadata.edit({
      text,
      path: ['summary'],
      value: 'Another summary of them'
    });
    const before = text.split('\n');
    const after = edited.text.split('\n');
    expect(after).toHaveLength(before.length);
    expect(after.filter(line => !before.includes(line))).toEqual([
      expect.stringMatching(/^summary: Another summary of them\r?$/)
    ]);
  });

  it('are never late and never without a reason, whatever bytes they are', async () => {
    const bytes = fc.uint8Array({ maxLength: 600 });
    const piece = fc.constantFrom(
      ...['title: x', 'links:', '  a: b', '- ', '\t', '\n', '\r\n', '\r', ': '],
      ...['&a', '*a', '!!binary', '!<tag>', '<<: *a', '{', '}', '[', ']', ','],
      ...['|', '>-', '"', "'", '#', '---', '...', '%YAML 1.2', '?', '\0'],
      ...['\ufeff', '\u2028', '\ud800', '__proto__: 1', 'é', '{"a":', 'null']
    );
    const text = fc.oneof(
      bytes.map(each => Buffer.from(each).toString('utf8')),
      bytes.map(each => Buffer.from(each).toString('latin1')),
      fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join('')),
      fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join('\n')),
      // Good ones with something in the middle.
      fc
        .tuple(fc.nat(GOOD.length), piece)
        .map(([at, each]) => GOOD.slice(0, at) + each + GOOD.slice(at))
    );
    await fc.assert(
      fc.asyncProperty(text, async each => {
        await told(each);
      }),
      { numRuns: 600 }
    );
  });

  it('and those that can be read say what was written into them, and all the rest', () => {
    const word = fc.constantFrom('a', 'b c', '"q"', '- x', '# y', 'z: 1', '|');
    const line = fc.oneof(
      fc.tuple(fc.constantFrom('title', 'tags', 'doi', 'x'), word),
      fc.constant(['links', { source_code: 'https://x' }] as const),
      fc.tuple(fc.constant('tasks'), fc.array(word, { maxLength: 3 }))
    );
    const document = fc
      .uniqueArray(line, { selector: ([key]) => key, maxLength: 5 })
      .map(lines =>
        lines
          .map(
            ([key, value]) => `# of ${key}\n${key}: ${JSON.stringify(value)}`
          )
          .join('\n')
      );
    const path = fc.constantFrom(
      ['title'],
      ['links', 'weights'],
      ['dates', 'created'],
      ['tasks'],
      ['resources', 'inference', 'cpu']
    );
    const value = fc.oneof(word, fc.string(), fc.integer(), fc.array(word));
    fc.assert(
      fc.property(document, path, value, (text, at, given) => {
        const before = (parse(text) ?? {}) as Record<string, unknown>;
        const [first, ...rest] = at;
        fc.pre(
          rest.length === 0 ||
            before[first] === undefined ||
            typeof before[first] === 'object'
        );
        const after = parse(editText(text, at, given));
        expect(valueAt(after, at)).toEqual(given);
        expect({ ...after, [first]: 0 }).toEqual({ ...before, [first]: 0 });
        const comments = text.split('\n').filter(each => each.startsWith('#'));
        const edited = editText(text, at, given);
        for (const comment of comments) {
          expect(edited).toContain(comment);
        }
      }),
      { numRuns: 500 }
    );
  });
});

const valueAt = (whole: unknown, at: readonly string[]): unknown =>
  at.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown>)[key],
    whole
  );
