import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type { Deployment, Run } from '@jupyterlab-deep/protocol';
import { Bundles } from '../../__tests__/bundles';
import { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceProcess } from '../../__tests__/serviceProcess';
import { COLOURS, makeModels, PYTHON } from './modelsHere';

jest.setTimeout(60_000);

describe('models of their user', () => {
  let bundles: Bundles;
  let home: TestHome;
  let service: ServiceProcess;
  let made: string;

  beforeAll(() => (bundles = new Bundles()));
  afterAll(() => bundles.remove());

  beforeEach(async () => {
    home = new TestHome();
    mkdirSync(home.modules);
    made = path.join(home.folder, 'work/made');
    makeModels(made);
    await sharp({
      create: { width: 9, height: 9, channels: 3, background: 'blue' }
    })
      .png()
      .toFile(path.join(made, 'blue.png'));
    service = await ServiceProcess.start(bundles.service, home);
  });

  afterEach(async () => {
    await service.stop();
    home.remove();
  });

  const models = (): string => path.join(home.store, 'models');
  const file = (name: string) => ({
    from: 'path',
    path: path.join(made, name)
  });

  const save = (more: object = {}): Promise<IAnswer> =>
    service.post('/models', {
      file: file('torch.onnx'),
      name: 'colours',
      settings: COLOURS,
      ...more
    });

  const remove = (name: string): Promise<IAnswer> =>
    service.ask({ method: 'DELETE', path: `/models/${name}` });

  const listed = async (): Promise<string[]> =>
    (await service.get('/catalogue/modules?source=mine')).json.modules.map(
      ({ id }: { id: string }) => id
    );

  const left = (): string[] =>
    existsSync(models()) ? readdirSync(models()).sort() : [];

  async function ask(module: string): Promise<string> {
    const { json } = await service.post('/inference/predictions', {
      module,
      arguments: {},
      files: { image: { from: 'example', example: 'example' } }
    });
    const run = await until(async () => {
      const now: Run = (await service.get(`/runs/${json.id}`)).json;
      return now.endedAt ? now : undefined;
    });
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    return (await service.get(`/runs/${run.id}/result`)).json.labels[0];
  }

  it('are inspected, and a page names only what Jupyter shows', async () => {
    const { status, json } = await service.post('/models/inspections', {
      file: file('torch.onnx')
    });
    expect([status, json.classes]).toEqual([200, 3]);
    const byPage = (where: object): Promise<IAnswer> =>
      service.ask({
        method: 'POST',
        path: '/models/inspections',
        headers: {
          'x-deep-client': 'jupyter:1',
          'x-deep-root': encodeURIComponent(home.folder)
        },
        body: { file: where }
      });
    const shown = { from: 'jupyter', path: 'work/made/keras.onnx' };
    expect((await byPage(shown)).json.proposal.network.layout).toBe('NHWC');
    expect((await byPage(file('torch.onnx'))).status).toBe(403);
    const up = { from: 'jupyter', path: '../etc/passwd' };
    expect((await byPage(up)).status).toBe(400);
  });

  it('are written as folders that can be used at once, with metadata that hold', async () => {
    const { status, json } = await save({
      title: 'Colours',
      example: { file: file('blue.png') }
    });
    expect(json).toMatchObject({
      id: 'mine/colours',
      version: '1.0.0',
      task: 'image-classification',
      folder: path.join(models(), 'colours'),
      detail: expect.stringContaining('cpu')
    });
    expect(status).toBe(201);
    expect(await listed()).toEqual(['mine/colours']);
    expect(await ask('mine/colours')).toBe('blue');
    const { json: module } = await service.get(
      '/catalogue/modules/mine/colours'
    );
    expect([module.title, module.problems, module.broken]).toEqual([
      'Colours',
      [],
      false
    ]);
    const folder = path.join(models(), 'colours');
    const said = execFileSync(
      path.join(path.dirname(PYTHON), 'ai4-metadata'),
      ['validate', 'ai4-metadata.yml'],
      { cwd: folder, encoding: 'utf8' }
    );
    expect(said).toMatch(/valid/i);
    expect(readFileSync(path.join(folder, 'onnx/model.onnx'))).toEqual(
      readFileSync(path.join(made, 'torch.onnx'))
    );
  });

  it('never take the place of another unless they are told to', async () => {
    await save({ example: { file: file('blue.png') } });
    expect(await ask('mine/colours')).toBe('blue');
    const refused = await save();
    expect(refused.status).toBe(409);
    expect(refused.json.hint).toContain('another name');
    const flipped = { ...COLOURS, labels: ['Rot', 'Grün', 'Blau'] };
    const { status, json } = await save({
      settings: flipped,
      replace: true,
      example: { file: file('blue.png') }
    });
    expect([status, json.version]).toEqual([201, '1.1.0']);
    // What ran had the old labels.
    expect(await ask('mine/colours')).toBe('Blau');
    expect(left()).toEqual(['colours']);
  });

  it.each([
    ['Blätter & Blüten (2024)/β', 'Blatter-Bluten-2024'],
    ['../../etc/passwd', 'etc-passwd'],
    ['植物', expect.stringMatching(/^model-[0-9a-f]{6}$/)],
    ['…', expect.stringMatching(/^model-[0-9a-f]{6}$/)]
  ])('have a name for files and one for people: %s', async (name, plain) => {
    const { status, json } = await save({ name });
    expect([status, json.name]).toEqual([201, plain]);
    expect(json.title.toLowerCase()).toContain(
      name.replace(/[-_]+/g, ' ').toLowerCase()
    );
    expect(left()).toEqual([json.name]);
  });

  it('are refused where they do not fit, and nothing is left of them', async () => {
    const wrong = await save({ settings: { ...COLOURS, labels: ['a'] } });
    expect(wrong.status).toBe(422);
    expect(wrong.json.fields.labels[0]).toContain('3 classes apart; 1 name');
    const damaged = path.join(made, 'torch.onnx');
    const bytes = readFileSync(damaged);
    // The name of an operation that no runtime has.
    const changed = bytes.toString('latin1').replace('Gemm', 'Gemn');
    writeFileSync(damaged, changed, 'latin1');
    const { status, json } = await save();
    expect([status, json.type]).toEqual([
      422,
      'urn:jupyterlab-deep:model-invalid'
    ]);
    expect(left()).toEqual([]);
    expect(await listed()).toEqual([]);
  });

  it('are drafts until they are finished: in no list, but to be tried', async () => {
    const { json: draft } = await save({
      isDraft: true,
      example: { file: file('blue.png') }
    });
    expect(draft.name).toMatch(/^draft-/);
    expect(await listed()).toEqual([]);
    expect(await ask(draft.id)).toBe('blue');
    const { json, status } = await service.post(`/models/${draft.name}/finish`);
    expect([status, json.id]).toEqual([200, 'mine/colours']);
    expect(await listed()).toEqual(['mine/colours']);
    expect(await ask('mine/colours')).toBe('blue');
    expect(left()).toEqual(['colours']);
    await until(async () => {
      const { deployments } = (await service.get('/deployments')).json;
      return deployments.every(({ module }: Deployment) => module !== draft.id);
    });
    const again = await save({ isDraft: true });
    expect(again.status).toBe(409);
    const other = await save({ isDraft: true, replace: true });
    const finish = `/models/${other.json.name}/finish`;
    expect((await service.post(finish)).status).toBe(409);
    expect((await service.post(finish, { replace: true })).status).toBe(200);
    expect((await service.post('/models/colours/finish')).status).toBe(409);
  });

  it('are deleted, and what runs of them is stopped', async () => {
    await save({ example: { file: file('blue.png') } });
    await ask('mine/colours');
    expect((await remove('colours')).status).toBe(204);
    expect(left()).toEqual([]);
    expect(await listed()).toEqual([]);
    const { deployments } = (await service.get('/deployments')).json;
    await until(async () => {
      const now: Deployment[] = (await service.get('/deployments')).json
        .deployments;
      return now.every(({ state }) => state === 'stopped');
    });
    expect(deployments).toHaveLength(1);
    expect((await remove('colours')).status).toBe(404);
    expect((await remove('..')).status).toBe(404);
  });

  it('that a killed service left half-made are taken away by the next one', async () => {
    await save();
    await service.kill();
    mkdirSync(path.join(models(), '.saving-abc'));
    mkdirSync(path.join(models(), '.replaced-lost~12ab'));
    writeFileSync(path.join(models(), '.replaced-lost~12ab/kept'), '');
    mkdirSync(path.join(models(), '.replaced-colours~12ab'));
    const draft = path.join(models(), 'draft-00112233');
    mkdirSync(draft);
    writeFileSync(path.join(draft, 'module.json'), '{"draft":{"name":"x"}}');
    const longAgo = new Date(Date.now() - 8 * 86_400_000);
    utimesSync(draft, longAgo, longAgo);
    service = await ServiceProcess.start(bundles.service, home);
    await until(() => left().length === 2);
    expect(left()).toEqual(['colours', 'lost']);
  });
});
