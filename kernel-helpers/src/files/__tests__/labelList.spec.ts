import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { jsonSlices } from '../jsonSlices';
import { ILabelRow, readLabelList } from '../labelList';

describe('a list of labels', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync('/tmp/ll-')));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function read(name: string, text: string): Promise<ILabelRow[]> {
    const list = path.join(folder, name);
    writeFileSync(list, text);
    const rows: ILabelRow[] = [];
    for await (const some of readLabelList(list)) {
      rows.push(...some);
    }
    return rows;
  }

  const TWO = [
    { file: 'a.jpg', label: 'cat' },
    { file: 'b, c.jpg', label: '7' }
  ];

  it.each([
    ['l.csv', 'file,label\na.jpg,cat\n"b, c.jpg",7\n'],
    [
      'l.csv',
      '\uFEFFFile_Name;extra;Class\r\na.jpg;x;cat\r\n"b, c.jpg";y; 7\r\n'
    ],
    ['l.csv', 'path\tcategory\na.jpg\tcat\n"b, c.jpg"\t7'],
    ['l.json', '{"a.jpg": "cat", "b, c.jpg": 7}'],
    [
      'l.JSON',
      '[{"image":"a.jpg","target":"cat"},{"image":"b, c.jpg","target":7}]'
    ]
  ])('is read from %s: %s', async (name, text) => {
    expect(await read(name, text)).toEqual(TWO);
  });

  it.each([
    ['l.csv', 'a,b\n1,2\n', /none of the columns file, .*It has: a, b/],
    [
      'l.csv',
      'file,label\na.jpg,cat\nb.jpg,\n',
      /Entry 2 of l.csv has no label/
    ],
    ['l.csv', 'file,label\n', /l.csv is empty/],
    ['l.csv', 'file,label\n"a', /not a table/],
    ['l.json', '[]', /l.json is empty/],
    ['l.json', '"text"', /holds no list/],
    ['l.json', '[{"file":"a","label":"b"},]', /not valid JSON/],
    ['l.json', '{"a":"b"', /not valid JSON: it is cut off/],
    ['l.json', '{"a":"b"} {}', /not valid JSON/]
  ])('is refused in words: %s %s', async (name, text, says) => {
    await expect(read(name, text)).rejects.toThrow(says);
  });

  it('is refused when it is not there', async () => {
    const list = path.join(folder, 'none.csv');
    await expect(readLabelList(list).next()).rejects.toThrow(/ENOENT/);
  });

  it.each(['csv', 'json'])(
    'of 100,000 rows lets others have their turn all the time (%s)',
    async kind => {
      const files = Array.from(
        { length: 100_000 },
        (_, at) => `a "}\\ ${at}.jpg`
      );
      const text =
        kind === 'json'
          ? JSON.stringify(files.map(file => ({ file, label: 'l' })))
          : `file,label\n${files.map(file => `"${file.replace('"', '""')}",l\n`).join('')}`;
      let turns = 0;
      const turn = (): void => {
        turns += 1;
        others = setImmediate(turn);
      };
      let others = setImmediate(turn);
      const rows = await read(`l.${kind}`, text);
      clearImmediate(others);
      expect(rows.map(({ file }) => file)).toEqual(files);
      expect(turns).toBeGreaterThanOrEqual(200);
    }
  );
});

it('parts of JSON are those of the whole', () => {
  const whole = Array.from({ length: 7 }, (_, at) => [
    at,
    { a: '],', b: [1, 2] }
  ]);
  for (const entries of [1, 2, 3, 7, 100]) {
    const parts = [...jsonSlices(JSON.stringify(whole), entries)];
    expect(parts.flat(1)).toEqual(whole);
  }
});
