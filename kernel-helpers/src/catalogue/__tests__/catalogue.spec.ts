import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DiscoveryFile } from '@jupyterlab-deep/protocol';
import { catalogue, CatalogueModule, modules } from '../..';
import { IMimeBundle, isShowable, SHOWN_AS } from '../../display/bundle';

jest.setTimeout(60_000);

const root = path.resolve(__dirname, '..', '..', '..', '..');
const wheel = path.join(root, 'jupyterlab_deep');
const needed = [
  existsSync(path.join(wheel, 'node', 'service.mjs'))
    ? ''
    : '`node scripts/build-node.mjs`',
  existsSync(path.join(wheel, 'modules', 'image-classifier', 'onnx'))
    ? ''
    : 'the built image classifier'
].filter(Boolean);
const withService = needed.length === 0 ? describe : describe.skip;
const suffix = needed.length ? ` (skipped: needs ${needed.join(', ')})` : '';

const shown = (value: unknown): IMimeBundle => {
  if (!isShowable(value)) {
    throw new Error('cannot be shown');
  }
  return value[SHOWN_AS]();
};

withService(
  `Cells with the real service and the built-in module${suffix}`,
  () => {
    let folder: string;
    const environment = { ...process.env };

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'dc-'));
      Object.assign(process.env, {
        DEEP_DATA_DIR: path.join(folder, 'data'),
        DEEP_RUNTIME_DIR: path.join(folder, 'run'),
        DEEP_MODULES_PATH: path.join(wheel, 'modules'),
        DEEP_NODE_HOME: path.join(wheel, 'node'),
        XDG_RUNTIME_DIR: folder
      });
    });

    afterAll(async () => {
      await endService();
      process.env = { ...environment };
      await rm(folder, { recursive: true, force: true });
    });

    const endService = async (): Promise<void> => {
      const file = path.join(folder, 'run', 'deep', 'service.json');
      const { pid }: DiscoveryFile = JSON.parse(await readFile(file, 'utf8'));
      process.kill(pid, 'SIGTERM');
      await until(() => !lives(pid));
    };

    it('finds modules and shows them as a table', async () => {
      const found = await catalogue.search('picture', { limit: 5 });
      const [classifier] = await catalogue.search();
      expect(classifier.id).toBe('builtin/image-classifier');
      expect(found.total).toBeGreaterThan(0);
      expect(Object.keys(found)).not.toContain('total');
      expect(shown(await catalogue.search())['text/html']).toContain('<table');
    });

    it('says that nothing matches, and of how many', async () => {
      const none = await catalogue.search('zzzzqqq');
      expect(none).toHaveLength(0);
      expect(shown(none)['text/plain']).toMatch(/No module of \d+ matches/);
    });

    it('gets one module by its id, and refuses what is none', async () => {
      const module: CatalogueModule = await catalogue.get(
        'builtin/image-classifier'
      );
      expect(module.examples.length).toBeGreaterThan(0);
      expect(shown(module)['text/plain']).toContain('builtin/image-classifier');
      await expect(catalogue.get('builtin/nope')).rejects.toMatchObject({
        key: 'not-found'
      });
      await expect(catalogue.get('classifier')).rejects.toMatchObject({
        key: 'invalid-request',
        hint: expect.stringContaining('builtin/image-classifier')
      });
    });

    it('opens the module, predicts on its example, and again after kill -9 of the module', async () => {
      const m = await modules.open('builtin/image-classifier');
      const input = await m.example('cat');
      const answer = await m.predict({ ...input, top_k: 2 });
      expect(answer.top?.label).toBe('Egyptian Mau');
      expect(answer.scores).toHaveLength(2);
      await killRuntime();
      const again = await m.predict({ ...input, top_k: 1 });
      expect(again.labels).toEqual(['Egyptian Mau']);
      await expect(m.example('no such')).rejects.toMatchObject({
        key: 'not-found',
        hint: expect.stringContaining('cat')
      });
      await m.close();
    });

    it('says what is wrong with a picture that is none', async () => {
      const m = await modules.open('builtin/image-classifier');
      await expect(
        m.predict({ image: Buffer.from('not a picture') })
      ).rejects.toMatchObject({ name: 'DeepError', status: 422 });
      await m.close();
    });

    it('says that nothing runs under an unknown deployment', async () => {
      await expect(modules.open('image-classifier')).rejects.toMatchObject({
        key: 'not-found',
        hint: expect.stringContaining('builtin/image-classifier')
      });
    });

    const killRuntime = async (): Promise<void> => {
      const { service } = await import('../../connection');
      const { deployments } = await service.json<{
        deployments: { pid: number; state: string }[];
      }>('/deployments');
      const { pid } = deployments.find(({ state }) => state === 'ready')!;
      process.kill(pid, 'SIGKILL');
      await until(() => !lives(pid));
    };
  }
);

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
