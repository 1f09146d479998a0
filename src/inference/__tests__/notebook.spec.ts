import { StandInContents } from '../../__tests__/standInContents';
import { saveNotebook } from '../notebook';

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
