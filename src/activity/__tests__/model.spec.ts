import { waitFor } from '@testing-library/dom';
import { connect, trans } from '../../__tests__/connected';
import { DONE, RUN } from '../../__tests__/samples';
import { StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { ActivityModel } from '../model';
import { statusWords } from '../statusItem';

describe('ActivityModel', () => {
  let server: StandInServer;
  let service: DeepService;
  let model: ActivityModel;

  beforeEach(() => {
    server = new StandInServer({
      'GET runs': ({ path }) => ({
        runs: path.endsWith('=running') ? [{ ...RUN, state: 'running' }] : []
      })
    });
    service = connect(server);
    model = new ActivityModel(service);
  });

  afterEach(() => service.dispose());

  const words = () => statusWords(model, trans);

  it('makes no request by itself', () => {
    expect(server.seen).toEqual([]);
    expect(words()).toBe('');
  });

  it('counts what ran before this page', async () => {
    service.open();
    await waitFor(() => expect(words()).toBe('DEEP: 1 running'));
    expect(model.latestModule).toBe(RUN.module);
  });

  it('follows the events', async () => {
    service.open();
    await waitFor(() => expect(model.runningCount).toBe(1));
    server.publish({ event: 'run', data: { ...RUN, id: 'r2' } });
    await waitFor(() => expect(model.runningCount).toBe(2));
    server.publish({ event: 'run', data: DONE });
    server.publish({ event: 'run', data: { ...DONE, id: 'r2' } });
    await waitFor(() => expect(words()).toBe(''));
  });

  it('says that the service is away', async () => {
    server.isDown = true;
    service.open();
    await waitFor(() => expect(words()).toBe('DEEP: offline'));
  });
});
