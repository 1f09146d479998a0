import type { Dataset, TrainingData } from '@jupyterlab-deep/protocol';
import { codeOf } from '../trainCode';
import type { TrainModel } from '../trainModel';

const form = (data: Record<string, TrainingData>): TrainModel =>
  ({
    data: new Map(Object.entries(data)),
    datasets: [{ id: 's1', ref: 'cloud:seeds' } as Dataset],
    plan: { secrets: ['token'] },
    values: { data: 'as shown', epochs: 3, token: 'hidden', left: null }
  }) as unknown as TrainModel;
const MODULE = 'builtin/image-classifier';

describe('the form of a training as code', () => {
  it('names datasets, and holds no password', () => {
    const model = form({ data: { from: 'dataset', id: 's1' } });
    const code = codeOf(model, MODULE, 'typescript', '');
    expect(code).toContain('await storage.dataset("cloud:seeds")');
    expect(code).toMatch(/"epochs": 3/);
    expect(code).not.toMatch(/hidden|as shown|left/);
    expect(codeOf(model, MODULE, 'python', '')).toContain(
      'storage.dataset("cloud:seeds")'
    );
  });

  it('gives folders of Jupyter relative to the notebook', () => {
    const model = form({ data: { from: 'jupyter', path: 'work/animals' } });
    expect(codeOf(model, MODULE, 'typescript', 'work/notebooks')).toContain(
      '"data": "../animals"'
    );
    expect(codeOf(model, MODULE, 'python', 'work/animals')).toContain(
      '"data": "."'
    );
  });
});
