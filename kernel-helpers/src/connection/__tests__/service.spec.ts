import { existsSync, readFileSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  writeFile
} from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DiscoveryFile, Health } from '@jupyterlab-deep/protocol';
import { ServiceConnection } from '..';

jest.setTimeout(60_000);

const root = path.resolve(__dirname, '..', '..', '..', '..');
const built = path.join(root, 'jupyterlab_deep', 'node');
const isBuilt = existsSync(path.join(built, 'service.mjs'));

let folder: string;
let discovery: string;
const environment = { ...process.env };

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'dc-'));
  discovery = path.join(folder, 'run', 'deep', 'service.json');
  Object.assign(process.env, {
    DEEP_DATA_DIR: path.join(folder, 'data'),
    DEEP_RUNTIME_DIR: path.join(folder, 'run'),
    DEEP_NODE_HOME: built,
    XDG_RUNTIME_DIR: folder
  });
});

afterEach(async () => {
  const found = await running();
  if (found) {
    await end(found.pid);
  }
  process.env = { ...environment };
  await rm(folder, { recursive: true, force: true });
});

const running = async (): Promise<DiscoveryFile | undefined> =>
  existsSync(discovery)
    ? JSON.parse(await readFile(discovery, 'utf8'))
    : undefined;

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !zombie(pid);
  } catch {
    return false;
  }
};

/** Ended children of this process stay until they are reaped. */
function zombie(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && / Z /.test(readFileSync(stat, 'utf8'));
}

async function end(
  pid: number,
  signal: NodeJS.Signals = 'SIGTERM'
): Promise<void> {
  if (lives(pid)) {
    process.kill(pid, signal);
  }
  while (lives(pid)) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

const withService = isBuilt ? describe : describe.skip;
const suffix = isBuilt ? '' : ' (skipped: needs `node scripts/build-node.mjs`)';

withService(`The connection to the service${suffix}`, () => {
  it('starts the service when there is none, and finds it afterwards', async () => {
    const first = await new ServiceConnection().json<Health>('/health');
    expect(first.status).toBe('ok');
    expect(first.pid).toBe((await running())?.pid);
    const second = await new ServiceConnection().json<Health>('/health');
    expect(second.pid).toBe(first.pid);
  });

  it('gets along with others who start it at the same time', async () => {
    const pids = await Promise.all(
      [1, 2, 3].map(async () => {
        const health = await new ServiceConnection().json<Health>('/health');
        return health.pid;
      })
    );
    expect(new Set(pids).size).toBe(1);
  });

  it('starts it anew after kill -9, without the cell noticing', async () => {
    const connection = new ServiceConnection();
    const { pid } = await connection.json<Health>('/health');
    await end(pid, 'SIGKILL');
    const after = await connection.json<Health>('/health');
    expect(after.pid).not.toBe(pid);
  });

  it('does not believe a discovery file that others could have written', async () => {
    await mkdir(path.dirname(discovery), { recursive: true });
    const trap = { socket: '/tmp/trap.sock', token: 'x', host: os.hostname() };
    await writeFile(discovery, JSON.stringify(trap));
    await chmod(discovery, 0o666);
    const health = await new ServiceConnection().json<Health>('/health');
    expect((await running())?.pid).toBe(health.pid);
  });

  it('does not use the service of another store that shares its runtime folder', async () => {
    process.env.DEEP_STORE_DIRECTORY = path.join(folder, 'one');
    const one = await new ServiceConnection().json<Health>('/health');
    process.env.DEEP_STORE_DIRECTORY = path.join(folder, 'two');
    const two = await new ServiceConnection().json<Health>('/health');
    process.env.DEEP_STORE_DIRECTORY = path.join(folder, 'one');
    const again = await new ServiceConnection().json<Health>('/health');
    await Promise.all([end(one.pid), end(two.pid)]);
    expect(two.pid).not.toBe(one.pid);
    expect(again.pid).toBe(one.pid);
  });

  it('takes whichever service it finds where nobody named a store', async () => {
    process.env.DEEP_STORE_DIRECTORY = path.join(folder, 'one');
    const named = await new ServiceConnection().json<Health>('/health');
    delete process.env.DEEP_STORE_DIRECTORY;
    const found = await new ServiceConnection().json<Health>('/health');
    expect(found.pid).toBe(named.pid);
  });

  it('passes on what the service says is wrong', async () => {
    const connection = new ServiceConnection();
    await expect(
      connection.json('/catalogue/modules/builtin/nothing')
    ).rejects.toMatchObject({ key: 'not-found', status: 404 });
  });

  it('stops waiting when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(
      new ServiceConnection().json('/health', { signal })
    ).rejects.toMatchObject({ key: 'cancelled' });
  });

  it('gives the service no secrets of the notebook', async () => {
    process.env.MY_SECRET = 'a secret';
    const { pid } = await new ServiceConnection().json<Health>('/health');
    const given = await readFile(`/proc/${pid}/environ`, 'utf8');
    expect(given).toContain('DEEP_DATA_DIR=');
    expect(given).not.toContain('MY_SECRET');
  });
});

describe('A service that cannot start', () => {
  /** A stand-in for the service's program. */
  const program = async (source: string): Promise<void> => {
    process.env.DEEP_NODE_HOME = folder;
    await writeFile(path.join(folder, 'service.mjs'), source);
  };

  it('is reported in the words of the service', async () => {
    await program(`
      console.error('noise');
      console.error('{"type":"urn:jupyterlab-deep:store-newer","detail":"The store is of version 9."}');
      process.exit(3);`);
    await expect(new ServiceConnection().json('/health')).rejects.toMatchObject(
      {
        key: 'store-newer',
        detail: 'The store is of version 9.'
      }
    );
  });

  it('is reported with what it said where it gave no reason', async () => {
    await program("throw new Error('broken bundle')");
    await expect(new ServiceConnection().json('/health')).rejects.toMatchObject(
      {
        key: 'service-unavailable',
        technical: expect.stringContaining('broken bundle')
      }
    );
  });

  it('is reported by the file that is missing', async () => {
    process.env.DEEP_NODE_HOME = folder;
    await expect(new ServiceConnection().json('/health')).rejects.toThrow(
      'service.mjs is missing'
    );
  });

  it('is reported when its store is not an absolute folder', async () => {
    process.env.DEEP_STORE_DIRECTORY = '~/deep';
    await expect(new ServiceConnection().json('/health')).rejects.toMatchObject(
      {
        key: 'configuration-invalid',
        detail: expect.stringContaining('~/deep')
      }
    );
  });

  it('is reported when its folder cannot be written', async () => {
    await program('');
    await writeFile(path.join(folder, 'data'), 'a file in the way');
    await expect(new ServiceConnection().json('/health')).rejects.toMatchObject(
      {
        key: 'service-unavailable',
        detail: expect.stringContaining('cannot be written')
      }
    );
  });
});
