import type { Account, Deployment, Run } from '@jupyterlab-deep/protocol';
import { waitFor } from '@testing-library/dom';
import { connect, later, trans } from '../../__tests__/connected';
import { READY, RUN } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { DeploymentsClient } from '../client';
import { DeploymentsModel } from '../model';
import { at, CLOUD, ENGINE, FAILED, HERE, PULLING } from './samples';

describe('DeploymentsModel', () => {
  let server: StandInServer;
  let service: DeepService;
  let model: DeploymentsModel;

  beforeEach(async () => {
    server = new StandInServer({
      'GET deployments': () => ({ deployments: [PULLING, READY] }),
      'GET deployments/targets': () => ({ targets: [HERE, ENGINE] })
    });
    service = connect(server);
    model = new DeploymentsModel({
      service,
      client: new DeploymentsClient(service),
      trans
    });
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('online'));
    await model.start();
  });

  afterEach(() => {
    model.dispose();
    service.dispose();
  });

  const send = (data: Deployment) =>
    server.publish({ event: 'deployment', data });
  const stateOf = (id: string) => model.get(id)?.state;

  it('follows a state back, and no event that comes after a newer one', async () => {
    send({ ...READY, state: 'unreachable', since: at(30) });
    await waitFor(() => expect(stateOf('d1')).toBe('unreachable'));
    send({ ...READY, state: 'ready', since: at(20) });
    send({ ...READY, state: 'starting', since: at(40) });
    await waitFor(() => expect(stateOf('d1')).toBe('starting'));
    expect(model.news).toBe('Image classifier: starting.');
  });

  it('shows what another Lab began, and what another one removed', async () => {
    send({ ...READY, id: 'd9', createdAt: at(50) });
    await waitFor(() => expect(model.deployments![0].id).toBe('d9'));
    server.publish({ event: 'deployment-removed', data: { id: 'd9' } });
    await waitFor(() => expect(model.get('d9')).toBeUndefined());
  });

  it('is not set back by a listing that an event has overtaken', async () => {
    const reply = later<object>();
    server.routes['GET deployments'] = () => reply.promise;
    const refreshed = model.refresh();
    send({ ...PULLING, state: 'ready', since: at(60), phase: '' });
    await waitFor(() => expect(stateOf('d2')).toBe('ready'));
    server.publish({ event: 'deployment-removed', data: { id: 'd1' } });
    await waitFor(() => expect(model.get('d1')).toBeUndefined());
    reply.give({ deployments: [PULLING, READY] });
    await refreshed;
    expect(stateOf('d2')).toBe('ready');
    expect(model.get('d1')).toBeUndefined();
  });

  it('forgets what is not listed any more after a reset, and takes what is', async () => {
    server.routes['GET deployments'] = () => ({
      deployments: [FAILED, { ...READY, memoryBytes: 1000 }]
    });
    server.routes['GET deployments/targets'] = () => ({ targets: [CLOUD] });
    server.publish({ event: 'reset', data: { reason: 'restarted' } });
    await waitFor(() => expect(stateOf('d3')).toBe('failed'));
    expect(model.get('d2')).toBeUndefined();
    await waitFor(() => expect(model.targets).toEqual([CLOUD]));
    send({ ...READY, lastUsedAt: at(70) });
    await waitFor(() => expect(model.get('d1')?.lastUsedAt).toBe(at(70)));
    expect(model.get('d1')?.memoryBytes).toBe(1000);
  });

  it('shows deployments where targets cannot be asked, and says why', async () => {
    server.routes['GET deployments/targets'] = () =>
      refuse('internal', 500, 'No targets.');
    await model.refresh();
    expect(model.deployments).toHaveLength(2);
    expect(model.error?.problem.detail).toBe('No targets.');
  });

  it('changes nothing before the service has said so', async () => {
    const reply = later<object>();
    server.routes['POST deployments/d1/stop'] = () => reply.promise;
    const stopped = model.act('d1', 'stop');
    expect(stateOf('d1')).toBe('ready');
    expect(model.isBusy('d1')).toBe(true);
    reply.give({ ...READY, state: 'stopping', since: at(80) });
    await stopped;
    expect(stateOf('d1')).toBe('stopping');
    expect(model.isBusy('d1')).toBe(false);
  });

  it('keeps why an order failed with the deployment that it was for', async () => {
    server.routes['DELETE deployments/d2'] = () =>
      refuse('target-unreachable', 503, 'gpu-host does not answer.');
    await model.remove('d2');
    expect(model.failureOf('d2')?.key).toBe('target-unreachable');
    expect(model.get('d2')).toBeTruthy();
    server.routes['DELETE deployments/d2'] = () => ({
      ...PULLING,
      state: 'stopping',
      since: at(90)
    });
    await model.remove('d2');
    expect(model.failureOf('d2')).toBeUndefined();
    expect(stateOf('d2')).toBe('stopping');
    const [, asked] = server.requestsOf('DELETE', 'deployments/d2');
    expect(asked.path).toContain('?remove=true');
    server.publish({ event: 'deployment-removed', data: { id: 'd2' } });
    await waitFor(() => expect(model.get('d2')).toBeUndefined());
  });

  it('takes what a target says of itself', async () => {
    const now = { ...ENGINE, state: 'reachable' as const };
    server.publish({ event: 'target', data: now });
    await waitFor(() => expect(model.targets).toContainEqual(now));
    server.routes[`POST deployments/targets/container%3Agpu-host/check`] = () =>
      ENGINE;
    await model.check(ENGINE.id);
    expect(model.targets).toContainEqual(ENGINE);
  });

  it('asks places that wanted an account again once there is one, and no more with each renewal', async () => {
    const route = 'deployments/targets/papi%3Aai4eosc/check';
    server.routes['GET deployments/targets'] = () => ({
      targets: [HERE, CLOUD]
    });
    // It goes on refusing.
    server.routes[`POST ${route}`] = () => CLOUD;
    await model.refresh();
    const account: Account = {
      id: 'egi',
      kind: 'oidc',
      title: 'EGI Check-in',
      state: 'connected',
      memberships: [],
      isRenewed: true,
      createdAt: at(1)
    };
    const listed = () => server.requestsOf('GET', 'deployments/targets').length;
    const before = listed();
    server.publish({ event: 'account', data: account });
    await waitFor(() =>
      expect(server.requestsOf('POST', route)).toHaveLength(1)
    );
    server.publish({ event: 'account', data: account });
    await waitFor(() => expect(listed()).toBe(before + 2));
    expect(server.requestsOf('POST', route)).toHaveLength(1);
  });

  it('knows the runs that use a deployment', async () => {
    const runs: Run[] = [
      { ...RUN, id: 'r1', deployment: 'd1' },
      { ...RUN, id: 'r2', deployment: 'other' },
      { ...RUN, id: 'r3' }
    ];
    server.routes['GET runs'] = ({ path }) => ({
      runs: path.endsWith('running') ? runs : []
    });
    const found = await model.runsOf(READY);
    expect(found?.map(({ id }) => id)).toEqual(['r1', 'r3']);
  });
});
