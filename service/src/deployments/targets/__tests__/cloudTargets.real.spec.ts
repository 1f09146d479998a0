import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Target } from '@jupyterlab-deep/protocol';
import { Bundles, ROOT } from '../../../__tests__/bundles';
import { TestHome } from '../../../__tests__/home';
import { ServiceProcess } from '../../../__tests__/serviceProcess';
import { ImServer, missing } from '../im/__tests__/imServer';

jest.setTimeout(120_000);

const withIm = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

withIm(`a cloud that the administrator names${suffix}`, () => {
  let im: ImServer;
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;

  beforeAll(async () => {
    im = await ImServer.open();
    bundles = new Bundles();
    home = new TestHome();
    mkdirSync(home.config);
    const more = [
      {
        id: 'lab',
        kind: 'im',
        title: 'Clouds of the lab',
        address: im.address
      },
      { id: 'hub', kind: 'papi', title: 'The platform', address: im.address }
    ];
    writeFileSync(
      path.join(home.config, 'deep.json'),
      JSON.stringify({ targets: { more } })
    );
    symlinkSync(path.join(ROOT, 'jupyterlab_deep/modules'), home.modules);
    service = await ServiceProcess.start(bundles.service, home);
  });

  afterAll(async () => {
    await service?.stop();
    await im?.close();
    bundles?.remove();
    home?.remove();
  });

  const check = async (id: string): Promise<Target> =>
    (await service.post(`/deployments/targets/${id}/check`)).json;

  it('is offered, and says which account it lacks', async () => {
    const { json } = await service.get('/deployments/targets');
    expect(json.targets.map(({ id }: Target) => id)).toEqual([
      'process',
      'container',
      'im:lab',
      'papi:hub'
    ]);
    expect(await check('im:lab')).toMatchObject({
      title: 'Clouds of the lab',
      state: 'needs-account',
      hint: expect.stringContaining('DEEP: Accounts')
    });
    expect(await check('papi:hub')).toMatchObject({ state: 'needs-account' });
  });

  it('is asked with the account of its user once there is one', async () => {
    const user = { username: 'ada', password: 'not a secret' };
    const { status } = await service.post('/accounts/im', {
      entries: [
        { type: 'InfrastructureManager', fields: user },
        { type: 'Dummy', id: 'dummy', fields: {} }
      ]
    });
    expect(status).toBe(201);
    expect(await check('im:lab')).toMatchObject({
      state: 'reachable',
      said: expect.stringMatching(/Infrastructure Manager 2\.0\.0 .* answered/)
    });
  });

  it('says before anything happens why a model folder of this machine cannot go there', async () => {
    const { json } = await service.post('/deployments/targets/im:lab/plan', {
      module: 'builtin/image-classifier'
    });
    expect(json).toMatchObject({ target: 'im:lab', isPossible: false });
    expect(json.reason).toMatch(/wheel/);
  });
});
