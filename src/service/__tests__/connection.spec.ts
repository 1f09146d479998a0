import type { DeepEvent } from '@jupyterlab-deep/protocol';
import { nullTranslator } from '@jupyterlab/translation';
import { waitFor } from '@testing-library/dom';
import { HEALTH, refuse, StandInServer } from '../../__tests__/standInServer';
import { DeepService } from '../connection';

const trans = nullTranslator.load('jupyterlab_deep');

describe('DeepService', () => {
  let server: StandInServer;
  let service: DeepService;
  let events: DeepEvent[];

  beforeEach(() => {
    server = new StandInServer();
    service = new DeepService({
      serverSettings: server.settings,
      trans,
      pausesMs: [5]
    });
    events = [];
    service.eventReceived.connect((_, event) => events.push(event));
  });

  afterEach(() => service.dispose());

  const online = () =>
    waitFor(() => expect(service.connection.state).toBe('online'));

  it('asks nothing before its first use', async () => {
    await new Promise(resolve => setTimeout(resolve));
    expect(server.seen).toEqual([]);
    expect(service.connection.state).toBe('idle');
  });

  it('connects at the first request', async () => {
    server.routes['GET runs'] = () => ({ runs: [] });
    expect(await service.requestJson('runs')).toEqual({ runs: [] });
    await online();
    expect(service.health).toEqual(HEALTH);
  });

  it('asks for events with the one Accept value that is streamed', async () => {
    service.open();
    await online();
    const [request] = server.requestsOf('GET', 'events');
    expect(request.headers.get('accept')).toBe('text/event-stream');
    expect(request.headers.has('last-event-id')).toBe(false);
  });

  it('tells readers to fetch once the first stream is open', async () => {
    service.open();
    await waitFor(() =>
      expect(events).toEqual([{ event: 'reset', data: { reason: 'opened' } }])
    );
  });

  it('passes events on, and resumes after the last one when it was cut', async () => {
    service.open();
    await online();
    server.publish({ event: 'catalogue', data: { source: 'builtin' } });
    await waitFor(() => expect(events).toHaveLength(2));
    server.closeStreams();
    await waitFor(() =>
      expect(server.requestsOf('GET', 'events')).toHaveLength(2)
    );
    const [, second] = server.requestsOf('GET', 'events');
    expect(second.headers.get('last-event-id')).toBe('boot-1');
    expect(events).toHaveLength(2);
  });

  it('resumes although no event was seen', async () => {
    service.open();
    await online();
    await waitFor(() => expect(server.openStreams).toBe(1));
    await new Promise(resolve => setTimeout(resolve));
    server.closeStreams();
    await waitFor(() =>
      expect(server.requestsOf('GET', 'events')).toHaveLength(2)
    );
    const [, second] = server.requestsOf('GET', 'events');
    expect(second.headers.get('last-event-id')).toBe('boot-0');
  });

  it('says why the service cannot be reached, and mends itself', async () => {
    server.routes['GET health'] = () =>
      refuse('service-unavailable', 503, 'Node could not be started.');
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('unreachable'));
    expect(service.connection.error!.message).toBe(
      'Node could not be started.'
    );
    server.routes['GET health'] = () => HEALTH;
    await online();
    expect(service.connection.error).toBeNull();
  });

  it('keeps the time at which an outage began', async () => {
    server.isDown = true;
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('unreachable'));
    const { since } = service.connection;
    const before = server.requestsOf('GET', 'health').length;
    await waitFor(() =>
      expect(server.requestsOf('GET', 'health').length).toBeGreaterThan(before)
    );
    expect(service.connection.since).toBe(since);
    expect(service.connection.error!.problem.title).toBe(
      'Jupyter does not answer'
    );
  });

  it('tries at once when asked to', async () => {
    service.dispose();
    service = new DeepService({
      serverSettings: server.settings,
      trans,
      pausesMs: [60_000]
    });
    server.isDown = true;
    service.open();
    await waitFor(() => expect(service.connection.state).toBe('unreachable'));
    server.isDown = false;
    service.retry();
    await online();
  });

  it('is silent after it was disposed of during a request', async () => {
    let answer: (health: object) => void = () => undefined;
    server.routes['GET health'] = () =>
      new Promise<object>(resolve => {
        answer = resolve;
      });
    service.open();
    await waitFor(() =>
      expect(server.requestsOf('GET', 'health')).toHaveLength(1)
    );
    const states: string[] = [];
    service.connectionChanged.connect((_, { state }) => states.push(state));
    service.dispose();
    answer(HEALTH);
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(states).toEqual([]);
    expect(events).toEqual([]);
  });
});
