import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import * as path from 'node:path';
import type { Run } from '@jupyterlab-deep/protocol';
import { DeploymentHandle, deployments, TrainingRun } from '../..';
import { service } from '../../connection';
import { StandIn } from '../../deepaas/__tests__/standIn';
import { IMimeBundle, isShowable, SHOWN_AS } from '../../display/bundle';

const STAND_IN = path.resolve(
  __dirname,
  '../../../../tests/deployments_service.mjs'
);
const MODULE = 'builtin/image-classifier';

interface IAsked {
  method: string;
  url: string;
  body: Record<string, unknown>;
}

const shown = (value: unknown): IMimeBundle => {
  if (!isShowable(value)) {
    throw new Error('cannot be shown');
  }
  return value[SHOWN_AS]();
};

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) {
    found.push(line);
  }
  return found;
}

describe('Deployments in cells, on a stand-in of the service', () => {
  let folder: string;
  let standIn: ChildProcess;
  let module: StandIn;
  const environment = { ...process.env };

  beforeAll(async () => {
    folder = await mkdtemp('/tmp/dd-');
    await mkdir(path.join(folder, 'run'));
    module = await StandIn.start();
    Object.assign(process.env, {
      DEEP_DATA_DIR: path.join(folder, 'data'),
      DEEP_RUNTIME_DIR: path.join(folder, 'run'),
      DEEP_STANDIN_MODULE: module.endpoint
    });
    standIn = spawn(process.execPath, [STAND_IN], {
      env: process.env,
      stdio: ['ignore', 'pipe', 'inherit']
    });
    await once(standIn.stdout!, 'data');
  });

  afterAll(async () => {
    standIn.kill();
    await module.stop();
    process.env = { ...environment };
    await rm(folder, { recursive: true, force: true });
  });

  const begun = async (): Promise<Record<string, unknown>> => {
    const asked = await service.json<IAsked[]>('/requests');
    const posts = asked.filter(
      ({ method, url }) => method === 'POST' && url === '/deployments'
    );
    return posts[posts.length - 1].body;
  };

  it('begins one, tells how it comes up, and predicts with it', async () => {
    module.onPredict = (_, response) =>
      response
        .setHeader('content-type', 'application/json')
        .end('{"labels":["cat"],"probabilities":[0.9]}');
    const d = await deployments.create({
      module: MODULE,
      target: 'process',
      resources: { memoryMb: 2000 },
      options: { threads: 2 }
    });
    expect(d).toMatchObject({ state: 'preparing', module: MODULE });
    expect(await begun()).toMatchObject({
      target: 'process',
      options: { memoryMb: 2000, threads: 2 }
    });
    const told: string[] = [];
    await d.ready({ onProgress: ({ state }) => told.push(state) });
    expect(told).toEqual(['starting', 'ready']);
    const answer = await d.predict({ image: Buffer.from('picture') });
    expect(answer.top?.label).toBe('cat');
  });

  it('follows the log over the end of what writes it', async () => {
    const d = await deployments.create({ module: MODULE });
    const lines: string[] = [];
    for await (const line of d.logs()) {
      lines.push(line);
      if (line.startsWith('ready')) {
        await d.stop();
      }
    }
    expect(lines).toEqual([
      'preparing → Pulling the image, 1 of 2 layers',
      'starting → Loading the model',
      'ready → ',
      'stopping → Stopping',
      'stopped → '
    ]);
    expect(d.state).toBe('stopped');
    await d.start();
    await d.ready();
    const now = await collect(d.logs({ follow: false }));
    expect(now.slice(-2)).toEqual(['starting → Loading the model', 'ready → ']);
  });

  it('ends the waiting when its signal says so, not the deployment', async () => {
    const d = await deployments.create({ module: 'builtin/slow' });
    const signal = AbortSignal.timeout(300);
    await expect(d.ready({ signal })).rejects.toMatchObject({
      key: 'cancelled'
    });
    const logs = collect(d.logs({ signal: AbortSignal.timeout(300) }));
    await expect(logs).rejects.toMatchObject({ key: 'cancelled' });
    expect((await deployments.get(d.id)).state).toBe('preparing');
    await d.remove();
    await expect(deployments.get(d.id)).rejects.toMatchObject({
      key: 'not-found'
    });
  });

  it('says why one did not come up', async () => {
    const d = await deployments.create({ module: 'builtin/broken' });
    await expect(d.ready()).rejects.toMatchObject({
      key: 'module-start-failed',
      detail: expect.stringContaining('code 137')
    });
    expect((await d.refresh()).error).toBe('It ended with code 137.');
  });

  it('passes on what the service refuses, and what was agreed to', async () => {
    await expect(
      deployments.create({ module: 'builtin/nowhere at all' })
    ).rejects.toMatchObject({ key: 'invalid-arguments' });
    await expect(
      deployments.create({ module: MODULE, target: 'container:gpu-host' })
    ).rejects.toMatchObject({ key: 'target-unreachable' });
    const foreign = { module: 'python/foreign' };
    await expect(deployments.create(foreign)).rejects.toMatchObject({
      key: 'consent-needed'
    });
    await deployments.create({ ...foreign, consent: 'abc' });
    expect(await begun()).toMatchObject({ consent: { commit: 'abc' } });
  });

  it('takes a model by what has its id, and says what to do with a folder', async () => {
    await deployments.create({ model: { id: 'mine/seeds' } });
    expect(await begun()).toMatchObject({ module: 'mine/seeds' });
    const run = new TrainingRun({ id: 'r1' } as Run);
    jest.spyOn(run, 'modelId').mockResolvedValue('mine/pets');
    await deployments.create({ model: run });
    expect(await begun()).toMatchObject({ module: 'mine/pets' });
    await expect(deployments.create({ model: folder })).rejects.toMatchObject({
      key: 'invalid-arguments',
      hint: expect.stringContaining('Sources…')
    });
    await expect(deployments.create({})).rejects.toMatchObject({
      key: 'invalid-arguments'
    });
  });

  it('lists deployments, targets and what would happen as tables', async () => {
    const d = await deployments.create({ module: MODULE });
    const all = await deployments.list();
    expect(all[0]).toBeInstanceOf(DeploymentHandle);
    expect(all[0].id).toBe(d.id);
    expect(shown(all)['text/plain']).toContain('image-classifier');
    expect(shown(d)['text/html']).toContain('deep:open-module');
    const places = await deployments.targets();
    expect(shown(places)['text/plain']).toContain(
      'gpu-host refused the connection. Start its engine.'
    );
    const plan = await deployments.plan({ module: MODULE });
    expect(plan.isPossible).toBe(true);
    expect(shown(plan)['text/plain']).toMatch(/memoryMb +integer +4000/);
    expect(shown(plan)['text/plain']).toContain('A process is started.');
  });

  it('have a script carried out at a platform, and say how it ended', async () => {
    const job = await deployments.submit({
      module: MODULE,
      target: 'container:gpu-host',
      script: 'python train.py',
      resources: { hardware: { cpu_num: 2 } },
      options: { vo: 'vo.ai4eosc.eu' }
    });
    expect([job.state, job.about.arguments]).toEqual([
      'running',
      { hardware: { cpu_num: 2 }, vo: 'vo.ai4eosc.eu' }
    ]);
    await job.watch();
    expect([job.state, job.job]).toEqual(['succeeded', `n-${job.id}`]);
    expect(await job.log()).toBe('It is n-1 at the platform\n');
    expect(shown(job)['text/html']).toContain('succeeded');
    const failing = await deployments.submit({
      module: MODULE,
      target: 'container:gpu-host',
      script: 'exit 1'
    });
    await expect(failing.watch()).rejects.toMatchObject({
      key: 'module-failed',
      detail: 'It failed. It says: exit code 1'
    });
    expect((await deployments.jobs()).map(({ id }) => id)).toEqual([
      failing.id,
      job.id
    ]);
    const again = await deployments.job(job.id);
    expect((await again.cancel()).state).toBe('cancelled');
    await expect(
      deployments.submit({ module: MODULE, target: 'process', script: 'ls' })
    ).rejects.toMatchObject({ key: 'module-not-implemented' });
  });

  it('go to places of your own, which are added, asked and removed', async () => {
    const gpu = {
      kind: 'container',
      id: 'mine',
      address: 'ssh://ada@127.0.0.1'
    } as const;
    await expect(deployments.addTarget(gpu)).rejects.toMatchObject({
      key: 'address-private'
    });
    const added = await deployments.addTarget({ ...gpu, allowPrivate: true });
    expect([added.id, added.said]).toEqual([
      'container:mine',
      'Nobody answered.'
    ]);
    expect((await deployments.checkTarget(added.id)).state).toBe('unreachable');
    await deployments.removeTarget(added.id);
    expect((await deployments.targets()).map(({ id }) => id)).toEqual([
      'process',
      'container:gpu-host'
    ]);
    await expect(
      deployments.removeTarget('container:gpu-host')
    ).rejects.toMatchObject({ key: 'conflict' });
  });
});
