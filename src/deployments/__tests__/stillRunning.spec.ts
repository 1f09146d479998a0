import type { Deployment } from '@jupyterlab-deep/protocol';
import { Notification } from '@jupyterlab/apputils';
import { StateDB } from '@jupyterlab/statedb';
import { waitFor } from '@testing-library/dom';
import { connect, trans } from '../../__tests__/connected';
import { READY } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { StillRunning } from '../stillRunning';
import { at, PULLING } from './samples';

const KEY = 'jupyterlab-deep:deployments:elsewhere';
const RUNNING: Deployment = { ...PULLING, state: 'ready', since: at(90) };

describe('StillRunning', () => {
  let server: StandInServer;
  let service: DeepService;
  let state: StateDB;
  let deployments: Deployment[];
  let shown: number;

  beforeEach(() => {
    deployments = [READY, RUNNING];
    server = new StandInServer({ 'GET deployments': () => ({ deployments }) });
    service = connect(server);
    state = new StateDB();
    shown = 0;
    Notification.dismiss();
  });

  afterEach(() => service.dispose());

  const begin = () =>
    new StillRunning({ service, state, trans, show: () => void (shown += 1) });
  const said = () =>
    Notification.manager.notifications.map(({ message }) => message);
  const kept = () => state.fetch(KEY);
  const keep = () => state.save(KEY, [{ id: 'd2', title: 'YOLO v8' }]);

  it('asks nothing where nothing ran elsewhere', async () => {
    begin();
    await kept();
    expect(server.seen).toEqual([]);
  });

  it('says once what still runs elsewhere, and starts no service to know it', async () => {
    await keep();
    begin();
    await waitFor(() =>
      expect(said()).toEqual(['Still running elsewhere: YOLO v8'])
    );
    expect(server.seen.map(({ path }) => path)).toEqual(['deployments']);
    expect(server.seen[0].headers.get('deep-only-if-running')).toBe('1');
    const [{ options }] = Notification.manager.notifications;
    options.actions![0].callback(new MouseEvent('click'));
    expect(shown).toBe(1);
    service.open();
    await waitFor(() =>
      expect(server.requestsOf('GET', 'deployments')).toHaveLength(2)
    );
    expect(said()).toHaveLength(1);
  });

  it('says what it remembers where the service does not run', async () => {
    server.routes['GET deployments'] = () =>
      refuse('service-unavailable', 503, 'It does not run.');
    await keep();
    begin();
    await waitFor(() =>
      expect(said()).toEqual(['Ran elsewhere when Lab was last open: YOLO v8'])
    );
  });

  it('says nothing where it has ended meanwhile', async () => {
    deployments = [{ ...RUNNING, state: 'stopped' }];
    await keep();
    begin();
    await waitFor(async () => expect(await kept()).toEqual([]));
    expect(said()).toEqual([]);
  });

  it('remembers what goes on, and says when something long has come up', async () => {
    deployments = [];
    begin();
    service.open();
    await waitFor(() =>
      expect(server.requestsOf('GET', 'deployments')).toHaveLength(1)
    );
    server.publish({ event: 'deployment', data: PULLING });
    await waitFor(async () =>
      expect(await kept()).toEqual([{ id: 'd2', title: 'YOLO v8' }])
    );
    server.publish({ event: 'deployment', data: RUNNING });
    server.publish({ event: 'deployment', data: RUNNING });
    await waitFor(() => expect(said()).toEqual(['YOLO v8 — ready']));
    server.publish({ event: 'deployment-removed', data: { id: 'd2' } });
    await waitFor(async () => expect(await kept()).toEqual([]));
  });

  it('says why something failed elsewhere', async () => {
    deployments = [];
    begin();
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('online'));
    server.publish({ event: 'deployment', data: PULLING });
    const error = 'The image was not found.';
    server.publish({
      event: 'deployment',
      data: { ...PULLING, state: 'failed', error, since: at(12) }
    });
    await waitFor(() =>
      expect(said()).toEqual(['YOLO v8 — failed: The image was not found.'])
    );
  });
});
