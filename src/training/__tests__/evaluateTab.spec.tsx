import type { Evaluation, Run } from '@jupyterlab-deep/protocol';
import { fireEvent, screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { API, MODULE, READY, RUN } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import { IOpenPage, openPage } from '../../inference/__tests__/openPage';

const EACH = {
  argument: 'image',
  from: 'jupyter' as const,
  folder: 'pets/test',
  pattern: '**/*.jpg'
};

const runOf = (change: Partial<Run> = {}, accuracy?: number): Run => ({
  ...RUN,
  id: 'e1',
  kind: 'batch',
  title: 'Pets evaluated: pets/test',
  state: 'running',
  phase: 'Predicting',
  progress: { done: 10, total: 40, unit: 'files' },
  batch: {
    each: EACH,
    labels: { from: 'found' },
    failed: 1,
    accuracy,
    results: {
      path: 'deep-results/today',
      from: 'jupyter',
      table: 'results.csv',
      lines: 'results.jsonl',
      gallery: 'gallery.html'
    }
  },
  ...change
});

const DONE = runOf(
  { state: 'succeeded', progress: { done: 40, total: 40, unit: 'files' } },
  0.75
);

const EVALUATION: Evaluation = {
  total: 40,
  count: 39,
  failed: 1,
  right: 29,
  accuracy: 29 / 39,
  labels: ['cat', 'dog', 'fox'],
  rows: [
    [20, 3, 1],
    [6, 9, 0],
    [0, 0, 0]
  ],
  outside: 0,
  perClass: [
    { label: 'cat', count: 24, recall: 20 / 24, precision: 20 / 26 },
    { label: 'dog', count: 15, recall: 0.6, precision: 0.75 }
  ],
  confused: [{ label: 'dog', found: 'cat', count: 6 }],
  unknown: [],
  leftOut: {
    count: 1,
    first: [{ path: 'stray.jpg', reason: 'It has no label.' }]
  },
  worst: [
    {
      item: 7,
      path: 'dog/7.jpg',
      label: 'dog',
      found: 'cat',
      probability: 0.93,
      probabilityOfTrue: 0.05
    }
  ],
  worstTotal: 30
};

const DATASET = {
  id: 's1',
  name: 'test',
  ref: 'cloud:test',
  state: 'ready',
  here: { files: 40, bytes: 1000 }
};

describe('the tab Evaluate', () => {
  let server: StandInServer;
  let opened: IOpenPage;
  let runs: Run[];
  let evaluation: Evaluation;

  beforeAll(() => {
    // jsdom has no object URLs.
    URL.createObjectURL = () => 'blob:picture';
    URL.revokeObjectURL = () => undefined;
  });

  beforeEach(() => {
    runs = [];
    evaluation = EVALUATION;
    server = new StandInServer({
      'GET catalogue/modules/builtin/image-classifier': () => MODULE,
      'GET catalogue/modules/builtin/image-classifier/examples/cat/image': () =>
        new Response('picture'),
      'GET deployments': () => ({ deployments: [] }),
      'POST deployments': () => READY,
      'GET deployments/d1/api': () => API,
      'GET runs': () => ({ runs }),
      'GET storage/datasets': () => ({ datasets: [DATASET] }),
      'POST inference/batches': () => runOf(),
      'GET runs/e1/evaluation': () => evaluation,
      'GET runs/e1/items/7/thumbnail': () => new Response('small')
    });
  });

  afterEach(() => opened.dispose());

  async function openEvaluate(): Promise<void> {
    opened = openPage(server, MODULE);
    const page = opened.page.page;
    page.chooseFolder = async () => 'pets/test';
    await userEvent.click(await screen.findByRole('tab', { name: 'Evaluate' }));
  }

  const begun = (): unknown[] =>
    server
      .requestsOf('POST', 'inference/batches')
      .map(({ body }) => body as unknown);

  it('begins with a folder, whose labels are found, and leaves the data as they are', async () => {
    await openEvaluate();
    const start = await screen.findByRole('button', { name: 'Start' });
    expect(start).toHaveProperty('disabled', true);
    await userEvent.click(screen.getByRole('button', { name: 'Folder…' }));
    await userEvent.click(start);
    await screen.findByText(/^74.?% right: 29 of 39 files\.$/);
    expect(begun()).toEqual([
      {
        module: MODULE.id,
        arguments: expect.any(Object),
        files: {},
        each: {
          ...EACH,
          pattern: expect.stringMatching(/^\*\*\/\*\.\{jpg,/)
        },
        labels: { from: 'found' },
        results: 'root'
      }
    ]);
  });

  it('begins with a dataset and a list of its own', async () => {
    await openEvaluate();
    const data = await screen.findByLabelText(/^Data/);
    await within(data).findByText(/^cloud:test — 40 files/);
    fireEvent.change(data, { target: { value: 's1' } });
    await userEvent.click(screen.getByLabelText(/in a list/));
    const list = screen.getByLabelText(/^List of labels/);
    await userEvent.clear(list);
    expect(screen.getByRole('button', { name: 'Start' })).toHaveProperty(
      'disabled',
      true
    );
    await userEvent.type(list, 'truth.csv');
    await userEvent.click(screen.getByRole('button', { name: 'Start' }));
    await waitFor(() => expect(begun()).toHaveLength(1));
    expect(begun()[0]).toMatchObject({
      each: { from: 'dataset', dataset: 's1', folder: '' },
      labels: { from: 'list', file: 'truth.csv' }
    });
  });

  it('says in words why the data are refused', async () => {
    server.routes['POST inference/batches'] = () =>
      refuse(
        'invalid-arguments',
        422,
        'No file lies in a folder of its class.'
      );
    await openEvaluate();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Folder…' })
    );
    await userEvent.click(screen.getByRole('button', { name: 'Start' }));
    await screen.findByText(/No file lies in a folder of its class/);
  });

  it('shows accuracy, matrix, classes and the worst mistakes as pictures', async () => {
    runs = [DONE];
    await openEvaluate();
    await screen.findByText(/right: 29 of 39 files/);
    await screen.findByText(/^1 file could not be done/);
    const matrix = screen.getByRole('region', { name: 'Confusion matrix' });
    const rows = within(matrix).getAllByRole('row');
    // A class that is of no file has a column, and no row.
    expect(rows.map(row => row.textContent)).toEqual([
      'catdogfox',
      'cat2031',
      'dog690'
    ]);
    const gallery = screen.getByRole('region', { name: 'Worst mistakes' });
    const [card] = within(gallery).getAllByRole('listitem');
    expect(card.textContent).toMatch(/dog\/7.jpgit was dog,found cat 93/);
    await waitFor(() =>
      expect(card.querySelector('img')?.src).toBe('blob:picture')
    );
    expect(screen.getByText(/stray.jpg: It has no label/)).toBeTruthy();
    expect(screen.getByText('Class by class')).toBeTruthy();
  });

  it('asks for the next page of mistakes', async () => {
    runs = [DONE];
    await openEvaluate();
    const pages = await screen.findByRole('group', {
      name: 'Pages of mistakes'
    });
    within(pages).getByText('Page 1 of 2');
    await userEvent.click(
      within(pages).getByRole('button', { name: 'Less bad' })
    );
    await within(pages).findByText('Page 2 of 2');
    await waitFor(() =>
      expect(
        server.requestsOf('GET', 'runs/e1/evaluation').pop()?.path
      ).toContain('offset=24&limit=24')
    );
  });

  it('names what the module does not know, and lists confusions where there are many classes', async () => {
    const labels = Array.from({ length: 30 }, (_, at) => `class ${at}`);
    evaluation = {
      ...EVALUATION,
      labels,
      rows: labels.map(() => labels.map(() => 1)),
      unknown: ['wolf', 'bear']
    };
    runs = [DONE];
    await openEvaluate();
    await screen.findByText(/does not know 2 of the classes: wolf, bear/);
    const table = screen.getByRole('table', {
      name: 'Taken for another most often'
    });
    expect(within(table).getAllByRole('row')[1].textContent).toBe('dogcat6');
    expect(
      screen.queryByRole('region', { name: 'Confusion matrix' })
    ).toBeNull();
  });

  it('follows an evaluation that goes, and leaves other batches to Folder', async () => {
    const { labels: _labels, ...plain } = runOf().batch!;
    runs = [{ ...runOf(), id: 'b1', title: 'A folder', batch: plain }, runOf()];
    evaluation = { ...EVALUATION, count: 0, worst: [], worstTotal: 0 };
    await openEvaluate();
    await screen.findByText('10 of 40 files · 1 failed');
    expect(screen.queryByText(/right:/)).toBeNull();
    evaluation = EVALUATION;
    server.publish({ event: 'run', data: DONE });
    await screen.findByText(/right: 29 of 39 files/);
    await screen.findByText(/^40 of 40 files · 75.?% right · 1 failed$/);
    expect(screen.queryByText('A folder')).toBeNull();
    await userEvent.click(screen.getByRole('tab', { name: 'Runs' }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Pets evaluated: pets/test' })
    );
    expect(opened.model.tab).toBe('evaluate');
  });
});
