import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { TestHome } from '../../__tests__/home';
import { FolderSource } from '../sources/folderSource';
import { checkSource, makeSource } from '../sources/makeSource';
import { makeModelFolder } from './folders';
import { reader, refresh } from './standIn/standIn';

describe('a source of folders', () => {
  let home: TestHome;
  let source: FolderSource;
  beforeEach(() => {
    home = new TestHome();
    mkdirSync(home.modules);
    source = new FolderSource('own', 'Mine', [home.modules], reader);
  });
  afterEach(() => home.remove());

  it('says where its modules come from', async () => {
    makeModelFolder(home.modules, 'plants');
    const { entries } = await source.load();
    expect(entries[0].module.origins).toEqual([
      { source: 'own', id: 'own/plants', title: 'Mine' }
    ]);
    expect(entries[0].module.sizeBytes).toBeGreaterThan(100);
  });

  it('reads again only the folders whose files changed', async () => {
    const folder = makeModelFolder(home.modules, 'plants', {
      'module.json': {
        name: 'plants',
        version: '1',
        task: 'image-classification',
        examples: [{ name: 'one', title: 'One', files: { image: 'e/a.png' } }]
      },
      'e/a.png': 'png'
    });
    makeModelFolder(home.modules, 'birds');
    const before = await source.load();
    const same = await refresh(source);
    expect(same.entries[0]).toBe(before.entries[0]);
    expect(same.entries[1]).toBe(before.entries[1]);
    rmSync(path.join(folder, 'e/a.png'));
    const after = await refresh(source);
    expect(after.entries[0]).toBe(before.entries[0]);
    expect(after.entries[1].module.examples).toEqual([]);
    writeFileSync(path.join(folder, 'config.json'), '{"id2label":{}}');
    expect((await refresh(source)).entries[1].module.output).toBe('labels');
  });

  it('counts no folder that holds much beside the model', async () => {
    const folder = makeModelFolder(home.modules, 'plants');
    mkdirSync(path.join(folder, 'data'));
    for (let i = 0; i < 600; i++) {
      writeFileSync(path.join(folder, 'data', String(i)), 'x');
    }
    const [{ module }] = (await source.load()).entries;
    expect(module.broken).toBe(false);
    expect(module.sizeBytes).toBeUndefined();
  });

  it('ends when it is cancelled', async () => {
    makeModelFolder(home.modules, 'plants');
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(refresh(source, controller.signal)).rejects.toThrow('enough');
  });
});

describe('what a person types as a source', () => {
  const check = (
    kind: 'papi' | 'folder',
    address: string,
    allowPrivate?: boolean
  ): Promise<void> =>
    checkSource({ kind, title: 'X', address, allowPrivate }, {});

  it.each([
    ['papi', 'no address', 'address-refused'],
    ['papi', 'file:///etc/passwd', 'address-refused'],
    ['papi', 'http://127.0.0.1:8000/v1', 'address-private'],
    ['folder', 'not/from/the/root', 'address-refused'],
    ['folder', '~other/models', 'address-refused']
  ] as const)('%s %s is refused', async (kind, address, key) => {
    await expect(check(kind, address)).rejects.toMatchObject({ key });
  });

  it('is taken when it is confirmed, or a whole path', async () => {
    await check('papi', 'http://127.0.0.1:8000/v1', true);
    await check('folder', '/srv/models');
    await check('folder', '~/models');
  });

  it('means the home folder by ~', async () => {
    const { address } = await makeSource(
      { id: 'own', kind: 'folder', title: 'Mine', address: '~/models' },
      {
        cacheFolder: '',
        network: {},
        reader,
        logger: { warn: () => undefined }
      }
    );
    expect(address).toBe(path.join(homedir(), 'models'));
  });
});
