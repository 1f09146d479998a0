import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MATRIX_CLASSES, WORST_MISTAKES } from '@jupyterlab-deep/protocol';
import { countedIn } from '../batch/evaluation';
import { BatchItems, IEnd } from '../batch/items';
import { Tally } from '../batch/tally';

const ANSWER = JSON.stringify({ labels: 'x'.repeat(300) });

describe('what was found for what', () => {
  let folder: string;
  let items: BatchItems;
  let tally: Tally;

  beforeEach(async () => {
    folder = mkdtempSync('/tmp/ta-');
    items = BatchItems.open(path.join(folder, 'items.sqlite'));
    await items.labels.begin();
    tally = new Tally(items.labels);
  });

  afterEach(() => {
    items.close();
    rmSync(folder, { recursive: true });
  });

  const list = (truths: readonly string[]): void =>
    items.add(
      truths.map((truth, at) => ({
        path: `${truth}/${at}.jpg`,
        sizeBytes: 1,
        modifiedMs: 1,
        truth
      }))
    );

  const end = (
    item: number,
    label: string,
    more: Partial<IEnd> = {}
  ): IEnd => ({
    item,
    seconds: 0,
    label,
    probability: 0.5,
    answer: ANSWER,
    ...more
  });

  it('is counted once, however often and while it is looked at', async () => {
    list(['cat', 'cat', 'dog']);
    items.end([end(0, 'cat'), end(2, 'cat')]);
    await Promise.all([tally.update(), tally.update()]);
    expect([tally.count, tally.right]).toEqual([2, 1]);
    items.end([end(1, 'dog'), end(0, 'dog')]);
    await tally.update();
    expect(countedIn(tally, undefined)).toMatchObject({
      labels: ['cat', 'dog'],
      rows: [
        [1, 1],
        [1, 0]
      ]
    });
  });

  it('has classes of which everything failed, and takes in what is done again', async () => {
    list(['cat', 'dog']);
    const error = { type: '', title: '', status: 422, detail: 'No picture.' };
    items.end([end(0, 'cat'), { item: 1, seconds: 0, error }]);
    await tally.update();
    expect(countedIn(tally, undefined)).toMatchObject({
      accuracy: 1,
      perClass: [
        { label: 'cat', count: 1, recall: 1 },
        { label: 'dog', count: 0 }
      ],
      unknown: []
    });
    await items.retryFailed();
    items.end([end(1, 'cat')]);
    await tally.update();
    expect(countedIn(tally, undefined)).toMatchObject({
      count: 2,
      accuracy: 0.5,
      unknown: ['dog']
    });
  });

  it('of 100,000 files is counted in many turns, and its mistakes are found by an index', async () => {
    const size = 100_000;
    for (let from = 0; from < size; from += 2_000) {
      const part = Array.from({ length: 2_000 }, (_, at) => from + at);
      list(part.map(at => `class ${at % 300}`));
      items.end(
        part.map(at =>
          end(at, `class ${at % 10 === 0 ? 0 : at % 300}`, {
            probability: (at % 997) / 997
          })
        )
      );
    }
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      others = setImmediate(turn);
    };
    let others = setImmediate(turn);
    await tally.update();
    clearImmediate(others);
    expect(turns).toBeGreaterThanOrEqual(size / 2_000);
    const counted = countedIn(tally, undefined);
    expect([counted.count, counted.right]).toEqual([size, 90_334]);
    expect(counted.labels).toHaveLength(MATRIX_CLASSES);
    expect(counted.outside).toBe(
      size - counted.rows.flat().reduce((sum, count) => sum + count)
    );
    expect(counted.perClass).toHaveLength(300);
    const worst = items.labels.worst(0, WORST_MISTAKES);
    expect(worst).toHaveLength(WORST_MISTAKES);
    expect(worst[0].probability).toBeCloseTo(996 / 997);
    expect(items.labels.worst(WORST_MISTAKES - 1, 50)).toHaveLength(1);
  });
});

it('a batch of an older version is opened, and its items are as they were', () => {
  const folder = mkdtempSync('/tmp/ta-');
  const file = path.join(folder, 'items.sqlite');
  const old = new DatabaseSync(file);
  old.exec(`
    CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE items (
      item INTEGER PRIMARY KEY, path TEXT NOT NULL, sizeBytes INTEGER NOT NULL, modifiedMs REAL NOT NULL,
      state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0, ended INTEGER, seconds REAL,
      label TEXT, probability REAL, answer TEXT, file TEXT, note TEXT, error TEXT
    ) STRICT;
    INSERT INTO items (item, path, sizeBytes, modifiedMs) VALUES (0, 'a.jpg', 1, 2);
    PRAGMA user_version = 1`);
  old.close();
  const items = BatchItems.open(file);
  expect(items.waiting(-1, 10)).toEqual([
    {
      item: 0,
      path: 'a.jpg',
      sizeBytes: 1,
      modifiedMs: 2,
      attempts: 0,
      truth: null
    }
  ]);
  items.end([{ item: 0, seconds: 1, label: 'cat', probability: 1 }]);
  expect(items.get(0)).toMatchObject({ state: 'done', label: 'cat' });
  items.close();
  rmSync(folder, { recursive: true });
});
