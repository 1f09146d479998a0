import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../__tests__/bundles';
import { until } from '../../__tests__/home';
import { PodmanHere } from '../../../../stand-in/podmanHere';
import {
  importPythonBase,
  PYTHON_BASE,
  whyNoPythonBase
} from '../../../../stand-in/pythonBase';

jest.setTimeout(600_000);

const WHEELS = path.join(ROOT, 'build/wheel');
const IMAGE = 'localhost/deep-development:cpu';
const TOKEN = 'token-of-this-test';
/** Between runs it keeps what was downloaded. */
const CACHE = path.join(ROOT, '.cache/podman');
const whyNot = PodmanHere.whyNot() ?? whyNoImage();

function whyNoImage(): string | undefined {
  if (!existsSync(WHEELS) || readdirSync(WHEELS).length === 0) {
    return 'the wheel is not built: npm run setup';
  }
  return whyNoPythonBase();
}

const suite = whyNot ? describe.skip : describe;
const title = whyNot
  ? `the image for developers of modules (skipped: ${whyNot})`
  : 'the image for developers of modules';

suite(title, () => {
  let podman: PodmanHere;
  let container: string;
  let origin: string;

  beforeAll(async () => {
    podman = await PodmanHere.start();
    importPythonBase(podman);
    mkdirSync(CACHE, { recursive: true });
    podman.cli(
      [
        ...['build', '--format=docker', '--network=host', '--quiet'],
        ...['--volume=/etc/ssl/certs:/etc/ssl/certs:ro'],
        ...['--build-arg', `BASE=${PYTHON_BASE}`, '--tag', IMAGE],
        ...['--file', recipe('cpu'), WHEELS]
      ],
      { TMPDIR: CACHE, timeoutMs: 500_000 }
    );
  });

  afterAll(async () => {
    await podman?.stop();
  });

  const recipe = (kind: string): string =>
    path.join(ROOT, `environments/development-${kind}/Containerfile`);
  const inside = (...command: string[]): string =>
    podman.cli(['exec', container, ...command]);

  /** Podman's own try of the health check: whether it is healthy. */
  function isHealthy(name: string): boolean {
    try {
      podman.cli(['healthcheck', 'run', name]);
      return true;
    } catch (error) {
      expect((error as { status: number }).status).toBe(1);
      return false;
    }
  }

  it('starts JupyterLab as nobody special, and is healthy once it answers', async () => {
    container = podman
      .cli([
        ...['run', '--detach', '--publish', '127.0.0.1::8888'],
        ...['--env', `JUPYTER_TOKEN=${TOKEN}`, IMAGE]
      ])
      .trim();
    const [, port] = /:(\d+)/.exec(podman.cli(['port', container, '8888']))!;
    origin = `http://127.0.0.1:${port}`;
    const version = await until(async () =>
      fetch(`${origin}/api`).then(
        async reply => ((await reply.json()) as { version: string }).version,
        () => undefined
      )
    );
    expect(version).toMatch(/^2\./);
    expect(isHealthy(container)).toBe(true);
    const image = JSON.parse(podman.cli(['inspect', '--type=image', IMAGE]))[0];
    expect(image.Config.User).toBe('1000:1000');
    const identity = 'id -u; echo > ~/work/mine && echo written; echo > /opt/x';
    expect(inside('sh', '-c', `{ ${identity}; } 2>&1 || true`)).toMatch(
      /^1000\nwritten\n.*Permission denied/
    );
  });

  it('is not healthy where no Jupyter answers', () => {
    const asleep = podman
      .cli(['run', '--detach', IMAGE, 'sleep', '600'])
      .trim();
    expect(isHealthy(asleep)).toBe(false);
    podman.cli(['rm', '--force', '--time=0', asleep]);
  });

  it('has this toolkit in its JupyterLab, and the service answers in it', async () => {
    const headers = { authorization: `token ${TOKEN}` };
    const page = await fetch(`${origin}/lab`, { headers });
    const [, config] =
      /id="jupyter-config-data"[^>]*>([^<]*)</.exec(await page.text()) ?? [];
    const { appVersion, federated_extensions: extensions } = JSON.parse(config);
    expect(appVersion).toMatch(/^4\.6\./);
    expect(extensions).toContainEqual(
      expect.objectContaining({ name: 'jupyterlab-deep' })
    );
    const found = await until(async () => {
      const reply = await fetch(`${origin}/deep/catalogue/modules`, {
        headers
      });
      return reply.ok ? reply.json() : undefined;
    });
    expect(found).toMatchObject({
      modules: expect.arrayContaining([
        expect.objectContaining({ id: 'builtin/image-classifier' })
      ])
    });
    const cell =
      'from jupyterlab_deep import client, environments; print([each["name"] for each in environments.list()], client.open("builtin/penguin-species").predict(bill_length_mm=39, bill_depth_mm=18, flipper_length_mm=181, body_mass_g=3750))';
    const said = inside('python', '-c', cell);
    expect(said).toContain('pytorch');
    expect(said).toContain('Adelie');
  });

  it('has DEEPaaS and rclone, which work for that user', async () => {
    const serve = 'deepaas-run --listen-ip 127.0.0.1 --listen-port 5000';
    podman.cli(['exec', '--detach', container, 'sh', '-c', serve]);
    const ask =
      'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:5000/v2/models/").read().decode())';
    const { models } = await until(() => {
      try {
        return JSON.parse(inside('python', '-c', ask));
      } catch {
        // It refuses connections until it has started.
        return undefined;
      }
    });
    expect(models).toHaveLength(1);
    const copy =
      'cd /tmp && mkdir from && echo leaf > from/a.txt && rclone --config="" copy from to && cat to/a.txt';
    expect(inside('sh', '-c', copy)).toBe('leaf\n');
  });

  it('has a form for GPUs, which adds to it what lends the driver', () => {
    podman.cli(
      [
        ...['build', '--format=docker', '--quiet', '--build-arg'],
        ...[`CPU_IMAGE=${IMAGE}`, '--tag', 'localhost/deep-development:gpu'],
        ...['--file', recipe('gpu'), WHEELS]
      ],
      { timeoutMs: 60_000 }
    );
    const text = podman.cli(['inspect', 'localhost/deep-development:gpu']);
    expect(JSON.parse(text)[0].Config.Env).toContain(
      'NVIDIA_DRIVER_CAPABILITIES=compute,utility'
    );
  });
});
