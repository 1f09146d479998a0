import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../__tests__/bundles';
import { until } from '../../__tests__/home';
import { PodmanHere } from '../../../../stand-in/podmanHere';

jest.setTimeout(600_000);

const WHEELS = path.join(ROOT, 'build/wheel');
const PYTHON = '/usr/bin/python3';
const BASE = 'localhost/deep-test-python:latest';
const IMAGE = 'localhost/deep-development:cpu';
const TOKEN = 'token-of-this-test';
/** Between runs it keeps what was downloaded. */
const CACHE = path.join(ROOT, '.cache/podman');
/** What recipes and the programs of the image call. */
const PROGRAMS =
  'bash cat chmod chown cp echo env id ls ln mkdir mv readlink rm sh sleep uname dirname basename'.split(
    ' '
  );

const whyNot = PodmanHere.whyNot() ?? whyNoImage();

function whyNoImage(): string | undefined {
  if (!existsSync(WHEELS) || readdirSync(WHEELS).length === 0) {
    return 'the wheel is not built: npm run setup';
  }
  return existsSync(path.join(standardLibrary(), 'ensurepip'))
    ? undefined
    : `${PYTHON} has no venv: Debian's package python3-venv`;
}

function standardLibrary(): string {
  const ask = 'import sysconfig; print(sysconfig.get_path("stdlib"), end="")';
  return existsSync(PYTHON)
    ? execFileSync(PYTHON, ['-c', ask], { encoding: 'utf8' })
    : '/nowhere';
}

/** Files of a base made of this machine: Python, a shell, what both need. No registry is asked. */
function baseFiles(): string[] {
  const library = standardLibrary();
  const programs = [PYTHON, ...PROGRAMS.map(findProgram)];
  const natives = readdirSync(path.join(library, 'lib-dynload')).map(name =>
    path.join(library, 'lib-dynload', name)
  );
  const told = execFileSync('ldd', [...programs, ...natives, ...NATIVE], {
    encoding: 'utf8'
  });
  const libraries = [...told.matchAll(/(\/(?:usr\/)?lib[^\s():]*)/g)]
    .map(([, name]) => name)
    .filter(name => existsSync(name) && !name.startsWith(library));
  return [
    ...new Set([...programs, ...libraries, ...NATIVE, ...REST, library])
  ].filter(existsSync);
}

/** Of Node and the native packages, and of name look-ups, which nothing names. */
const NATIVE = [
  ...['libstdc++.so.6', 'libgcc_s.so.1', 'libnss_dns.so.2', 'libresolv.so.2'],
  ...[
    'librt.so.1',
    'libpthread.so.0',
    'libdl.so.2',
    'libutil.so.1',
    'libm.so.6'
  ]
]
  .map(name => `/usr/lib/x86_64-linux-gnu/${name}`)
  .filter(existsSync);
const REST = [
  '/bin/sh',
  ...['/etc/passwd', '/etc/group', '/etc/nsswitch.conf'],
  ...['/etc/ssl', '/usr/share/python-wheels', '/usr/lib/ssl']
];

const findProgram = (name: string): string =>
  ['/usr/bin', '/bin'].map(folder => path.join(folder, name)).find(existsSync)!;

const suite = whyNot ? describe.skip : describe;
const title = whyNot
  ? `the image for developers of modules (skipped: ${whyNot})`
  : 'the image for developers of modules';

suite(title, () => {
  let podman: PodmanHere;
  let container: string;

  beforeAll(async () => {
    podman = await PodmanHere.start();
    const archive = path.join(podman.folder, 'python.tar');
    const list = path.join(podman.folder, 'files');
    writeFileSync(
      list,
      baseFiles()
        .map(name => name.slice(1))
        .join('\n')
    );
    execFileSync('tar', [
      ...['--create', '--dereference', '--ignore-failed-read'],
      ...['--exclude=__pycache__', '--exclude=*/test', '--exclude=private'],
      ...['--file', archive, '--directory', '/', '--files-from', list]
    ]);
    const empty = path.join(podman.folder, 'empty');
    mkdirSync(path.join(empty, 'tmp'), { recursive: true });
    chmodSync(path.join(empty, 'tmp'), 0o1777);
    execFileSync('tar', [
      ...['--append', '--file', archive, '--directory', empty, 'tmp']
    ]);
    podman.cli(['import', archive, BASE]);
    mkdirSync(CACHE, { recursive: true });
    podman.cli(
      [
        ...['build', '--format=docker', '--network=host', '--quiet'],
        ...['--volume=/etc/ssl/certs:/etc/ssl/certs:ro'],
        ...['--build-arg', `BASE=${BASE}`, '--tag', IMAGE],
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
