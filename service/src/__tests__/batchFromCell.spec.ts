import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modules, runs } from '@jupyterlab-deep/kernel-helpers';
import { Loopback, standIn } from '../deployments/__tests__/loopback';
import { Bundles } from './bundles';
import { TestHome, until } from './home';
import { ServiceProcess } from './serviceProcess';

jest.setTimeout(60_000);

const FILES = 60;

describe('a batch that a cell hands over', () => {
  const { env } = process;
  const before = process.cwd();
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;
  let module: Loopback;
  let isHolding: boolean;

  beforeAll(() => (bundles = new Bundles()));
  afterAll(() => bundles.remove());

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    mkdirSync(path.join(home.folder, 'leaves'));
    for (let index = 0; index < FILES; index++) {
      const file = path.join(home.folder, 'leaves', `${index}.jpg`);
      writeFileSync(file, `leaf ${index}`);
    }
    isHolding = false;
    module = await Loopback.start(answer);
    service = await ServiceProcess.start(bundles.service, home);
    process.env = { ...env, ...home.env };
    process.chdir(home.folder);
  });

  afterEach(async () => {
    process.env = env;
    process.chdir(before);
    await service.stop();
    await module.stop();
    home.remove();
  });

  const describeModule = standIn(['standin']);

  const answer: Loopback['answer'] = (request, response) => {
    if (request.method !== 'POST') {
      describeModule(request, response);
    } else if (!isHolding) {
      request.resume().on('end', () => {
        const predictions = { labels: ['oak'], probabilities: [1] };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ status: 'OK', predictions }));
      });
    }
  };

  it('outlives the service, is found again by its id, and gives every file once', async () => {
    const { json } = await service.post('/deployments/connections', {
      address: module.url,
      allowPrivate: true
    });
    const m = await modules.open(json.module);
    isHolding = true;
    const { id, folder } = await m.submit({ image: 'leaves/*.jpg', top_k: 1 });
    await until(() => module.asked.some(line => line.startsWith('POST')));
    await service.kill();
    isHolding = false;
    service = await ServiceProcess.start(bundles.service, home);
    const run = await runs.open(id);
    const files: string[] = [];
    for await (const { path: file, label } of run.results()) {
      expect(label).toBe('oak');
      files.push(file);
    }
    expect(new Set(files).size).toBe(FILES);
    expect(files).toHaveLength(FILES);
    await run.watch();
    expect([run.state, run.progress]).toEqual([
      'succeeded',
      { done: FILES, failed: 0, total: FILES }
    ]);
    const lines = readFileSync(path.join(folder, 'results.jsonl'), 'utf8');
    expect(lines.trimEnd().split('\n')).toHaveLength(FILES);
    expect((await runs.list()).map(each => each.id)).toEqual([id]);
    await expect(run.resume()).rejects.toMatchObject({ key: 'conflict' });
    await m.close();
  });
});
