import { StandInContents } from '../../__tests__/standInContents';
import type { ChosenFile } from '../chosenFile';
import { codeOf, notebookPaths, saveNotebook } from '../notebook';

const REPLY = {
  filename: 'image-classifier.ipynb',
  notebook: {
    cells: [
      { cell_type: 'markdown', source: '# Image classifier' },
      { cell_type: 'code', source: ['const a = 1;\n', 'a;'] },
      { cell_type: 'code', source: 'b;' }
    ],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5
  }
};

describe('saveNotebook', () => {
  it('saves under the suggested name', async () => {
    const contents = new StandInContents();
    const path = await saveNotebook(contents.manager, 'work', REPLY);
    expect(path).toBe('work/image-classifier.ipynb');
    expect([...contents.files]).toEqual([[path, REPLY.notebook]]);
  });

  it('takes the next free number and leaves what is there alone', async () => {
    const contents = new StandInContents({
      'work/image-classifier.ipynb': 'mine',
      'work/image-classifier-2.ipynb': 'mine too'
    });
    const path = await saveNotebook(contents.manager, 'work', REPLY);
    expect(path).toBe('work/image-classifier-3.ipynb');
    expect(contents.files.get('work/image-classifier.ipynb')).toBe('mine');
    expect(contents.files.get('work/image-classifier-2.ipynb')).toBe(
      'mine too'
    );
  });

  it('leaves nothing behind when it cannot be saved', async () => {
    const contents = new StandInContents();
    contents.isFull = true;
    await expect(saveNotebook(contents.manager, 'work', REPLY)).rejects.toThrow(
      'refused: 500'
    );
    expect(contents.files.size).toBe(0);
  });
});

describe('notebookPaths', () => {
  const jupyter = (path: string): ChosenFile => ({
    kind: 'jupyter',
    path,
    name: path,
    sizeBytes: 1
  });

  it('names files relative to the folder of the notebook', () => {
    const files = new Map([
      ['beside', jupyter('work/cat.jpg')],
      ['above', jupyter('photos/100% cat.jpg')]
    ]);
    expect(notebookPaths(files, 'work')).toEqual({
      beside: 'cat.jpg',
      above: '../photos/100% cat.jpg'
    });
  });

  it('leaves out what a notebook cannot read', () => {
    const file: ChosenFile = {
      kind: 'example',
      module: 'builtin/x',
      example: 'cat',
      argument: 'image',
      name: 'cat.jpg',
      sizeBytes: 1
    };
    expect(notebookPaths(new Map([['image', file]]), '')).toEqual({});
  });
});

it('the code of a notebook is its code cells', () => {
  expect(codeOf(REPLY)).toBe('const a = 1;\na;\n\nb;');
});
