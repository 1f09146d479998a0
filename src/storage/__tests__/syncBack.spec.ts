import type { Dataset } from '@jupyterlab-deep/protocol';
import type { Contents } from '@jupyterlab/services';
import { StateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';
import { SyncBack } from '../syncBack';

const SAVED = 'datasets/cloud/reports/report.ipynb';

class Here {
  readonly fileChanged = new Signal<Contents.IManager, Contents.IChangedArgs>(
    {} as Contents.IManager
  );
  datasets = [
    {
      id: 'a',
      way: 'copy',
      jupyterPath: 'datasets/cloud/reports'
    } as Dataset
  ];
  readonly pushed: string[] = [];
  readonly state = new StateDB();

  syncBack(): SyncBack {
    const { fileChanged, state } = this;
    return new SyncBack({ contents: { fileChanged }, state, model: this });
  }

  async start(): Promise<void> {
    // Its datasets are known.
  }

  async pushDataset(id: string): Promise<void> {
    this.pushed.push(id);
  }

  save(path: string): void {
    const newValue = { path };
    this.fileChanged.emit({ type: 'save', oldValue: null, newValue });
  }
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('pushes once for saves that follow one another, of working copies only', async () => {
  const here = new Here();
  await here.syncBack().add(SAVED);
  here.save('datasets/cloud/reports/other.ipynb');
  await jest.advanceTimersByTimeAsync(5000);
  expect(here.pushed).toEqual([]);
  here.save(SAVED);
  here.save(SAVED);
  await jest.advanceTimersByTimeAsync(5000);
  expect(here.pushed).toEqual(['a']);
});

it('knows the working copies after a reload, waits for what is at work, and leaves mounts alone', async () => {
  const here = new Here();
  await here.syncBack().add(SAVED);
  Signal.clearData(here.fileChanged.sender);
  here.syncBack();
  here.datasets = [{ ...here.datasets[0], run: 'r' }];
  here.save(SAVED);
  await jest.advanceTimersByTimeAsync(5000);
  expect(here.pushed).toEqual([]);
  here.datasets = [{ ...here.datasets[0], run: undefined }];
  await jest.advanceTimersByTimeAsync(5000);
  expect(here.pushed).toEqual(['a']);
  here.datasets = [{ ...here.datasets[0], way: 'mount' }];
  here.save(SAVED);
  await jest.advanceTimersByTimeAsync(5000);
  expect(here.pushed).toEqual(['a']);
});
