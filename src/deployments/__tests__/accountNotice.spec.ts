import type { Target } from '@jupyterlab-deep/protocol';
import { Notification } from '@jupyterlab/apputils';
import { waitFor } from '@testing-library/dom';
import { connect, trans } from '../../__tests__/connected';
import { StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { AccountNotice } from '../accountNotice';
import { CLOUD, ENGINE } from './samples';

const YOLO = { title: 'YOLO v8', place: CLOUD.id };

describe('AccountNotice', () => {
  let server: StandInServer;
  let service: DeepService;
  let notice: AccountNotice;
  let targets: Target[];
  let signedIn: number;

  beforeEach(() => {
    targets = [];
    signedIn = 0;
    server = new StandInServer({
      'GET deployments/targets': () => ({ targets })
    });
    service = connect(server);
    notice = new AccountNotice({
      service,
      trans,
      signIn: () => void (signedIn += 1)
    });
    Notification.dismiss();
  });

  afterEach(() => {
    notice.dispose();
    service.dispose();
  });

  const endsIn = (ms: number, more: Partial<Target> = {}): Target => ({
    ...CLOUD,
    accountUntil: new Date(Date.now() + ms).toISOString(),
    ...more
  });
  const said = () =>
    Notification.manager.notifications.map(({ message }) => message);
  const asked = () => server.requestsOf('GET', 'deployments/targets').length;

  it('says once what runs with an account that ends soon, and leads to the sign-in', async () => {
    targets = [endsIn(4 * 60_000), endsIn(60_000, { id: ENGINE.id })];
    notice.watch([YOLO]);
    await waitFor(() => expect(said()).toHaveLength(1));
    expect(said()[0]).toMatch(/ends in 3 min\. YOLO v8 goes on there/);
    const [{ options }] = Notification.manager.notifications;
    options.actions![0].callback(new MouseEvent('click'));
    expect(signedIn).toBe(1);
    expect(server.seen[0].headers.get('deep-only-if-running')).toBe('1');

    notice.watch([]);
    notice.watch([YOLO]);
    await waitFor(() => expect(asked()).toBe(2));
    expect(said()).toHaveLength(1);
  });

  it('waits for an end that is far, and is told of an account that was renewed', async () => {
    targets = [endsIn(5 * 60_000 + 300)];
    notice.watch([YOLO]);
    await waitFor(() => expect(asked()).toBe(1));
    expect(said()).toEqual([]);
    await waitFor(() => expect(said()).toHaveLength(1));

    targets = [endsIn(3_600_000)];
    service.open();
    await waitFor(() => expect(asked()).toBeGreaterThan(1));
    expect(said()).toHaveLength(1);
  });

  it('asks and says nothing where nothing runs elsewhere, nor after the end', async () => {
    notice.watch([]);
    targets = [endsIn(-1000), { ...CLOUD, id: 'im:other' }];
    expect(asked()).toBe(0);
    notice.watch([YOLO]);
    await waitFor(() => expect(asked()).toBe(1));
    expect(said()).toEqual([]);
  });
});
