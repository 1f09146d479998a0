import type { Dataset, Run } from '@jupyterlab-deep/protocol';
import { StateDB } from '@jupyterlab/statedb';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor } from '@testing-library/dom';
import { RunsClient } from '../../activity/runsClient';
import { connect, trans } from '../../__tests__/connected';
import { later } from '../../__tests__/connected';
import { StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { StorageActions } from '../actions';
import { KnownStorage } from '../cache';
import { StorageClient } from '../client';
import { StorageModel } from '../model';
import { StoragePanel } from '../panel';
import { ACCOUNT } from './cloudStandIn';

const DATASET: Dataset = {
  id: 'd1',
  name: 'plants',
  ref: 'cloud:plants',
  account: 'cloud',
  remotePath: 'plants',
  path: '/home/ada/datasets/cloud/plants',
  way: 'copy',
  why: 'No FUSE here.',
  state: 'ready',
  here: { files: 1000, bytes: 18_000_000 },
  waiting: { files: 2, bytes: 100 },
  conflicts: [],
  createdAt: '2026-01-01T10:00:00.000Z'
};

const TRANSFER: Run = {
  id: 'r1',
  kind: 'transfer',
  title: 'Filling plants',
  state: 'running',
  phase: 'Copying',
  arguments: {},
  inputs: [],
  createdAt: '2026-01-01T10:00:00.000Z',
  transfer: {
    act: 'fill',
    account: 'cloud',
    from: 'cloud:plants',
    to: '/home/ada/datasets/cloud/plants',
    doneBytes: 5_000_000,
    totalBytes: 18_000_000,
    bytesPerS: 1_000_000,
    leftS: 13,
    failed: 0
  }
};

describe('StoragePanel', () => {
  let server: StandInServer;
  let service: DeepService;
  let panel: StoragePanel;
  let state: StateDB;
  let drives: string[][];
  let browsed: string[];

  beforeEach(() => {
    server = new StandInServer({
      'GET storage/accounts': () => ({ accounts: [ACCOUNT] }),
      'GET storage/datasets': () => ({ datasets: [DATASET] }),
      'GET runs': () => ({ runs: [TRANSFER] }),
      'GET storage/shares/cloud/received': () => ({
        entries: [
          {
            path: 'from grace',
            name: 'from grace',
            type: 'folder',
            isReadOnly: true,
            ownerName: 'Grace'
          }
        ]
      })
    });
    state = new StateDB();
    drives = [];
    browsed = [];
  });

  function show(): void {
    service = connect(server);
    const client = new StorageClient(service);
    const model = new StorageModel({
      service,
      client,
      runs: new RunsClient(service),
      cache: new KnownStorage(state),
      onAccounts: ids => drives.push(ids),
      trans
    });
    const actions = new StorageActions({
      client,
      model,
      trans,
      browse: async (account, path) => {
        browsed.push(`${account}:${path}`);
      },
      openFolder: async () => undefined,
      insertCell: async () => undefined
    });
    panel = new StoragePanel({ model, actions, service, trans });
    Widget.attach(panel, document.body);
  }

  afterEach(() => {
    panel.dispose();
    service.dispose();
  });

  it('shows the quota as a bar and in words', async () => {
    show();
    expect(await screen.findByText('412 GB of 500 GB')).toBeTruthy();
    expect(
      screen.getByRole('progressbar', { name: /Space used/ })
    ).toBeTruthy();
  });

  it('makes a drive of each account', async () => {
    show();
    await waitFor(() => expect(drives).toContainEqual(['cloud']));
  });

  it('offers to link a Nextcloud where there is none', async () => {
    server.routes['GET storage/accounts'] = () => ({ accounts: [] });
    show();
    await screen.findByRole('button', { name: 'Link a Nextcloud…' });
  });

  it('says how kernels see a dataset, and what waits', async () => {
    show();
    await screen.findByText('synchronized copy');
    expect(document.body.textContent).toContain('2 files wait to be pushed');
    server.routes['POST storage/datasets/d1/push'] = () => TRANSFER;
    fireEvent.click(screen.getByRole('button', { name: 'Push plants' }));
    await waitFor(() =>
      expect(
        server.requestsOf('POST', 'storage/datasets/d1/push')
      ).toHaveLength(1)
    );
  });

  it('asks to link again where the password was refused, as soon as it is told', async () => {
    show();
    await screen.findByText('412 GB of 500 GB');
    await waitFor(() => expect(server.openStreams).toBe(1));
    server.publish({
      event: 'storage-account',
      data: { ...ACCOUNT, state: 'needs-login' }
    });
    await screen.findByRole('button', { name: /^Link again/ });
    expect(document.body.textContent).toContain('Its password was refused.');
  });

  it('shows the speed of a transfer and pauses it', async () => {
    server.routes['POST runs/r1/pause'] = () => ({
      ...TRANSFER,
      state: 'paused'
    });
    show();
    await screen.findByText('5 MB of 18 MB · 1 MB a second · 13 s left');
    fireEvent.click(
      screen.getByRole('button', { name: 'Pause: Filling plants' })
    );
    await screen.findByRole('button', { name: 'Resume: Filling plants' });
  });

  it('opens what others share', async () => {
    show();
    fireEvent.click(await screen.findByText('from grace'));
    await waitFor(() => expect(browsed).toEqual(['cloud:from grace']));
  });

  it('shows what was known before the service has answered', async () => {
    const cache = new KnownStorage(state);
    await cache.write({ accounts: [ACCOUNT], datasets: [DATASET] });
    const reply = later<object>();
    server.routes['GET storage/accounts'] = () => reply.promise;
    show();
    await screen.findByText('412 GB of 500 GB');
    reply.give({ accounts: [] });
    await screen.findByText('Link a Nextcloud…');
  });
});
