import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SourceSetting } from '@jupyterlab-deep/protocol';
import { Setting, SourceList } from '../sourceList';
import { MadeSource } from './made';

describe('the list of sources', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync('/tmp/dt-');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const setting = (id: string): SourceSetting & Setting => ({
    id,
    title: id,
    kind: 'papi',
    address: `https://${id}.example.org`
  });

  async function open(
    administrator: Partial<{
      sources: SourceSetting[];
      disabled: string[];
      isLocked: boolean;
    }> = {}
  ): Promise<SourceList> {
    const list = new SourceList({
      folder,
      defaults: [setting('one'), setting('two')],
      administrator: {
        sources: [],
        disabled: [],
        isLocked: false,
        ...administrator
      },
      folders: [new MadeSource('builtin')],
      makeSource: async ({ id }) => new MadeSource(id),
      checkSource: async () => undefined
    });
    await list.open();
    return list;
  }

  const states = (list: SourceList): unknown[] =>
    list.all.map(({ source, enabled, addedBy }) => [
      source.id,
      enabled,
      addedBy
    ]);

  it('has folders, the administrator’s and the defaults; an administrator’s replaces a default', async () => {
    const list = await open({
      sources: [setting('lab'), setting('two')],
      disabled: ['one']
    });
    expect(states(list)).toEqual([
      ['builtin', true, 'default'],
      ['lab', true, 'administrator'],
      ['two', true, 'administrator'],
      ['one', false, 'default']
    ]);
  });

  it('remembers what the user switched, added and removed', async () => {
    const list = await open();
    await list.switch('two', false);
    const request = { kind: 'papi', address: 'https://a.org' } as const;
    await list.add({ ...request, title: 'Éa lab!' });
    await list.add({ ...request, title: 'one', address: 'https://b.org' });
    await list.remove('ea-lab');
    expect(states(await open())).toEqual([
      ['builtin', true, 'default'],
      ['one', true, 'default'],
      ['two', false, 'default'],
      ['one-2', true, 'user']
    ]);
  });

  it('lets the user change nothing where the administrator has decided', async () => {
    await (await open()).switch('one', false);
    const locked = await open({ isLocked: true });
    expect(locked.all.every(({ enabled }) => enabled)).toBe(true);
    expect(locked.all.some(({ canSwitch }) => canSwitch)).toBe(false);
    await expect(locked.switch('one', false)).rejects.toMatchObject({
      key: 'unauthorized'
    });
  });

  it('refuses an address twice, and to remove what the user did not add', async () => {
    const list = await open();
    const { kind, address } = list.get('one').source;
    await expect(
      list.add({ kind, address, title: 'again' })
    ).rejects.toMatchObject({ key: 'conflict' });
    await expect(list.remove('one')).rejects.toMatchObject({
      key: 'unauthorized'
    });
    await expect(list.remove('none')).rejects.toMatchObject({
      key: 'not-found'
    });
  });

  it('shows every source when the file of choices is damaged', async () => {
    writeFileSync(path.join(folder, 'sources.json'), '{"enab');
    expect(states(await open())).toHaveLength(3);
  });
});
