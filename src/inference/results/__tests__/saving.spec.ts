import { StandInContents } from '../../../__tests__/standInContents';
import { filenameOf } from '../fileName';
import { resultCell } from '../resultCell';
import { saveFile } from '../saveFile';
import { giveBlobs } from './view';

describe('saveFile', () => {
  beforeAll(giveBlobs);

  const save = (contents: StandInContents, text: string, name = 'a.json') =>
    saveFile({
      contents: contents.manager,
      folder: 'out',
      name,
      blob: new Blob([text]),
      onProgress: sent => progress.push(sent)
    });
  let progress: number[] = [];

  beforeEach(() => {
    progress = [];
  });

  it('adds a number where the name is taken, and overwrites nothing', async () => {
    const contents = new StandInContents({ 'out/a.json': 'mine' });
    expect(await save(contents, 'first')).toBe('out/a-2.json');
    expect(await save(contents, 'second')).toBe('out/a-3.json');
    expect(contents.files.get('out/a.json')).toBe('mine');
    expect(contents.files.get('out/a-2.json')).toBe(btoa('first'));
    expect([...contents.files.keys()]).toHaveLength(3);
  });

  it('sends a large file in pieces, in order', async () => {
    const contents = new StandInContents();
    const text = Array.from({ length: 700_000 }, (_, n) => n % 10_000).join();
    await save(contents, text);
    expect(contents.files.get('out/a.json')).toBe(text);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress[progress.length - 1]).toBe(text.length);
  });

  it('leaves no half of a file when Jupyter refuses', async () => {
    const contents = new StandInContents();
    contents.isFull = true;
    await expect(save(contents, 'x')).rejects.toThrow();
    expect(contents.files.size).toBe(0);
  });
});

describe('The name of a saved answer', () => {
  const run = {
    module: 'ai4os/yolo',
    inputs: [{ argument: 'image', name: 'my photo.jpg', sizeBytes: 1 }]
  };

  it('tells of the input and of the module', () => {
    expect(filenameOf(run, { contentType: 'application/json' })).toBe(
      'my photo-yolo.json'
    );
  });

  it('is the last part of what the module says', () => {
    const result = {
      contentType: 'application/zip',
      sizeBytes: 1,
      filename: '../x/masks.zip'
    };
    expect(filenameOf({ ...run, result }, result)).toBe('masks.zip');
  });
});

describe('The cell that loads a saved answer', () => {
  const HOSTILE = 'a"); import("fs"); (`$&${1}\n.json';

  it.each(['typescript', 'python'] as const)(
    'holds any path as text in %s',
    language => {
      const code = resultCell(language, 'json', HOSTILE);
      expect(code).toContain(JSON.stringify(HOSTILE));
      expect(code.replace(JSON.stringify(HOSTILE), '')).not.toContain(
        'import("fs")'
      );
    }
  );

  it('loads each kind by what its language has', () => {
    expect(resultCell('typescript', 'zip', 'a.zip')).toContain(
      'display.file("a.zip")'
    );
    expect(resultCell('python', 'table', 'a.csv')).toContain('csv.reader');
    expect(resultCell('python', 'npy', 'a.npy')).toContain(
      'allow_pickle=False'
    );
  });
});
