import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { Deployment, TargetPlan } from '@jupyterlab-deep/protocol';
import { ROOT } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';

jest.setTimeout(60_000);

const BUILT = path.join(ROOT, 'jupyterlab_deep/modules/penguin-species');
const NODE_HOME = path.join(ROOT, 'jupyterlab_deep/node');
const MODULE = 'builtin/penguin-species';
const whenBuilt = existsSync(path.join(NODE_HOME, 'module-runtime.mjs'))
  ? describe
  : describe.skip;

whenBuilt('this machine as a target (needs the built bundles)', () => {
  let home: TestHome;
  let service: ServiceHere;

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    symlinkSync(BUILT, path.join(home.modules, 'penguin-species'));
    service = await ServiceHere.open(home, { DEEP_NODE_HOME: NODE_HOME });
  });

  afterEach(async () => {
    await service.close();
    home.remove();
  });

  const begin = async (options: object, more = {}) =>
    service.post('/deployments', {
      module: MODULE,
      target: 'process',
      options,
      ...more
    });

  const reaches = (id: string, state: string): Promise<Deployment> =>
    until(async () => {
      const now = (await service.get(`/deployments/${id}`)).json;
      return now.state === state ? now : undefined;
    });

  it('is offered with what can be chosen, and says what would happen', async () => {
    const { targets } = (await service.get('/deployments/targets')).json;
    expect(targets[0]).toMatchObject({ id: 'process', kind: 'process' });
    const { json } = await service.post('/deployments/targets/process/check');
    expect(json).toMatchObject({
      state: 'reachable',
      said: expect.stringMatching(/CPUs? and .* GB of memory/)
    });
    const planned = await service.post('/deployments/targets/process/plan', {
      module: MODULE
    });
    const plan = planned.json as TargetPlan;
    expect(plan.isPossible).toBe(true);
    expect(plan.options).toMatchObject({
      properties: {
        threads: { minimum: 1 },
        memoryMb: { default: 0 },
        idleMinutes: { default: 30 }
      }
    });
  });

  it('ends a module at its memory limit, and says how much it used', async () => {
    const { id, options } = (await begin({ memoryMb: 40, threads: 1 })).json;
    expect(options).toMatchObject({ memoryMb: 40, threads: 1 });
    const { error } = await reaches(id, 'failed');
    expect(error).toMatch(/was ended: it used \d+ MB of 40 MB allowed/);
  });

  it('lets a module end after the idle time that was chosen for it', async () => {
    const { id } = (await begin({ idleMinutes: 0.02 })).json;
    expect(await reaches(id, 'stopped')).toMatchObject({
      phase: 'It ended by itself after a time without use'
    });
  });

  it('is asked once for the same request, started again, and forgotten', async () => {
    const requestId = 'once-and-only-once';
    const first = (await begin({}, { requestId })).json;
    const second = (await begin({}, { requestId })).json;
    expect(second.id).toBe(first.id);
    await reaches(first.id, 'ready');
    await service.post(`/deployments/${first.id}/stop`);
    await reaches(first.id, 'stopped');
    const again = await service.post(`/deployments/${first.id}/start`);
    expect(again.status).toBe(202);
    await reaches(again.json.id, 'ready');
    for (const id of [first.id, again.json.id]) {
      const removed = await service.ask({
        method: 'DELETE',
        path: `/deployments/${id}?remove=true`
      });
      expect(removed.status).toBe(202);
      await until(
        async () => (await service.get(`/deployments/${id}`)).status === 404
      );
    }
    expect((await service.get('/deployments')).json.deployments).toEqual([]);
  });

  it('refuses what it does not offer', async () => {
    const { status, json } = await begin({ gpus: 1 });
    expect(status).toBe(422);
    expect(json.fields).toHaveProperty('gpus');
  });
});
