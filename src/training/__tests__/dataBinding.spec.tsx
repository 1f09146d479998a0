import type {
  Dataset,
  ModuleApi,
  Run,
  TrainingRequest
} from '@jupyterlab-deep/protocol';
import { StateDB } from '@jupyterlab/statedb';
import { fireEvent, screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';
import { API, MODULE, READY, RUN } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import { IOpenPage, openPage } from '../../inference/__tests__/openPage';
import { RememberedForms } from '../../inference/remembered';

const TRAINABLE: ModuleApi = {
  ...API,
  train: {
    type: 'object',
    required: ['data_path'],
    properties: {
      data_path: { type: 'string' },
      seeds_from: { type: 'string', default: 'nowhere' },
      since: { type: 'string', format: 'date' },
      epochs: { type: 'integer', default: 3 }
    }
  }
};

const DATASET: Dataset = {
  id: 's1',
  name: 'seeds',
  ref: 'cloud:seeds',
  account: 'cloud',
  remotePath: 'seeds',
  path: '/home/ada/datasets/cloud/seeds',
  way: 'copy',
  why: '',
  state: 'ready',
  here: { files: 24, bytes: 1000 },
  waiting: { files: 0, bytes: 0 },
  conflicts: [],
  createdAt: '2026-01-01T10:00:00.000Z'
};

const TRAINING: Run = { ...RUN, id: 't1', kind: 'training', inputs: [] };

describe('which arguments of a training take data', () => {
  let server: StandInServer;
  let opened: IOpenPage;
  let state: StateDB;

  const open = async (): Promise<void> => {
    opened = openPage(server, MODULE, new RememberedForms(state));
    await userEvent.click(await screen.findByRole('tab', { name: 'Train' }));
    await screen.findByRole('button', { name: 'Start' });
  };
  const choose = (): HTMLElement =>
    screen.getByRole('button', { name: 'Choose data… (Seeds from)' });
  const field = (name: RegExp): HTMLElement => screen.getByLabelText(name);
  const begun = async (): Promise<TrainingRequest> => {
    await userEvent.click(screen.getByRole('button', { name: 'Start' }));
    await waitFor(() =>
      expect(server.requestsOf('POST', 'training/trainings')).toHaveLength(1)
    );
    const [{ body }] = server.requestsOf('POST', 'training/trainings');
    return body as TrainingRequest;
  };

  beforeEach(async () => {
    state = new StateDB();
    server = new StandInServer({
      'GET catalogue/modules/builtin/image-classifier': () => ({
        ...MODULE,
        examples: []
      }),
      'GET deployments': () => ({ deployments: [READY] }),
      'POST deployments': () => READY,
      'GET deployments/d1/api': () => TRAINABLE,
      'GET storage/datasets': () => ({ datasets: [DATASET] }),
      'GET runs': () => ({ runs: [] }),
      'GET runs/t1/metrics': () => ({ steps: [], next: 0 }),
      'POST training/trainings': () => TRAINING
    });
    await open();
  });

  afterEach(() => opened.dispose());

  // By mouse and keyboard jsdom selects text, which it cannot in lists and summaries.
  const openMore = async (): Promise<void> => {
    fireEvent.click(screen.getByText('More options'));
    await screen.findByRole('button', { name: 'Choose data… (Seeds from)' });
  };
  const select = (name: RegExp, value: string): boolean =>
    fireEvent.change(field(name), { target: { value } });

  it('is asked at texts alone: neither at numbers nor at dates', async () => {
    await openMore();
    choose();
    expect(
      screen.getAllByRole('button', { name: /^Choose data…/ })
    ).toHaveLength(1);
    expect(
      screen.getAllByRole('button', { name: /^Type a value instead/ })
    ).toHaveLength(1);
  });

  it('is said by the user: a text becomes a choice of data, has the focus, and goes as data', async () => {
    await openMore();
    choose().focus();
    await userEvent.keyboard('{Enter}');
    const picker = field(/^Seeds from/);
    expect(picker).toBeInstanceOf(HTMLSelectElement);
    expect(document.activeElement).toBe(picker);
    await screen.findAllByRole('option', { name: /^cloud:seeds/ });
    select(/^Seeds from/, 's1');
    select(/^Data path/, 's1');
    const request = await begun();
    expect(request.data).toEqual({
      seeds_from: { from: 'dataset', id: 's1' },
      data_path: { from: 'dataset', id: 's1' }
    });
    expect(Object.keys(request.arguments)).not.toContain('seeds_from');
  });

  it('is denied by the user: a choice of data becomes a text, and goes as one', async () => {
    select(/^Data path/, 's1');
    screen
      .getByRole('button', { name: 'Type a value instead (Data path)' })
      .focus();
    await userEvent.keyboard(' ');
    const input = field(/^Data path/);
    expect(input).toBeInstanceOf(HTMLInputElement);
    expect(document.activeElement).toBe(input);
    expect(input).toHaveProperty('value', '');
    fireEvent.change(input, { target: { value: '/srv/seeds' } });
    const request = await begun();
    expect(request.arguments.data_path).toBe('/srv/seeds');
    expect(request.data).toEqual({});
  });

  it('drops what was typed when it becomes a choice, so that nothing hidden is sent', async () => {
    await openMore();
    fireEvent.change(field(/^Seeds from/), { target: { value: 'here' } });
    await userEvent.click(choose());
    select(/^Data path/, 's1');
    const request = await begun();
    expect(Object.keys(request.data ?? {})).toEqual(['data_path']);
    // Its default, where the form fills it in, is what the module takes anyway.
    expect(['nowhere', undefined]).toContain(request.arguments.seeds_from);
  });

  it('is remembered for the module', async () => {
    await openMore();
    await userEvent.click(choose());
    await userEvent.click(
      screen.getByRole('button', { name: 'Type a value instead (Data path)' })
    );
    opened.dispose();
    await open();
    await waitFor(() =>
      expect(field(/^Seeds from/)).toBeInstanceOf(HTMLSelectElement)
    );
    expect(field(/^Data path/)).toBeInstanceOf(HTMLInputElement);
    await userEvent.click(
      screen.getByRole('button', { name: 'Type a value instead (Seeds from)' })
    );
    // In sight, not folded again under the hands of whoever changes it.
    expect(document.activeElement).toBe(field(/^Seeds from/));
  });

  it('is forgotten where the module has another kind of argument by that name', async () => {
    await openMore();
    await userEvent.click(choose());
    opened.dispose();
    server.routes['GET deployments/d1/api'] = () => ({
      ...TRAINABLE,
      train: {
        type: 'object',
        properties: { seeds_from: { type: 'integer', default: 1 } }
      }
    });
    await open();
    expect(field(/^Seeds from/)).toHaveProperty('type', 'number');
  });
});
