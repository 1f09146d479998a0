import { Module } from '@jupyterlab-deep/protocol';
import { reader } from './standIn/standIn';

const YAML = 'ai4-metadata.yml';

const read = (content: string, file = YAML): Promise<Module> =>
  reader.read(
    { source: 'x', sourceTitle: 'X', name: 'm', file },
    Buffer.from(content)
  );

const TITLED = 'title: Plants\nsummary: x\nlinks: {}\ncategories: []\n';

/** The service answers nobody while it reads. Work is counted and not time, which other programs take as well. */
const MAX_MS = 300;

function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

describe('metadata that would take long', () => {
  it.each([
    ['250 kB of keys', YAML, manyKeys()],
    ['a list without end', YAML, `${TITLED}tags: [${'x,'.repeat(500_000)}]`],
    ['brackets in brackets', YAML, '['.repeat(1_000_000)],
    ['a list without end', 'metadata.json', `{"a":[${'1,'.repeat(500_000)}1]}`],
    [
      'brackets in brackets',
      'metadata.json',
      `{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`
    ],
    [
      'aliases of long lists',
      YAML,
      `a: &a [${'x,'.repeat(900)}]\n${manyAliases()}`
    ]
  ])('are refused at once: %s in %s', async (_, file, content) => {
    await read(TITLED);
    const began = workedMs();
    const { broken, problems } = await read(content, file);
    expect(workedMs() - began).toBeLessThan(MAX_MS);
    expect(broken).toBe(true);
    expect(problems[0].message).toMatch(/more than any description|YAML/);
  });

  it('are read when only their text is long, and it is cut', async () => {
    const text = '  words of a description\n'.repeat(70_000);
    const began = workedMs();
    const module = await read(`${TITLED}description: |\n${text}`);
    expect(workedMs() - began).toBeLessThan(MAX_MS * 3);
    expect(module.broken).toBe(false);
    expect(module.description.length).toBeLessThanOrEqual(100_000);
  });

  it('lose no time over tags that are never closed', async () => {
    const began = workedMs();
    await read(`title: "${'<script>'.repeat(20_000)}"\nlinks: {}\n`);
    expect(workedMs() - began).toBeLessThan(MAX_MS);
  });
});

function manyKeys(): string {
  return Array.from({ length: 20_000 }, (_, i) => `k${i}: ${i}`).join('\n');
}

function manyAliases(): string {
  return Array.from({ length: 40 }, (_, i) => `b${i}: *a`).join('\n');
}

it('a module without a title is broken, whatever else is said of it', async () => {
  const { broken, problems, name, title } = await read(
    TITLED.replace('title: Plants', 'title: ""')
  );
  expect([broken, name, title]).toEqual([true, 'm', 'm']);
  expect(problems[0]).toMatchObject({ key: 'title' });
});

it('words that every object knows are words', async () => {
  const keywords = ['constructor', '__proto__', 'toString', 'tensorflow'];
  const { libraries, tasks, dataTypes, capabilities, tags } = await read(
    JSON.stringify({ title: 'X', keywords, sources: {} }),
    'metadata.json'
  );
  expect(libraries).toEqual(['TensorFlow']);
  expect([tasks, dataTypes, capabilities]).toEqual([[], [], []]);
  expect(tags).toEqual(keywords);
  const second = await read(
    JSON.stringify({ title: 'X', links: {}, categories: keywords })
  );
  expect(second.capabilities).toEqual([]);
});

it('a mark of code after a backslash hides no HTML', async () => {
  const { description } = await read(
    `${TITLED}description: |\n  \\\`<img src=x onerror=alert(1)>\\\`\n`
  );
  expect(description).not.toContain('onerror');
});
