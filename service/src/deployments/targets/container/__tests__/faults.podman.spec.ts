import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { PodmanHere } from '../../../../../../stand-in/podmanHere';
import { Bundles } from '../../../../__tests__/bundles';
import { until } from '../../../../__tests__/home';
import { packTar } from '../tar';
import { addImageModule, agreeTo, makeNode, publish } from './catalogueHere';
import { ContainersHere } from './containersHere';
import { RegistryHere } from './registryHere';
import { TlsHere } from './tlsHere';

jest.setTimeout(240_000);

const DISK_MB = 500;
/** One GPU, as the Container Device Interface says it; what it brings is a variable. No machine has it outside of this engine. */
const CDI = JSON.stringify({
  cdiVersion: '0.5.0',
  kind: 'nvidia.com/gpu',
  devices: [{ name: '0', containerEdits: { env: ['GPU_0=there'] } }]
});
const MOUNTS = `
set -e
mkdir -p "$HOME/etc" "$HOME/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$HOME/etc,workdir=$HOME/work" /etc
mkdir -p /etc/cdi
echo '${CDI}' > /etc/cdi/nvidia.json
`;

const whyNot =
  (RegistryHere.isInstalled() ? undefined : 'docker-registry not installed') ??
  PodmanHere.whyNot();
const describeHere = whyNot ? describe.skip : describe;
const title = `an engine behind TLS, with a small disk${whyNot ? ` (skipped: ${whyNot})` : ''}`;

