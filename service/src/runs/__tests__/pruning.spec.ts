import { existsSync } from 'node:fs';
import { TestHome } from '../../__tests__/home';
import { RunPruning } from '../pruning';
import { RunsHere } from './runsHere';

const MB = 1024 * 1024;

describe('ended runs', () => {
  let home: TestHome;
  let here: RunsHere;
  let pruning: RunPruning;
  let warnings: unknown[];

  beforeEach(async () => {
    home = new TestHome();
    here = await RunsHere.open(home);
    warnings = [];
    pruning = new RunPruning({
      ...here,
      keepRunsMb: 3,
      logger: { warn: (about: unknown) => warnings.push(about) }
    });
  });
  afterEach(() => {
    here.store.close();
    home.remove();
  });

  const kept = (): string[] => here.journal.list().map(({ id }) => id);

  async function end(sizeBytes: number): Promise<string> {
    const id = await here.ended(sizeBytes);
    await pruning.afterRun(id);
    return id;
  }

  it('stay while there is room, then the oldest go with their files', async () => {
    const [oldest, second, third] = [
      await end(MB),
      await end(MB),
      await end(MB)
    ];
    expect(kept()).toEqual([third, second, oldest]);
    const newest = await end(MB / 2);
    expect(kept()).toEqual([newest, third, second]);
    expect(existsSync(here.store.folderOf('runs', oldest))).toBe(false);
    expect(existsSync(here.store.folderOf('runs', second))).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('go at a start where a lower limit holds, but never the newest nor one at work', async () => {
    const live = here.begin();
    await here.ended(2 * MB);
    const newest = await here.ended(4 * MB);
    await pruning.prune();
    expect(kept()).toEqual([newest, live]);
  });

  it('count the files that they keep, not those that they refer to', async () => {
    const input = {
      argument: 'image',
      name: 'a.png',
      path: '/nowhere',
      contentType: 'image/png',
      sizeBytes: 2 * MB
    };
    await here.ended(1, [{ ...input, modifiedMs: 1 }]);
    await here.ended(1, [input]);
    await pruning.prune();
    expect(kept()).toHaveLength(2);
    await here.ended(1, [input]);
    await pruning.prune();
    expect(kept()).toHaveLength(1);
  });
});
