import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PodmanHere } from '../../../../stand-in/podmanHere';
import {
  importPythonBase,
  PYTHON_BASE,
  whyNoPythonBase
} from '../../../../stand-in/pythonBase';
import { ROOT } from '../../__tests__/bundles';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';

jest.setTimeout(600_000);

const PYTHON = path.join(ROOT, '.venv/bin/python');
/** What recipes begin with; here it is made of this machine's Python. */
const OFFICIAL = 'docker.io/library/python:3.11-slim';
const PIP = '/etc/pip.conf';

const whyNot =
  PodmanHere.whyNot() ??
  whyNoPythonBase() ??
  (existsSync(PYTHON) ? undefined : 'there is no .venv: npm run setup');
const suite = whyNot ? describe.skip : describe;
const title = whyNot
  ? `images of modules (skipped: ${whyNot})`
  : 'images of modules';

suite(title, () => {
  const home = new TestHome();
  const place = (name: string): string => path.join(home.folder, name);
  let podman: PodmanHere;
  let service: ServiceHere;

  beforeAll(async () => {
    mkdirSync(home.modules);
    service = await ServiceHere.open(home, { DEEP_PYTHON: PYTHON });
    podman = await PodmanHere.start();
    importPythonBase(podman);
    const base = place('base');
    mkdirSync(base);
    writeFileSync(
      path.join(base, 'Containerfile'),
      `FROM ${PYTHON_BASE}\nENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin\nRUN python3 -m venv /usr/local\n`
    );
    build(base, 'Containerfile', OFFICIAL);
  });

  afterAll(async () => {
    await podman?.stop();
    await service?.close();
    home.remove();
  });

  function build(folder: string, file: string, image: string): void {
    podman.cli(
      [
        ...['build', '--pull=never', '--network=host', '--quiet'],
        '--volume=/etc/ssl/certs:/etc/ssl/certs:ro',
        ...(existsSync(PIP) ? [`--volume=${PIP}:${PIP}:ro`] : []),
        ...['--tag', image, '--file', path.join(folder, file), folder]
      ],
      { timeoutMs: 500_000 }
    );
  }

  /** What an image's API answers to a table; its user and its log by the way. */
  async function answerOf(image: string): Promise<unknown> {
    const container = podman
      .cli(['run', '--detach', '--publish', '127.0.0.1::5000', image])
      .trim();
    try {
      const [, port] = /:(\d+)/.exec(podman.cli(['port', container, '5000']))!;
      const model = `http://127.0.0.1:${port}/v2/models/sizes`;
      await until(() => {
        const state = podman.cli([
          ...['inspect', '--format', '{{.State.Status}}', container]
        ]);
        if (state.trim() !== 'running') {
          throw new Error(podman.cli(['logs', container]));
        }
        return fetch(`${model}/`).then(
          ({ ok }) => ok,
          () => false
        );
      });
      expect(podman.cli(['exec', container, 'id', '-un']).trim()).toBe(
        'module'
      );
      const body = new FormData();
      body.append('table', new Blob(['length,width\n9,7\n']));
      const headers = { accept: 'application/json' };
      const reply = await fetch(`${model}/predict/`, {
        method: 'POST',
        body,
        headers
      });
      return await reply.json();
    } finally {
      podman.cli(['rm', '--force', '--time=0', container]);
    }
  }

  const LARGE = {
    status: 'OK',
    predictions: [expect.objectContaining({ row: 1, label: 'large' })]
  };

  it('are built as a new module’s recipe says, and answer as nobody in particular', async () => {
    const { status } = await service.post('/develop/modules', {
      variant: 'table',
      title: 'Sizes',
      folder: { from: 'path', path: place('sizes') }
    });
    expect(status).toBe(201);
    build(place('sizes'), 'Containerfile', 'localhost/sizes:new');
    expect(await answerOf('localhost/sizes:new')).toEqual(LARGE);
  });

  it('are built as the Dockerfile says that the preparation writes', async () => {
    rmSync(path.join(place('sizes'), 'Containerfile'));
    const written = await service.post(
      '/metadata/prepare/files',
      { jupyterPath: 'sizes/ai4-metadata.yml', names: ['Dockerfile'] },
      { 'x-deep-root': encodeURIComponent(home.folder) }
    );
    expect(written.status).toBe(201);
    build(place('sizes'), 'Dockerfile', 'localhost/sizes:prepared');
    expect(await answerOf('localhost/sizes:prepared')).toEqual(LARGE);
  });
});