describeHere(title, () => {
  let bundles: Bundles;
  let podman: PodmanHere;
  let registry: RegistryHere;
  let tls: TlsHere;
  let here: ContainersHere;
  let plants: string;
  let kept: string;

  beforeAll(async () => {
    bundles = new Bundles();
    registry = await RegistryHere.start();
    podman = await PodmanHere.start({ diskMb: DISK_MB, before: MOUNTS });
    await podman.pause();
    podman.allowRegistry(registry.host);
    await podman.resume();
    await makeNode(podman);
    await publish(podman, `${registry.host}/deephdc/plants:latest`, ['own']);
    tls = await TlsHere.start(podman.socket);
    const caFile = tls.at('ours.pem');
    const more = [
      tls.setting('rack', { caFile, ...tls.userOf('ours') }),
      tls.setting('stranger', { caFile, ...tls.userOf('another') }),
      tls.setting('nobody', { caFile }),
      tls.setting('untrusted', { caFile: tls.at('another.pem') }),
      tls.setting('unread', { caFile: tls.at('none.pem') }),
      tls.setting('plain', {})
    ];
    const env = {
      DEEP_TARGETS_MORE: JSON.stringify(more),
      DEEP_TARGETS_MIRRORS: JSON.stringify({
        'docker.io/deephdc': `${registry.host}/deephdc`
      })
    };
    here = await ContainersHere.open(bundles, podman, env, 'container:rack');
    plants = await addImageModule(here, 'plants', 'deephdc/plants');
  });

  afterAll(async () => {
    await here?.close();
    tls?.stop();
    await podman?.stop();
    await registry?.stop();
    bundles?.remove();
  });

  const check = async (id: string) =>
    (await here.service.post(`/deployments/targets/container:${id}/check`))
      .json;

  it('is asked by who has a certificate that it knows', async () => {
    expect(await check('rack')).toMatchObject({
      state: 'reachable',
      said: expect.stringMatching(/^Podman .* answers at tcp:/)
    });
    kept = await agreeTo(here, plants);
    const { endpoint } = await here.ready(kept);
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { deployment, answer } = await here.predict(plants, { top_k: 2 });
    expect(deployment).toBe(kept);
    expect(answer).toMatchObject({ top_k: 2 });
  });

  it.each([
    ['stranger', /did not take the certificate|ended the connection/],
    ['nobody', /did not take the certificate|ended the connection/],
    ['untrusted', /of an authority that is not known here/],
    ['unread', /certificates cannot be read\. .*none\.pem/],
    ['plain', /not what was expected|ended the connection/]
  ])('says why it does not let in the %s', async (id, says) => {
    const { state, said, hint } = await check(id);
    expect(state).toBe('unreachable');
    expect(said).toMatch(says);
    expect(hint).toBeTruthy();
  });

  it('gives the GPUs that it has, and says that it has no more', async () => {
    const { json: plan } = await here.service.post(
      '/deployments/targets/container:rack/plan',
      { module: plants }
    );
    expect(plan.options.properties.gpus).toMatchObject({ default: 0 });
    const { id } = await here.begin(plants, { gpus: 1 });
    await here.ready(id);
    const log = await until(async () => {
      const text = await here.log(id);
      return text.includes('GPUs: ') ? text : undefined;
    });
    expect(log).toContain('GPUs: GPU_0');
    expect(await here.log(kept)).not.toContain('GPU_0');
    const { HostConfig } = await podman.docker
      .getContainer(`jupyterlab-deep-${id}`)
      .inspect();
    expect(HostConfig).toMatchObject({
      Memory: 500 * 1024 ** 2,
      NanoCpus: 1e9
    });
    const { endpoint } = await here.get(id);
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await here.remove(id);
    const more = await here.begin(plants, { gpus: 2 });
    const { error } = await here.reaches(more.id, 'failed');
    expect(error).toContain('nvidia.com/gpu=1');
    expect(error).toContain('Its host has no such GPU');
    await here.remove(more.id);
  });

  it('says that its disk is full while it fetches an image, and goes on with what fits', async () => {
    await publishLarge('deephdc/large');
    const before = await podman.content();
    const large = await addImageModule(here, 'large', 'deephdc/large');
    const id = await agreeTo(here, large);
    const { error } = await here.reaches(id, 'failed');
    expect(error).toContain('has no space left for the image');
    expect(error).toContain('Remove images and containers');
    await here.remove(id);
    expect(await podman.content()).toEqual(before);
    const fits = await here.begin(plants);
    await here.ready(fits.id);
    await here.remove(fits.id);
  });

  /** An image of zeros, small on its way and larger than the disk when it is there. */
  async function publishLarge(name: string): Promise<void> {
    const content = '\0'.repeat(DISK_MB * 1024 ** 2);
    const layer = Buffer.concat(
      await packTar([{ name: 'zeros', content }]).toArray()
    );
    const packed = gzipSync(layer, { level: 1 });
    const config = Buffer.from(
      JSON.stringify({
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        os: 'linux',
        config: {},
        rootfs: { type: 'layers', diff_ids: [digestOf(layer)] }
      })
    );
    const kind = 'application/vnd.docker';
    const part = async (mediaType: string, blob: Buffer): Promise<object> => {
      await upload(name, blob);
      return { mediaType, size: blob.length, digest: digestOf(blob) };
    };
    const mediaType = `${kind}.distribution.manifest.v2+json`;
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: await part(`${kind}.container.image.v1+json`, config),
      layers: [await part(`${kind}.image.rootfs.diff.tar.gzip`, packed)]
    });
    await put(`${name}/manifests/latest`, mediaType, manifest);
  }

  async function upload(name: string, blob: Buffer): Promise<void> {
    const address = `http://${registry.host}/v2/${name}/blobs/uploads/`;
    const { headers } = await fetch(address, { method: 'POST' });
    const place = new URL(headers.get('location') ?? '', address);
    place.searchParams.set('digest', digestOf(blob));
    await put(place.href, 'application/octet-stream', blob);
  }

  async function put(
    place: string,
    type: string,
    body: Buffer | string
  ): Promise<void> {
    const address = new URL(place, `http://${registry.host}/v2/`);
    const answer = await fetch(address, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: new Uint8Array(Buffer.from(body))
    });
    expect([answer.status, await answer.text()]).toEqual([201, '']);
  }
});

const digestOf = (bytes: Buffer): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
