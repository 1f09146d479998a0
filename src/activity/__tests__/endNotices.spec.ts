import { Notification } from '@jupyterlab/apputils';
import { StateDB } from '@jupyterlab/statedb';
import { waitFor } from '@testing-library/dom';
import type { Run } from '@jupyterlab-deep/protocol';
import { connect, trans } from '../../__tests__/connected';
import { RUN } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { EndNotices } from '../endNotices';

const BEGAN: Run = {
  ...RUN,
  id: 'training-1',
  kind: 'training',
  title: 'Image classifier: seeds',
  state: 'running',
  createdAt: '2026-01-01T10:00:00Z'
};
const ended = (state: Run['state'], seconds: number): Run => ({
  ...BEGAN,
  state,
  endedAt: new Date(Date.parse(BEGAN.createdAt) + seconds * 1000).toISOString()
});

describe('EndNotices', () => {
  let server: StandInServer;
  let service: DeepService;
  let state: StateDB;
  let shown: string[];

  const begin = (): EndNotices =>
    new EndNotices({
      service,
      state,
      trans,
      restored: Promise.resolve(),
      show: ({ id }) => shown.push(id)
    });
  const said = () =>
    Notification.manager.notifications.map(({ message }) => message);
  const kept = () => state.fetch('jupyterlab-deep:activity:watched');
  const send = (run: Run) => server.publish({ event: 'run', data: run });

  beforeEach(() => {
    server = new StandInServer({ 'GET runs': () => ({ runs: [] }) });
    service = connect(server);
    state = new StateDB();
    shown = [];
    Notification.dismiss();
  });

  afterEach(() => service.dispose());

  it('says once that something long has ended, and leads to it', async () => {
    begin();
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('online'));
    send(BEGAN);
    await waitFor(async () => expect(await kept()).toEqual(['training-1']));
    send(ended('succeeded', 60));
    send(ended('succeeded', 60));
    await waitFor(() =>
      expect(said()).toEqual(['Image classifier: seeds — Done'])
    );
    const [{ options }] = Notification.manager.notifications;
    options.actions![0].callback(new MouseEvent('click'));
    expect(shown).toEqual(['training-1']);
    expect(await kept()).toEqual([]);
  });

  it('says nothing of what ended before its beginner could look away, or was cancelled', async () => {
    begin();
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('online'));
    send(BEGAN);
    send(ended('succeeded', 3));
    send({ ...BEGAN, id: 'training-2' });
    send({ ...ended('cancelled', 60), id: 'training-2' });
    send({ ...BEGAN, id: 'training-3' });
    send({ ...ended('failed', 60), id: 'training-3' });
    await waitFor(() =>
      expect(said()).toEqual(['Image classifier: seeds — Failed'])
    );
  });

  it('says at the next start what ended while Lab was closed', async () => {
    await state.save('jupyterlab-deep:activity:watched', [
      'training-1',
      'gone'
    ]);
    server.routes['GET runs/training-1'] = () => ended('succeeded', 3);
    begin();
    await waitFor(() =>
      expect(said()).toEqual(['Image classifier: seeds — Done'])
    );
  });

  it('asks nothing at the start when nothing went on', async () => {
    begin();
    await kept();
    expect(server.seen).toEqual([]);
  });
});
