import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles, ROOT } from '../../../../__tests__/bundles';
import { TestHome, until } from '../../../../__tests__/home';
import { ServiceProcess } from '../../../../__tests__/serviceProcess';
import { BASE, PodmanHere } from './podmanHere';

jest.setTimeout(180_000);

const BUILT = path.join(ROOT, 'jupyterlab_deep/modules/penguin-species');
const NODE_HOME = path.join(ROOT, 'jupyterlab_deep/node');
const MODULE = 'builtin/penguin-species';
const whyNot = PodmanHere.whyNot();
const describeHere = whyNot ? describe.skip : describe;

describeHere(`a model folder in a container${whyNot ? ` (${whyNot})` : ''}`, () => {
  let bundles: Bundles;
  let podman: PodmanHere;
  let home: TestHome;
  let service: ServiceProcess;

  beforeAll(async () => {
    bundles = new Bundles();
    podman = await PodmanHere.start();
  });

  afterAll(async () => {
    await podman.stop();
    bundles.remove();
  });

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    addModel('penguin-species');
    service = await open();
  });

  afterEach(async () => {
    const { deployments } = (await service.get('/deployments')).json;
    for (const { id } of deployments as Deployment[]) {
      await remove(id);
    }
    await service.stop();
    home.remove();
  });

  const open = (env: Record<string, string> = {}): Promise<ServiceProcess> =>
    ServiceProcess.start(bundles.service, home, {
      DEEP_NODE_HOME: NODE_HOME,
      DOCKER_HOST: `unix://${podman.folder}/nothing.sock`,
      CONTAINER_HOST: `unix://${podman.socket}`,
      DEEP_TARGETS_BASE_IMAGE: BASE,
      ...env
    });

  function addModel(name: string): string {
    const folder = path.join(home.modules, name);
    cpSync(BUILT, folder, { recursive: true });
    return folder;
  }

  async function begin(
    options = {},
    module = MODULE
  ): Promise<Deployment> {
    const answer = await service.post('/deployments', {
      module,
      target: 'container',
      options: { memoryMb: 500, cpus: 1, ...options }
    });
    expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
    return answer.json;
  }

  const get = async (id: string): Promise<Deployment> =>
    (await service.get(`/deployments/${id}`)).json;

  const reaches = (id: string, ...states: string[]): Promise<Deployment> =>
    until(async () => {
      const now = await get(id);
      return states.includes(now.state) ? now : undefined;
    });

  async function remove(id: string): Promise<void> {
    await service.ask({
      method: 'DELETE',
      path: `/deployments/${id}?remove=true`
    });
    await until(
      async () => (await service.get(`/deployments/${id}`)).status === 404
    );
  }

  async function predict(): Promise<unknown> {
    const { json } = await service.post('/inference/predictions', {
      module: MODULE,
      arguments: { bill_length_mm: 39.1, flipper_length_mm: 181 },
      files: {}
    });
    const run = await until(async () => {
      const now = (await service.get(`/runs/${json.id}`)).json as Run;
      return now.endedAt ? now : undefined;
    });
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    return [run.deployment, (await service.get(`/runs/${run.id}/result`)).json];
  }

  it('answers as the local process does, is stopped, started and removed without a trace', async () => {
    const { id } = await begin();
    const ready = await reaches(id, 'ready', 'failed');
    expect([ready.state, ready.error]).toEqual(['ready', undefined]);
    console.log(JSON.stringify(ready));
    await remove(id);
    expect(await podman.content()).toEqual({ containers: [], images: [BASE] });
  });
});
