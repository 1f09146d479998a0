import { ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';

const root = path.resolve(__dirname, '..', '..', '..', '..');
const data = process.env.DEEP_TEST_DATA ?? path.resolve(root, '..', 'shared');
const fixture = path.join(data, 'samples', 'deepaas', 'tiny_module');
const python = path.join(root, '.venv-peers', 'bin', 'python');
const command = path.join(root, '.venv-peers', 'bin', 'deepaas-run');

/** DEEPaaS serves its own model where no other is installed: here it is told that there is none. */
const BUILT_IN = `
from deepaas.model import loading
loading.get_available_models = lambda *args, **more: {}
from deepaas.cmd.run import main
main()
`;

/** Why real DEEPaaS cannot run here; empty when it can. */
export const missing = [
  existsSync(fixture) ? '' : 'the fixture tiny_module (DEEP_TEST_DATA)',
  existsSync(command) ? '' : 'deepaas in .venv-peers'
]
  .filter(Boolean)
  .join(' and ');

export interface IDeepaas {
  endpoint: string;
  stop(): Promise<void>;
}

/** `tiny…` are of the samples, `fields` is ours, `deepaas-test` is what DEEPaaS serves by itself. */
type Model = 'tiny' | 'tiny_headers' | 'fields' | 'deepaas-test';

/** Real DEEPaaS 2.6.0 with one model. */
export async function startDeepaas(
  model: Model,
  options: string[] = []
): Promise<IDeepaas> {
  const folder = await installFixture();
  const port = await freePort();
  const chosen =
    model === 'deepaas-test'
      ? ['-c', BUILT_IN]
      : [command, `--model-name=${model}`];
  const child = spawn(
    python,
    [...chosen, '--listen-ip=127.0.0.1', `--listen-port=${port}`, ...options],
    {
      cwd: folder,
      detached: true,
      env: {
        ...process.env,
        PYTHONPATH: folder,
        // Into a pipe Python would keep its first words, by which we know that it listens.
        PYTHONUNBUFFERED: '1',
        TMPDIR: folder
      },
      stdio: ['ignore', 'pipe', 'pipe']
    }
  );
  await running(child);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => stop(child, folder)
  };
}

/** An installed distribution is a folder on Python's path with its entry points beside. */
async function installFixture(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'deepaas-'));
  for (const module of [
    path.join(fixture, 'tiny_module.py'),
    path.join(__dirname, 'fields_module.py')
  ]) {
    await cp(module, path.join(folder, path.basename(module)));
  }
  const info = path.join(folder, 'tiny_module-0.1.0.dist-info');
  await mkdir(info);
  await writeFile(
    path.join(info, 'METADATA'),
    'Metadata-Version: 2.1\nName: tiny-module\nVersion: 0.1.0\n'
  );
  await writeFile(
    path.join(info, 'entry_points.txt'),
    '[deepaas.v2.model]\ntiny = tiny_module\ntiny_headers = tiny_module:headers_model\nfields = fields_module\n'
  );
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

function running(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('Running on http')) {
        resolve();
      }
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', code =>
      reject(new Error(`deepaas-run ended with ${code}: ${said.slice(-2000)}`))
    );
  });
}

/** SIGTERM to the parent alone, then the whole group: signalled together, a parent can hang. */
async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
  await rm(folder, { recursive: true, force: true });
}
