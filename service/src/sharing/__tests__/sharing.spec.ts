import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { until } from '../../__tests__/home';
import { INextcloud, Person, startNextcloud } from './people';

jest.setTimeout(60_000);

let bundles: Bundles;
let cloud: INextcloud;
let ada: Person;
let grace: Person;

beforeAll(() => (bundles = new Bundles()));
afterAll(() => bundles.remove());
beforeEach(async () => {
  cloud = await startNextcloud({});
  const env = { DEEP_NODE_HOME: bundles.folder };
  ada = await Person.come(cloud, 'ada', env);
  grace = await Person.come(cloud, 'grace', env);
});
afterEach(async () => {
  await ada.leave();
  await grace.leave();
  await cloud.close();
});

describe('a module that is shared', () => {
  it('is seen by a colleague with author, version and what it is, and tried', async () => {
    const folder = ada.folder('penguins');
    const run = await ada.publish(folder, {
      version: '1.1.0',
      licence: 'MIT',
      note: 'For the field trip'
    });
    expect(run).toMatchObject({
      state: 'succeeded',
      kind: 'transfer',
      transfer: { act: 'publish' }
    });
    const [shared, ...others] = await grace.look();
    expect(others).toEqual([]);
    expect(shared).toMatchObject({
      author: 'Ada',
      place: new URL(cloud.url).host,
      version: '1.1.0',
      versions: ['1.1.0'],
      kind: 'model',
      licence: 'MIT',
      state: 'shared',
      isHere: false,
      hasUpdate: false
    });
    const listed = await grace.detail(shared.id);
    expect(listed).toMatchObject({
      broken: false,
      version: '1.1.0',
      licence: 'MIT',
      fit: { state: 'here' },
      shared: { author: 'Ada', key: shared.key }
    });
    const predicted = await grace.service.post('/inference/predictions', {
      module: shared.id,
      arguments: PENGUIN,
      inputs: {}
    });
    const done: Run = await grace.ended(predicted.json.id);
    expect(done).toMatchObject({ state: 'succeeded' });
    const answer = await grace.service.get(`/runs/${done.id}/result`);
    expect(answer.text).toContain('Gentoo');
    expect((await grace.look())[0]).toMatchObject({
      isHere: true,
      used: '1.1.0'
    });
    expect((await grace.detail(shared.id)).examples.length).toBeGreaterThan(0);
  });
});

const PENGUIN = {};
void [readdirSync, readFileSync, writeFileSync, path, until];
export type { Deployment };
