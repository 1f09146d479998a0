import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModuleDetail, SharedModule } from '@jupyterlab-deep/protocol';
import { PodmanHere } from '../../../../stand-in/podmanHere';
import { Bundles } from '../../__tests__/bundles';
import { until } from '../../__tests__/home';
import {
  agreeTo,
  makeNode,
  publish
} from '../../deployments/targets/container/__tests__/catalogueHere';
import { ContainersHere } from '../../deployments/targets/container/__tests__/containersHere';
import { RegistryHere } from '../../deployments/targets/container/__tests__/registryHere';
import { INextcloud, Person, startNextcloud } from './people';

jest.setTimeout(240_000);

const whyNot =
  PodmanHere.whyNot() ??
  (RegistryHere.isInstalled() ? undefined : 'docker-registry not installed');
const describeHere = whyNot ? describe.skip : describe;
const title = `The name of an image that is shared${whyNot ? ` (skipped: ${whyNot})` : ''}`;

/** A catalogue whose one module is an image. */
class LabCatalogue {
  static async open(): Promise<LabCatalogue> {
    const lab = new LabCatalogue();
    await new Promise<void>(done => lab._server.listen(0, '127.0.0.1', done));
    return lab;
  }

  image = 'lab/plants:one';

  get source(): object {
    const { port } = this._server.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}/v1`;
    return { id: 'lab', kind: 'papi', title: 'The lab', address };
  }

  close(): Promise<unknown> {
    this._server.closeAllConnections();
    return new Promise(done => this._server.close(done));
  }

  private _answer(path = ''): unknown {
    switch (path) {
      case '/v1/catalog/modules':
        return ['plants'];
      case '/v1/catalog/tools':
        return [];
      default:
        return {
          metadata_version: '2.0.0',
          title: 'Plants',
          summary: 'Names plants in pictures of the lab',
          description: 'Names plants.',
          dates: { created: '2026-01-01', updated: '2026-01-01' },
          links: {
            source_code: 'https://example.org/plants',
            docker_image: this.image
          },
          ...{ tags: [], tasks: ['Other'], libraries: ['Other'] },
          categories: ['AI4 inference']
        };
    }
  }

  private readonly _server: Server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(this._answer(request.url)));
  });
}

describeHere(title, () => {
  let bundles: Bundles;
  let podman: PodmanHere;
  let registry: RegistryHere;
  let cloud: INextcloud;
  let lab: LabCatalogue;
  let ada: Person;
  let grace: ContainersHere;
  let shared: SharedModule;

  beforeAll(async () => {
    bundles = new Bundles();
    [podman, registry, lab, cloud] = await Promise.all([
      PodmanHere.start(),
      RegistryHere.start(),
      LabCatalogue.open(),
      startNextcloud({})
    ]);
    await podman.pause();
    podman.allowRegistry(registry.host);
    await podman.resume();
    await makeNode(podman);
    await publish(podman, `${registry.host}/lab/plants:one`, ['one']);
    await publish(podman, `${registry.host}/lab/plants:two`, ['two']);
    ada = await Person.come(cloud, 'ada', {
      DEEP_CATALOGUE_SOURCES: JSON.stringify([lab.source]),
      DEEP_NETWORK_PRIVATE_HOSTS: '["127.0.0.1"]'
    });
    grace = await ContainersHere.open(bundles, podman, {
      DEEP_TARGETS_MIRRORS: JSON.stringify({
        'docker.io/lab': `${registry.host}/lab`
      })
    });
    await grace.service.post('/storage/accounts', {
      address: `${cloud.url}/remote.php/dav/files/grace`,
      user: 'grace@example.org',
      password: cloud.users.makePassword('grace'),
      allowPrivate: true,
      id: 'cloud'
    });
  });

  afterAll(async () => {
    await grace?.close();
    await ada?.leave();
    await cloud?.close();
    await lab?.close();
    await Promise.all([podman?.stop(), registry?.stop()]);
    bundles?.remove();
  });

  /** Ada's catalogue as it is now, shared. */
  async function share(version: string): Promise<void> {
    await ada.service.post('/catalogue/refresh', { source: 'lab' });
    await until(async () => {
      const { json } = await ada.service.get('/catalogue/modules/lab/plants');
      return json.image === lab.image;
    });
    const begun = await ada.service.post('/sharing/publications', {
      module: 'lab/plants',
      to: { account: 'cloud' },
      with: [{ kind: 'person', with: 'grace' }],
      version
    });
    expect([begun.status, begun.text]).toEqual([202, expect.any(String)]);
    expect((await ada.ended(begun.json.id)).state).toBe('succeeded');
  }

  async function look(): Promise<SharedModule> {
    await grace.service.post('/catalogue/refresh', { source: 'shared' });
    await until(async () => {
      const { sources } = (await grace.service.get('/catalogue/sources')).json;
      const source = sources.find(({ id }: { id: string }) => id === 'shared');
      return !source.isRefreshing;
    });
    const { modules } = (await grace.service.get('/sharing/received')).json;
    expect(modules).toHaveLength(1);
    return modules[0];
  }

  const detail = async (): Promise<ModuleDetail> =>
    (await grace.service.get(`/catalogue/modules/${shared.id}`)).json;

  it('is told as such to who shares it, and to who receives it; nothing is fetched', async () => {
    await ada.service.post('/catalogue/refresh', { source: 'lab' });
    await until(
      async () =>
        (await ada.service.get('/catalogue/modules/lab/plants')).status === 200
    );
    const preview = await ada.service.post('/sharing/preview', {
      module: 'lab/plants'
    });
    expect(preview.json).toMatchObject({
      ...{ kind: 'image', image: 'lab/plants:one', files: 0, sizeBytes: 0 }
    });
    await share('1.0.0');
    shared = await look();
    expect(shared).toMatchObject({
      ...{ kind: 'image', image: 'lab/plants:one', state: 'shared' },
      ...{ author: 'Ada', title: 'Plants', version: '1.0.0', hasUpdate: false }
    });
    expect(await detail()).toMatchObject({
      ...{ runtime: 'container', image: 'lab/plants:one', broken: false },
      summary: 'Names plants in pictures of the lab',
      fit: { state: 'image' }
    });
    expect((await podman.content()).containers).toEqual([]);
  });

  it('cannot run as a process here, and says where it can', async () => {
    const { status, json } = await grace.ask(
      shared.id,
      {},
      { target: 'process', options: {} }
    );
    expect([status, json.type]).toEqual([
      501,
      'urn:jupyterlab-deep:module-not-implemented'
    ]);
    expect(json.hint).toContain('Deploy it to an engine or a cloud');
  });

  it('runs in a container once its user agreed to that image, and not before', async () => {
    const refused = await grace.ask(shared.id);
    expect([refused.status, refused.json.type]).toEqual([
      403,
      'urn:jupyterlab-deep:consent-needed'
    ]);
    expect(refused.json.detail).toContain('docker.io/lab/plants:one');
    expect((await podman.content()).containers).toEqual([]);
    const id = await agreeTo(grace, shared.id);
    expect((await grace.ready(id)).image).toMatch(
      /^docker\.io\/lab\/plants:one@sha256:[0-9a-f]{64}$/
    );
    const { answer } = await grace.predict(shared.id, { top_k: 3 });
    expect(answer).toMatchObject({ top_k: 3 });
    expect(await look()).toMatchObject({ used: '1.0.0', hasUpdate: false });
    await grace.remove(id);
  });

  it('is another image after an update, of which is told and which is asked about anew', async () => {
    lab.image = 'lab/plants:two';
    await share('1.1.0');
    expect(await look()).toMatchObject({
      ...{ id: shared.id, version: '1.1.0', used: '1.0.0', hasUpdate: true },
      image: 'lab/plants:two'
    });
    const refused = await grace.ask(shared.id);
    expect([refused.status, refused.json.detail]).toEqual([
      403,
      expect.stringContaining('docker.io/lab/plants:two')
    ]);
  });

  it('is not started when its registry gives another image than was agreed to', async () => {
    const id = await agreeTo(grace, shared.id);
    const { image = '' } = await grace.ready(id);
    const [, digest] = image.split('@');
    await grace.remove(id);
    const consent = { commit: digest };
    await publish(podman, `${registry.host}/lab/plants:two`, ['three']);
    const again = await grace.begin(shared.id, { fetch: true }, { consent });
    const refused = await grace.reaches(again.id, 'failed', 'ready');
    expect([refused.state, refused.error]).toEqual([
      'failed',
      expect.stringContaining(`what was agreed to was ${digest}`)
    ]);
    expect((await podman.content()).containers).toEqual([]);
  });

  it('is not started when its author pinned a digest that its registry has not', async () => {
    lab.image = `lab/plants@sha256:${'0'.repeat(64)}`;
    await share('1.2.0');
    await look();
    const id = await agreeTo(grace, shared.id);
    const failed = await grace.reaches(id, 'failed', 'ready');
    expect([failed.state, failed.error]).toEqual([
      'failed',
      expect.stringContaining('lab/plants')
    ]);
    expect((await podman.content()).containers).toEqual([]);
  });

  it('is refused when somebody changed the name in what was signed', async () => {
    const at = encodeURIComponent(
      'Shared modules/plants/1.2.0/deep-module.json'
    );
    const path = `/storage/files/cloud/content?path=${at}`;
    const text = (await ada.service.get(path)).text;
    await ada.service.ask({
      method: 'PUT',
      path,
      body: Buffer.from(
        text.replace(/sha256:0{64}/, `sha256:${'1'.repeat(64)}`)
      ),
      headers: { 'content-type': 'application/octet-stream' }
    });
    expect(await look()).toMatchObject({
      state: 'broken',
      problem: expect.stringContaining('changed after it was signed')
    });
    const { status } = await grace.ask(shared.id);
    expect(status).toBe(422);
  });
});
