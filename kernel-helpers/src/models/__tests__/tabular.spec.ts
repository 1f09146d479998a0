import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  type IClassification,
  type IModel,
  type ITableRow,
  loadModel
} from '..';
import { buildWorkers, MODULES, PEERS } from './surroundings';

jest.setTimeout(60_000);

const FOLDER = path.join(MODULES, 'penguin-species');
const TABLE = path.join(FOLDER, 'examples/penguins.csv');
const GENTOO = {
  bill_length_mm: 46.1,
  bill_depth_mm: 13.2,
  flipper_length_mm: 211,
  body_mass_g: 4500
};
const NAMES = Object.keys(GENTOO);

const SCRIPT = `
import csv, json, sys, numpy as np, onnxruntime as ort
names = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g']
with open(sys.argv[2], newline='') as file:
    rows = np.array([[float(row[name]) for name in names] for row in csv.DictReader(file)], 'f4')
session = ort.InferenceSession(sys.argv[1] + '/onnx/model.onnx', providers=['CPUExecutionProvider'])
logits, = session.run(None, {'features': rows})
weights = np.exp(logits - logits.max(1, keepdims=True))
print(json.dumps((weights / weights.sum(1, keepdims=True)).tolist()))
`;
const compared = existsSync(PEERS) ? it : it.skip;
const suffix = existsSync(PEERS) ? '' : ' (skipped: .venv-peers is missing)';

describe('A table model', () => {
  let model: IModel;

  beforeAll(async () => {
    buildWorkers();
    model = await loadModel(FOLDER);
  });

  afterAll(() => model?.release());

  const rows = (table: unknown) =>
    model.predict({ table }) as Promise<ITableRow[]>;
  const csv = (...lines: string[]) => Buffer.from(lines.join('\n'));
  const LINE = '46.1,13.2,211,4500';

  it('takes its columns as numbers, or a table', () => {
    const { arguments: declared, output } = model.describe();
    expect(output).toBe('3 labels');
    expect(declared.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...NAMES.map(name => `${name} number`),
      'table file'
    ]);
  });

  it('answers one row as a classification', async () => {
    const found = (await model.predict(GENTOO)) as IClassification;
    expect(found.labels[0]).toBe('Gentoo');
    expect(found.predictions).toHaveLength(3);
    expect(found.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  compared(
    `answers a table with a row each, as Python's onnxruntime does${suffix}`,
    async () => {
      const output = execFileSync(PEERS, ['-c', SCRIPT, FOLDER, TABLE], {
        encoding: 'utf8',
        env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' }
      });
      const theirs: number[][] = JSON.parse(output);
      const ours = await rows(TABLE);
      expect(ours.map(({ row }) => row)).toEqual(theirs.map((_, n) => n + 1));
      ours.forEach(({ label, probability }, n) => {
        const best = Math.max(...theirs[n]);
        const species = ['Adelie', 'Chinstrap', 'Gentoo'];
        expect(label).toBe(species[theirs[n].indexOf(best)]);
        expect(Math.abs(probability! - best)).toBeLessThan(1e-4);
      });
    }
  );

  it.each([
    [
      'semicolons and decimal commas',
      csv(NAMES.join(';'), '46,1;13,2;211;4500')
    ],
    ['tabs', csv(NAMES.join('\t'), LINE.replaceAll(',', '\t'))],
    [
      'a byte order mark and Windows line ends',
      csv(`\ufeff${NAMES.join()}\r`, `${LINE}\r`, '\r')
    ],
    [
      'quoted values with separators, line ends and quotes',
      csv(`note,${NAMES.join()}`, `"a, ""b""\nc",${LINE}`)
    ],
    [
      'quoted numbers',
      csv(NAMES.map(name => `"${name}"`).join(), '"46.1","13.2","211","4.5e3"')
    ],
    [
      'columns in another order',
      csv([...NAMES].reverse().join(), '4500,211,13.2,46.1')
    ],
    [
      'blanks around values',
      csv(NAMES.join(' , '), ' 46.1 , 13.2 , 211 , 4500 ')
    ],
    [
      'letters of Windows',
      Buffer.from(`${NAMES.join()},Ort\n${LINE},M\xfcnchen`, 'latin1')
    ]
  ])('reads a table with %s', async (_kind, table) => {
    expect(await rows(table)).toMatchObject([{ row: 1, label: 'Gentoo' }]);
  });

  it.each([
    ['nothing', csv(''), 'is empty'],
    ['only names', csv(NAMES.join()), 'no rows'],
    [
      'missing columns',
      csv('bill_length_mm,island', '46.1,Dream'),
      'lacks the columns bill_depth_mm, flipper_length_mm, body_mass_g; its first line has bill_length_mm, island'
    ],
    ['wrong separators', csv(NAMES.join('~'), LINE), 'lacks the columns'],
    [
      'a row that is too short',
      csv(NAMES.join(), LINE, '1,2'),
      'line 3 has not as many values'
    ],
    [
      'a quote that does not end',
      csv(NAMES.join(), `"${LINE}`, LINE),
      'quotation mark'
    ],
    [
      'a text for a number',
      csv(NAMES.join(), LINE, '46.1,NA,211,4500'),
      'Row 2 of the table has “NA” for bill_depth_mm'
    ],
    [
      'nothing for a number',
      csv(NAMES.join(), '46.1,,211,4500'),
      'Row 1 of the table has nothing for bill_depth_mm'
    ],
    [
      'infinity',
      csv(NAMES.join(), '46.1,Infinity,211,4500'),
      '“Infinity” for bill_depth_mm'
    ],
    [
      'a column twice',
      csv(`${NAMES.join()},body_mass_g`, `${LINE},1`),
      'two columns called body_mass_g'
    ],
    [
      'bytes that are no text',
      Buffer.from([0, 1, 2, 255, 254]),
      'lacks the columns'
    ],
    [
      'too many rows',
      csv(NAMES.join(), ...new Array(100_001).fill(LINE)),
      'more than 100000 rows'
    ]
  ])(
    'refuses a table with %s in words, at the argument',
    async (_what, table, words) => {
      const error = await rows(table).catch(thrown => thrown);
      expect(error).toMatchObject({ key: 'invalid-arguments' });
      expect(error.fields.table[0]).toContain(words);
    }
  );

  it('answers a hundred thousand rows', async () => {
    const found = await rows(
      csv(NAMES.join(), ...new Array(100_000).fill(LINE))
    );
    expect(found).toHaveLength(100_000);
    expect(found.at(-1)).toMatchObject({ row: 100_000, label: 'Gentoo' });
  });

  it('names what is missing, and refuses numbers beside a table', async () => {
    await expect(model.predict({ bill_length_mm: 46.1 })).rejects.toMatchObject(
      {
        fields: {
          bill_depth_mm: ['Missing data for required field.'],
          flipper_length_mm: ['Missing data for required field.'],
          body_mass_g: ['Missing data for required field.']
        }
      }
    );
    const both = model.predict({ ...GENTOO, table: readFileSync(TABLE) });
    await expect(both).rejects.toMatchObject({
      fields: { table: ['Give either the numbers or a table, not both.'] }
    });
    const negative = model.predict({ ...GENTOO, body_mass_g: -1 });
    await expect(negative).rejects.toMatchObject({
      fields: { body_mass_g: ['Must be greater than or equal to 0.'] }
    });
  });
});
