import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync
} from 'node:fs';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCommand } from '../modelFolder';

const root = path.resolve(__dirname, '../../../../../..');
const python = path.join(root, '.venv', 'bin', 'python');
const wheels = path.join(root, 'build', 'wheel');
const model = path.join(root, 'jupyterlab_deep', 'modules', 'image-classifier');
const [wheel] = existsSync(wheels)
  ? readdirSync(wheels).filter(name => name.endsWith('.whl'))
  : [];

const missing = [
  existsSync(python) ? '' : '.venv',
  wheel ? '' : 'a wheel in build/wheel',
  existsSync(model) ? '' : 'the built image classifier'
]
  .filter(Boolean)
  .join(' and ');
const withWheel = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

const ZIP = `
import shutil, sys
shutil.make_archive(sys.argv[2], 'zip', root_dir=sys.argv[3], base_dir=sys.argv[4])
`;
const EVIL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    archive.writestr('../outside.txt', 'no')
`;

const sha256 = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

withWheel(`a model folder that a container fetches${suffix}`, () => {
  let place: string;
  let server: Server;
  let address: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    place = mkdtempSync(path.join(tmpdir(), 'start-'));
    execFileSync(python, [
      '-c',
      ZIP,
      '',
      path.join(place, 'model'),
      path.dirname(model),
      path.basename(model)
    ]);
    execFileSync(python, ['-c', EVIL, path.join(place, 'evil.zip')]);
    server = createServer(({ url }, response) => {
      const name = path.basename(url ?? '');
      const file = path.join(name === wheel ? wheels : place, name);
      response.writeHead(existsSync(file) ? 200 : 404);
      response.end(existsSync(file) ? readFileSync(file) : '');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    address = `http://127.0.0.1:${port}`;
  });

  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    }
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(place, { recursive: true, force: true });
  });

  /** The command of the container, on a free port; what the wheel needs beside itself is there already. */
  function start(archive: string, checksum: string): ChildProcess {
    const [program, ...args] = startCommand('petals', {
      wheel_url: `${address}/${wheel}`,
      model_url: `${address}/${archive}`,
      model_sha256: checksum
    });
    expect(program).toBe('python3');
    args[args.indexOf('5000')] = '0';
    const installed = path.join(place, 'installed');
    child = spawn(python, args, {
      cwd: place,
      env: {
        PATH: process.env.PATH,
        HOME: place,
        TMPDIR: place,
        PIP_TARGET: installed,
        PIP_NO_DEPS: '1',
        PIP_UPGRADE: '1',
        PIP_TRUSTED_HOST: '127.0.0.1',
        PYTHONPATH: installed
      },
      stdio: ['ignore', 'pipe', 'pipe']
    });
    return child;
  }

  async function said(process: ChildProcess): Promise<string> {
    let text = '';
    process.stdout?.on('data', chunk => (text += chunk));
    process.stderr?.on('data', chunk => (text += chunk));
    await once(process, 'close');
    return text;
  }

  it('is served with the API of DEEPaaS', async () => {
    const running = start('model.zip', sha256(path.join(place, 'model.zip')));
    let text = '';
    running.stderr?.on('data', chunk => (text += chunk));
    const origin = await new Promise<string>((resolve, reject) => {
      running.stdout?.on('data', chunk => {
        text += chunk;
        const ready = /\{"event":"ready".*\}/.exec(text)?.[0];
        if (ready) {
          // It listens on all addresses of its container.
          resolve(JSON.parse(ready).endpoint.replace('0.0.0.0', '127.0.0.1'));
        }
      });
      running.once('exit', code => reject(new Error(`${code}: ${text}`)));
    });
    const models = await fetch(`${origin}/v2/models/`);
    expect(await models.json()).toMatchObject({ models: [{ id: 'petals' }] });
  });

  it('is refused when it is another one', async () => {
    const text = await said(start('model.zip', '00'.repeat(32)));
    expect(text).toContain('is not the model: its SHA-256 is');
    expect(child?.exitCode).toBe(1);
  });

  it('never leaves its folder', async () => {
    const text = await said(
      start('evil.zip', sha256(path.join(place, 'evil.zip')))
    );
    expect(text).toContain('../outside.txt would be written outside');
    expect(existsSync(path.join(place, 'outside.txt'))).toBe(false);
  });
});
