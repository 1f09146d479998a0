import { mkdtempSync, rmSync } from 'node:fs';
import { CatalogueSource } from '@jupyterlab-deep/protocol';
import { until } from '../../__tests__/home';
import { EventStream } from '../../http/events';
import { Catalogue } from '../catalogue';
import { SourceList } from '../sourceList';
import { entry, MadeSource } from './made';

describe('sources that are asked', () => {
  let folder: string;
  let events: EventStream;
  let one: MadeSource;
  let two: MadeSource;
  let catalogue: Catalogue;

  beforeEach(() => {
    folder = mkdtempSync('/tmp/dt-');
    events = new EventStream();
    one = new MadeSource('one');
    two = new MadeSource('two');
    catalogue = new Catalogue({
      sources: new SourceList({
        folder,
        defaults: [],
        administrator: { sources: [], disabled: [], isLocked: false },
        folders: [one, two],
        makeSource: async () => one,
        checkSource: async () => undefined
      }),
      events,
      logger: { error: () => undefined },
      machine: async () => ({
        cpus: 2,
        memoryBytes: 8e9,
        gpus: [],
        diskFreeBytes: 10e9
      }),
      freshMs: 60_000
    });
  });
  afterEach(() => {
    events.close();
    rmSync(folder, { recursive: true });
  });

  const sourceOf = async (id: string): Promise<CatalogueSource> =>
    (await catalogue.sources()).find(source => source.id === id)!;
  const titles = async (): Promise<string[]> =>
    (await catalogue.list({})).modules.map(({ title }) => title);

  it('show what they had while they are read, and how far that is', async () => {
    one.reading = { entries: [entry('one', 'old')] };
    two.reading = { entries: [], updatedAt: new Date() };
    let finish = (): void => undefined;
    one.answer = ({ onProgress }) => {
      onProgress(12, 46);
      return new Promise(resolve => {
        finish = () =>
          resolve({
            entries: [entry('one', 'new')],
            updatedAt: new Date()
          });
      });
    };
    expect(await titles()).toEqual(['old']);
    await until(async () => (await sourceOf('one')).progress);
    expect(await sourceOf('one')).toMatchObject({
      isRefreshing: true,
      progress: { done: 12, total: 46 },
      modules: 1
    });
    expect(await titles()).toEqual(['old']);
    finish();
    await until(async () => !(await sourceOf('one')).isRefreshing);
    expect(await titles()).toEqual(['new']);
    expect((await sourceOf('one')).progress).toBeUndefined();
    expect(two.asked).toBe(0);
  });

  it('are asked once for all who look at the same time, and again only when they are old', async () => {
    one.answer = async () => ({ entries: [], updatedAt: new Date() });
    await Promise.all([titles(), titles(), titles()]);
    await until(async () => (await sourceOf('one')).updatedAt);
    await titles();
    expect(one.asked).toBe(1);
    await catalogue.refresh('one');
    expect(one.asked).toBe(2);
  });

  it('keep what they had when they cannot be reached, and do not hold up the others', async () => {
    one.reading = { entries: [entry('one', 'kept')] };
    one.answer = async () => {
      throw new Error('the door is shut');
    };
    two.answer = async () => ({
      entries: [entry('two', 'fresh')],
      updatedAt: new Date()
    });
    await titles();
    await until(async () => (await sourceOf('two')).updatedAt);
    expect(await titles()).toEqual(['fresh', 'kept']);
    expect(await sourceOf('one')).toMatchObject({
      failingSince: expect.any(String),
      problem: expect.stringContaining('the door is shut')
    });
    await titles();
    expect(one.asked).toBe(1);
  });

  it('stop when they are told to, with what they had', async () => {
    one.reading = { entries: [entry('one', 'kept')], updatedAt: new Date() };
    two.reading = { entries: [], updatedAt: new Date() };
    one.answer = ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason))
      );
    await catalogue.refresh('one');
    await until(async () => (await sourceOf('one')).isRefreshing);
    catalogue.cancelRefresh();
    await until(async () => !(await sourceOf('one')).isRefreshing);
    expect(await titles()).toEqual(['kept']);
    expect((await sourceOf('one')).problem).toBeUndefined();
  });

  it('are gone from the list when they are switched off, and come back', async () => {
    one.reading = { entries: [entry('one', 'a')], updatedAt: new Date() };
    two.reading = { entries: [entry('two', 'b')], updatedAt: new Date() };
    expect(await titles()).toEqual(['a', 'b']);
    expect(await catalogue.switchSource('one', false)).toMatchObject({
      enabled: false
    });
    expect(await titles()).toEqual(['b']);
    await catalogue.switchSource('one', true);
    expect(await titles()).toEqual(['a', 'b']);
  });

  it('are refused by a name that nobody has', async () => {
    await expect(catalogue.refresh('none')).rejects.toMatchObject({
      key: 'not-found'
    });
  });

  it('are found by words after each change', async () => {
    one.reading = { entries: [entry('one', 'plants')], updatedAt: new Date() };
    two.reading = { entries: [], updatedAt: new Date() };
    const find = async (text: string): Promise<string[]> =>
      (await catalogue.list({ text })).modules.map(({ name }) => name);
    expect(await find('plant')).toEqual(['plants']);
    one.answer = async () => ({
      entries: [entry('one', 'planets')],
      updatedAt: new Date()
    });
    await catalogue.refresh('one');
    await until(async () => !(await sourceOf('one')).isRefreshing);
    expect(await find('plant')).toEqual([]);
    expect(await find('plan')).toEqual(['planets']);
  });

  it('are joined by what runs elsewhere', async () => {
    one.reading = two.reading = { entries: [], updatedAt: new Date() };
    const running = new Set<string>();
    catalogue.follow({
      readyModules: () => running,
      connectedModules: () => [entry('connected', 'tiny').module]
    });
    expect((await catalogue.detail('connected/tiny')).fit.state).toBe('image');
    running.add('connected/tiny');
    expect((await catalogue.detail('connected/tiny')).fit.state).toBe(
      'running'
    );
  });
});
