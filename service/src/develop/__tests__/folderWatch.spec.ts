import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderWatch } from '../live/folderWatch';

describe('FolderWatch', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deep-watch-'));
  const watch = new FolderWatch(folder, true);
  const save = (name: string) =>
    writeFileSync(path.join(folder, name), String(Math.random()));

  /** Whoever saves has finished when it is the same twice. */
  const lookTwice = async () => [
    ...(await watch.changes()),
    ...(await watch.changes())
  ];

  beforeAll(async () => {
    save('api.py');
    await watch.begin();
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('tells of code, once', async () => {
    save('api.py');
    save('more.py');
    expect((await lookTwice()).sort()).toEqual(['api.py', 'more.py']);
    expect(await lookTwice()).toEqual([]);
  });

  it.each(['ai4-metadata.yml', 'README.md', 'LICENSE', 'Containerfile'])(
    'says nothing of %s, which is read by people and tools alone',
    async name => {
      save(name);
      expect(await lookTwice()).toEqual([]);
    }
  );
});
