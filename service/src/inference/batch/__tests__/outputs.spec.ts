import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { TestHome } from '../../../__tests__/home';
import { BatchItems } from '../items';
import { BatchOutputs } from '../outputs';

describe('the files of results', () => {
  let home: TestHome;
  let items: BatchItems;

  beforeEach(() => {
    home = new TestHome();
    items = open();
    items.note('results', path.join(home.folder, 'results'));
    items.note('folder', home.folder);
    items.add(
      Array.from({ length: 10 }, (_, at) => ({
        path: `${at}.jpg`,
        sizeBytes: 1,
        modifiedMs: 1
      }))
    );
  });

  afterEach(() => {
    items.close();
    home.remove();
  });

  function open(): BatchItems {
    mkdirSync(home.folder, { recursive: true });
    return BatchItems.open(path.join(home.folder, 'items.sqlite'));
  }

  const end = (...numbers: number[]): void =>
    items.end(
      numbers.map(item => ({ item, seconds: 1, answer: `{"value":${item}}` }))
    );

  const file = (name: string): string =>
    path.join(home.folder, 'results', name);

  const written = (): number[] =>
    readFileSync(file('results.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).item);

  it('cut off what a killed service wrote without noting it', async () => {
    end(3, 1);
    await new BatchOutputs(items).write();
    end(4);
    appendFileSync(file('results.jsonl'), '{"item":4,"path":"4.jpg"}\n{"ite');
    appendFileSync(file('results.csv'), '4.jpg,do');
    await new BatchOutputs(items).write();
    expect(written()).toEqual([3, 1, 4]);
    const csv = readFileSync(file('results.csv'), 'utf8').split('\r\n');
    expect(csv.map(line => line.split(',')[0])).toEqual([
      'file',
      '3.jpg',
      '1.jpg',
      '4.jpg',
      ''
    ]);
  });

  it('are written anew when somebody takes them away', async () => {
    end(0, 1);
    const outputs = new BatchOutputs(items);
    await outputs.write();
    rmSync(file('results.jsonl'));
    end(2);
    await outputs.write(true);
    expect(written()).toEqual([0, 1, 2]);
  });

  it('hold an end once, however often it is told', async () => {
    end(5);
    end(5, 6);
    await new BatchOutputs(items).write(true);
    expect(written()).toEqual([5, 6]);
    expect(items.counts).toEqual({ waiting: 8, done: 2, failed: 0 });
  });

  it('leave an item whose end was not written to the next service', async () => {
    end(0, 2);
    items.close();
    items = open();
    expect(items.waiting(-1, 3).map(({ item }) => item)).toEqual([1, 3, 4]);
    expect(items.counts).toEqual({ waiting: 8, done: 2, failed: 0 });
  });
});
