import type { Run } from '@jupyterlab-deep/protocol';
import { screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { API, MODULE, READY, RUN } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import { IOpenPage, openPage } from './openPage';

const EACH = {
  argument: 'image',
  from: 'jupyter' as const,
  folder: 'photos',
  pattern: '*.jpg'
};
const RESULTS = 'photos/deep-results/today';

const batchOf = (change: Partial<Run>, failed = 0): Run => ({
  ...RUN,
  id: 'b1',
  kind: 'batch',
  title: 'Image classifier: photos/*.jpg',
  state: 'running',
  phase: 'Predicting',
  progress: { done: 20, total: 1000, unit: 'files' },
  batch: {
    each: EACH,
    failed,
    ratePerS: 98,
    leftS: 10,
    results: {
      path: RESULTS,
      from: 'jupyter',
      table: 'results.csv',
      lines: 'results.jsonl',
      gallery: 'gallery.html'
    }
  },
  ...change
});

const ITEMS = {
  total: 60,
  items: [
    {
      item: 1,
      path: 'b.jpg',
      state: 'failed',
      error: { type: '', title: '', status: 422, detail: 'It is no picture.' }
    },
    { item: 0, path: 'a.jpg', state: 'done', label: 'cat', probability: 0.7 }
  ]
};

describe('the tab Folder', () => {
  let server: StandInServer;
  let opened: IOpenPage;
  let runs: Run[];

  beforeAll(() => {
    // jsdom has no object URLs.
    URL.createObjectURL = () => 'blob:picture';
    URL.revokeObjectURL = () => undefined;
  });

  beforeEach(async () => {
    runs = [];
    const answerWith = (change: Partial<Run>) => () => batchOf(change);
    server = new StandInServer({
      'GET catalogue/modules/builtin/image-classifier': () => MODULE,
      'GET catalogue/modules/builtin/image-classifier/examples/cat/image': () =>
        new Response('picture'),
      'GET deployments': () => ({ deployments: [] }),
      'POST deployments': () => READY,
      'GET deployments/d1/api': () => API,
      'GET runs': () => ({ runs }),
      'POST inference/batches/count': ({ body }) =>
        (body as typeof EACH).folder === 'photos'
          ? { count: 1000, isComplete: true, first: [] }
          : refuse('not-found', 404, 'The folder cannot be read.'),
      'POST inference/batches': () => batchOf({}),
      'GET runs/b1/items': () => ITEMS,
      'GET runs/b1/items/0/thumbnail': () => new Response('small'),
      'GET runs/b1/items/1/thumbnail': () => refuse('invalid-picture', 422, ''),
      'POST runs/b1/pause': answerWith({ state: 'paused', phase: '' }),
      'POST runs/b1/retry': answerWith({})
    });
    opened = openPage(server, MODULE);
  });

  afterEach(() => opened.dispose());

  async function openFolder(): Promise<void> {
    await userEvent.click(await screen.findByRole('tab', { name: 'Folder' }));
  }

  async function chooseFolder(name: string): Promise<void> {
    await openFolder();
    const field = await screen.findByLabelText('Folder of Jupyter');
    await userEvent.clear(field);
    await userEvent.type(field, name);
  }

  it('counts while the folder is typed, and begins with the values of the form', async () => {
    await chooseFolder('photos');
    await screen.findByText('1,000 files fit.');
    await userEvent.click(screen.getByRole('button', { name: 'Start' }));
    await screen.findByText('20 of 1,000 files · 98 a second · 10 s left');
    const [{ body }] = server.requestsOf('POST', 'inference/batches');
    expect(body).toMatchObject({
      module: MODULE.id,
      each: { ...EACH, pattern: expect.stringContaining('jpg') },
      results: 'beside',
      files: {}
    });
  });

  it('says why a folder cannot be taken, and does not begin', async () => {
    await chooseFolder('nowhere');
    await screen.findByText(/The folder cannot be read/);
    expect(screen.getByRole('button', { name: 'Start' })).toHaveProperty(
      'disabled',
      true
    );
  });

  it('finds the batch that goes, follows it, and shows what failed and why', async () => {
    runs = [batchOf({})];
    await openFolder();
    await screen.findByText('20 of 1,000 files · 98 a second · 10 s left');
    await screen.findByText('cat');
    await screen.findByText(/It is no picture/);
    await screen.findByText('Page 1 of 2');
    server.publish({
      event: 'run',
      data: batchOf(
        { state: 'succeeded', progress: { done: 1000, total: 1000, unit: '' } },
        3
      )
    });
    await screen.findByText('1,000 of 1,000 files · 3 failed');
    await userEvent.click(
      screen.getByRole('button', { name: /^Retry failed/ })
    );
    expect(server.requestsOf('POST', 'runs/b1/retry')).toHaveLength(1);
    await screen.findByText(/98 a second/);
  });

  it('pauses, and offers to go on', async () => {
    runs = [batchOf({})];
    await openFolder();
    await userEvent.click(
      await screen.findByRole('button', { name: /^Pause/ })
    );
    await screen.findByRole('button', { name: /^Resume/ });
    expect(screen.queryByRole('button', { name: /^Pause/ })).toBeNull();
  });

  it('asks for failed files alone, and for the next page', async () => {
    runs = [batchOf({})];
    await openFolder();
    await screen.findByText('cat');
    const pages = screen.getByRole('group', { name: 'Pages' });
    await userEvent.click(within(pages).getByRole('button', { name: 'Older' }));
    await userEvent.click(screen.getByRole('button', { name: 'Failed' }));
    await waitFor(() => {
      const asked = server
        .requestsOf('GET', 'runs/b1/items')
        .map(({ path }) => path.split('?')[1]);
      expect(asked).toContain('offset=48&limit=48');
      expect(asked).toContain('offset=0&limit=48&state=failed');
    });
  });

  it('lists the runs of this module alone in Runs', async () => {
    runs = [batchOf({}), { ...RUN, title: 'Image classifier: cat.jpg' }];
    await userEvent.click(await screen.findByRole('tab', { name: 'Runs' }));
    await screen.findByRole('button', { name: 'Image classifier: cat.jpg' });
    const [{ path }] = server.requestsOf('GET', 'runs');
    expect(new URLSearchParams(path.split('?')[1]).get('module')).toBe(
      MODULE.id
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Image classifier: photos/*.jpg' })
    );
    expect(opened.model.tab).toBe('folder');
  });
});
