import type { Deployment } from '@jupyterlab-deep/protocol';
import { waitFor } from '@testing-library/dom';
import { connect, later, trans } from '../../__tests__/connected';
import { API, DEPLOYMENT, MODULE, READY } from '../../__tests__/samples';
import { refuse, StandInServer } from '../../__tests__/standInServer';
import type { DeepService } from '../../service/connection';
import { InferenceClient } from '../client';
import { DeploymentModel } from '../deploymentModel';

const CONNECTED: Deployment = {
  ...READY,
  id: 'd2',
  target: 'address',
  endpoint: 'https://gpu.example.org:5000'
};

describe('DeploymentModel', () => {
  let server: StandInServer;
  let service: DeepService;
  let model: DeploymentModel;

  beforeEach(async () => {
    server = new StandInServer({
      'GET deployments': () => ({ deployments: [] }),
      'POST deployments': () => DEPLOYMENT,
      'GET deployments/d1/api': () => API,
      'GET deployments/d2/api': () => ({ ...API, deployment: 'd2' })
    });
    service = connect(server);
    model = new DeploymentModel({
      module: MODULE.id,
      service,
      client: new InferenceClient(service),
      trans
    });
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('online'));
  });

  afterEach(() => {
    model.dispose();
    service.dispose();
  });

  it('asks for the API once the module is ready', async () => {
    await model.start();
    expect(model.deployment!.state).toBe('starting');
    expect(model.api).toBeNull();
    server.publish({ event: 'deployment', data: READY });
    await waitFor(() => expect(model.api).toEqual(API));
  });

  it('is not set back by a reply that an event has overtaken', async () => {
    const reply = later<object>();
    server.routes['POST deployments'] = () => reply.promise;
    const started = model.start();
    server.publish({ event: 'deployment', data: READY });
    await waitFor(() => expect(model.deployment?.state).toBe('ready'));
    reply.give(DEPLOYMENT);
    await started;
    expect(model.deployment!.state).toBe('ready');
  });

  it('says why the module could not be started, and can try again', async () => {
    server.routes['POST deployments'] = () =>
      refuse('model-invalid', 422, 'onnx/model.onnx is damaged.');
    await model.start();
    expect(model.error!.message).toBe('onnx/model.onnx is damaged.');
    server.routes['POST deployments'] = () => READY;
    await model.start();
    expect(model.error).toBeNull();
    await waitFor(() => expect(model.api).toEqual(API));
  });

  it('finds the module again after the service was restarted', async () => {
    server.routes['POST deployments'] = () => READY;
    await model.start();
    await waitFor(() => expect(model.api).not.toBeNull());
    const other = { ...READY, id: 'd2' };
    server.routes['GET deployments'] = () => ({ deployments: [other] });
    server.routes['POST deployments'] = () => other;
    server.publish({ event: 'reset', data: { reason: 'restart' } });
    await waitFor(() => expect(model.api!.deployment).toBe('d2'));
  });

  it('asks for the API again that an outage has cost', async () => {
    server.routes['POST deployments'] = () => READY;
    server.routes['GET deployments'] = () => ({ deployments: [READY] });
    server.routes['GET deployments/d1/api'] = () =>
      refuse('service-unavailable', 503, 'Nobody is there.');
    await model.start();
    await waitFor(() => expect(model.error).not.toBeNull());
    server.routes['GET deployments/d1/api'] = () => API;
    await model.takeUp();
    await waitFor(() => expect(model.api).toEqual(API));
    expect(model.error).toBeNull();
  });

  it('leaves a module alone that had stopped by itself', async () => {
    await model.start();
    const stopped = {
      ...READY,
      state: 'stopped' as const,
      since: '2026-01-01T11:00:00.000Z'
    };
    server.publish({ event: 'deployment', data: stopped });
    await waitFor(() => expect(model.deployment!.state).toBe('stopped'));
    server.publish({ event: 'reset', data: { reason: 'restart' } });
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(server.requestsOf('POST', 'deployments')).toHaveLength(1);
  });

  it('finds what runs elsewhere without starting anything', async () => {
    server.routes['GET deployments'] = () => ({
      deployments: [{ ...READY, id: 'd9', module: 'a/b' }, CONNECTED]
    });
    await model.find();
    expect(model.deployment).toEqual(CONNECTED);
    expect(model.api).toBeNull();
    model.follow();
    await waitFor(() => expect(model.api!.deployment).toBe('d2'));
    expect(server.requestsOf('POST', 'deployments')).toEqual([]);
  });

  it('knows a module by the name of any of its sources', async () => {
    server.publish({
      event: 'deployment',
      data: { ...READY, module: 'ai4os/image-classifier' }
    });
    await model.find();
    expect(model.deployment).toBeNull();
    model.setNames(['ai4os/image-classifier']);
    server.publish({
      event: 'deployment',
      data: { ...READY, module: 'ai4os/image-classifier' }
    });
    await waitFor(() => expect(model.deployment?.state).toBe('ready'));
  });

  it('names the one that a prediction goes to, when it runs here and elsewhere', async () => {
    server.routes['POST deployments'] = () => READY;
    await model.start();
    server.publish({ event: 'deployment', data: CONNECTED });
    server.publish({
      event: 'deployment',
      data: { ...READY, state: 'stopped', since: '2026-01-01T12:00:00.000Z' }
    });
    await waitFor(() => expect(model.deployment!.target).toBe('address'));
    await waitFor(() => expect(model.api!.deployment).toBe('d2'));
  });

  it('disconnects, and leaves it at that after the service was restarted', async () => {
    const gone: Deployment = {
      ...CONNECTED,
      state: 'stopped',
      since: '2026-01-01T12:00:00.000Z'
    };
    server.routes['GET deployments'] = () => ({ deployments: [CONNECTED] });
    server.routes['DELETE deployments/d2'] = () => gone;
    await model.find();
    model.follow();
    await model.disconnect();
    expect(model.deployment).toEqual(gone);
    expect(model.isLive).toBe(false);
    server.routes['GET deployments'] = () => ({ deployments: [] });
    server.publish({ event: 'reset', data: { reason: 'restart' } });
    await waitFor(() => expect(model.deployment).toBeNull());
    expect(server.requestsOf('POST', 'deployments')).toEqual([]);
  });
});
