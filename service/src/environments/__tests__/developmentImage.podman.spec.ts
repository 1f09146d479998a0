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

  it('starts JupyterLab as nobody special, and is healthy', async () => {
    container = podman
      .cli([
        'run',
        '--detach',
        '--network=host',
        '--env',
        `JUPYTER_TOKEN=${TOKEN}`,
        IMAGE,
        ...SERVER
      ])
      .trim();
    const version = await until(async () =>
      fetch(`${ORIGIN}/api`).then(
        async reply => ((await reply.json()) as { version: string }).version,
        () => undefined
      )
    );
    expect(version).toMatch(/^2\./);
    expect(inside('id', '-u').trim()).toBe('1000');
    const image = JSON.parse(podman.cli(['inspect', '--type=image', IMAGE]))[0];
    expect(image.Config.User).toBe('1000:1000');
    expect(image.HealthCheck ?? image.Healthcheck).toMatchObject({
      Test: expect.arrayContaining(['CMD'])
    });
  });

  it('has this toolkit, DEEPaaS and rclone, and the service answers in it', () => {
    expect(inside('deepaas-run', '--version')).toMatch(/2\.6\.0/);
    expect(inside('rclone', 'version')).toMatch(/^rclone v1\./);
    expect(inside('jupyter', 'lab', '--version')).toMatch(/^4\.6\./);
    const cell =
      'from jupyterlab_deep import environments; print([each["name"] for each in environments.list()])';
    const names = inside('python', '-c', cell);
    expect(names).toContain('pytorch');
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

/** The image's own command but for the port: tests run beside each other. */
const PORT = 18969;
const ORIGIN = `http://127.0.0.1:${PORT}`;
const SERVER = [
  'jupyter',
  'lab',
  '--ip=127.0.0.1',
  `--port=${PORT}`,
  '--no-browser'
];
