import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TestHome } from '../../__tests__/home';
import { writeAtomically } from '../atomicFile';
import { openStore, versionOf } from '../database';
import { STORE_VERSION } from '../migrations';

describe('the store', () => {
  let home: TestHome;
  let file: string;

  beforeEach(() => {
    home = new TestHome();
    mkdirSync(home.store, { recursive: true });
    file = path.join(home.store, 'deep.sqlite');
  });
  afterEach(() => home.remove());

  it('is made at its first opening and kept by the next', async () => {
    const first = await openStore(home.store);
    first.database.exec("INSERT INTO uploads VALUES ('a', '2026-01-01', '{}')");
    first.database.close();
    const second = await openStore(home.store);
    expect(versionOf(second.database)).toBe(STORE_VERSION);
    expect(second.database.prepare('SELECT id FROM uploads').all()).toEqual([
      { id: 'a' }
    ]);
    expect(second.notes).toEqual([]);
    second.database.close();
  });

  it('uses no write-ahead log, which network homes cannot carry', async () => {
    const { database } = await openStore(home.store);
    const mode = database.prepare('PRAGMA journal_mode').get();
    expect(mode?.journal_mode).toBe('delete');
    database.close();
  });

  it('of a newer version is refused and left as it is', async () => {
    const newer = new DatabaseSync(file);
    newer.exec('CREATE TABLE later (x); PRAGMA user_version = 99');
    newer.close();
    const before = readFileSync(file);
    await expect(openStore(home.store)).rejects.toMatchObject({
      key: 'store-newer',
      detail: expect.stringContaining('layout 99')
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(home.store)).toEqual(['deep.sqlite']);
  });

  it.each([
    ['is no database', Buffer.from('not a database'.repeat(1000))],
    ['is damaged inside', undefined]
  ])('that %s is set aside, and a note says where', async (_what, bytes) => {
    const content = bytes ?? damagedStore(file);
    writeFileSync(file, content);
    const { database, notes } = await openStore(home.store);
    expect(database.prepare('SELECT id FROM runs').all()).toEqual([]);
    database.close();
    const aside = readdirSync(home.store).find(name =>
      name.includes('damaged')
    );
    expect(aside).toBeDefined();
    expect(notes.join()).toContain(aside);
    const kept = readFileSync(path.join(home.store, aside as string));
    expect(kept.equals(content)).toBe(true);
  });
});

/** A database whose inner pages are overwritten. */
function damagedStore(file: string): Buffer {
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE t (x); CREATE INDEX i ON t (x); BEGIN');
  const insert = database.prepare('INSERT INTO t VALUES (?)');
  for (let i = 0; i < 2000; i++) {
    insert.run(`value ${i}`);
  }
  database.exec('COMMIT');
  database.close();
  return readFileSync(file).fill(0xff, 8192, 40_000);
}

describe('a file that is written atomically', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  it('is never seen in part, and leaves nothing beside it', async () => {
    mkdirSync(home.data);
    const file = path.join(home.data, 'x');
    await writeAtomically(file, 'a'.repeat(1_000_000));
    const writing = writeAtomically(file, 'b'.repeat(1_000_000));
    const seen = new Set<string>();
    let isDone = false;
    void writing.then(() => (isDone = true));
    while (!isDone) {
      const text = readFileSync(file, 'utf8');
      seen.add(`${text.length}${text[0]}${text.at(-1)}`);
      await new Promise(resolve => setImmediate(resolve));
    }
    seen.delete('1000000aa');
    seen.delete('1000000bb');
    expect([...seen]).toEqual([]);
    expect(readdirSync(home.data)).toEqual(['x']);
  });
});
