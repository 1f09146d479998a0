import { mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modules } from '@jupyterlab-deep/kernel-helpers';
import { Deployment, Run } from '@jupyterlab-deep/protocol';
import {
  IDeepaas,
  missing,
  startDeepaas
} from '../../../../kernel-helpers/src/deepaas/__tests__/deepaasServer';
import { IAnswer } from '../../__tests__/client';
import { TestHome, until } from '../../__tests__/home';
import { ServiceHere } from '../../__tests__/serviceHere';
import { findByArgument } from '../../lifecycle/processes';

const withDeepaas = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

withDeepaas(`a connection to a real DEEPaaS server${suffix}`, () => {
  let deepaas: IDeepaas;
  let home: TestHome;
  let service: ServiceHere;
  let connected: Deployment;

  beforeAll(async () => {
    deepaas = await startDeepaas('tiny', ['--base-path=/mods/tiny']);
    home = new TestHome();
    mkdirSync(home.modules);
    service = await ServiceHere.open(home);
    connected = (await connect(`${deepaas.endpoint}/mods/tiny/`)).json;
  });

  afterAll(async () => {
    await service?.close();
    await deepaas?.stop();
    home?.remove();
  });

  const connect = (address: string): Promise<IAnswer> =>
    service.post('/deployments/connections', { address, allowPrivate: true });

  async function predict(args: object, files: object = {}): Promise<Run> {
    const begun = await service.post('/inference/predictions', {
      module: connected.module,
      arguments: args,
      files
    });
    expect([begun.status, begun.text]).toEqual([202, expect.anything()]);
    return until(async () => {
      const run: Run = (await service.get(`/runs/${begun.json.id}`)).json;
      return ['queued', 'running'].includes(run.state) ? undefined : run;
    });
  }

  it('is ready below its base path, with what the module says of itself', async () => {
    expect(connected).toMatchObject({
      module: 'connected/tiny',
      title: 'tiny',
      state: 'ready',
      endpoint: `${deepaas.endpoint}/mods/tiny`,
      modelPath: '/mods/tiny/v2/models/tiny/'
    });
    const found = await service.get('/catalogue/modules/connected/tiny');
    expect(found.json).toMatchObject({
      summary: 'Test module',
      licence: 'MIT',
      version: '0.1.0',
      input: 'image'
    });
    const api = await service.get(`/deployments/${connected.id}/api`);
    expect(api.json.accepts).toEqual([
      'application/json',
      'text/csv',
      'image/png'
    ]);
  });

  it.each(['/mods/tiny/v2/models/tiny', '/mods/tiny/api', '/mods/tiny'])(
    'is the same by the address of %s',
    async tail => {
      const again = await connect(deepaas.endpoint + tail);
      expect(again.json.id).toBe(connected.id);
    }
  );

  it('is refused without its base path', async () => {
    const refused = await connect(deepaas.endpoint);
    expect(refused.json).toMatchObject({
      type: 'urn:jupyterlab-deep:address-refused',
      hint: expect.stringContaining('base path')
    });
  });

  it('predicts on an upload, which is streamed to it', async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024, 7);
    const pieceBytes = 8 * 1024 * 1024;
    const upload = (
      await service.post('/inference/uploads', {
        filename: 'large.bin',
        sizeBytes: bytes.length
      })
    ).json;
    for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
      await service.ask({
        method: 'PUT',
        path: `/inference/uploads/${upload.id}?offset=${offset}`,
        body: bytes.subarray(offset, offset + pieceBytes),
        headers: { 'content-type': 'application/octet-stream' }
      });
    }
    const image = { from: 'upload', id: upload.id };
    const run = await predict({ top_k: 1 }, { image });
    expect(run).toMatchObject({ state: 'succeeded', deployment: connected.id });
    const result = await service.get(`/runs/${run.id}/result`);
    expect(result.json).toMatchObject({
      size: bytes.length,
      file: { name: 'large.bin' },
      args: { top_k: 1 }
    });
  });

  it('refuses wrong arguments before they are sent, and tells a failure of the module', async () => {
    const refused = await service.post('/inference/predictions', {
      module: connected.module,
      arguments: { threshold: 7 },
      files: {}
    });
    expect(refused.json.fields).toEqual({ threshold: ['It must be <= 1.'] });
    const run = await predict({ mode: 'fail' });
    expect(run.error?.type).toBe('urn:jupyterlab-deep:module-failed');
  });

  it('lets its HTTP through, without its redirects', async () => {
    const way = `/deployments/${connected.id}/http`;
    const list = await service.get(`${way}/v2/models/`);
    expect(list.json.models).toHaveLength(1);
    expect(list.headers['content-security-policy']).toBe('sandbox');
    expect((await service.get(`${way}/v2/models`)).status).toBe(502);
  });

  it('is opened in cells by its address, with or without the model', async () => {
    const photo = path.join(home.folder, 'x.png');
    writeFileSync(photo, 'not-a-real-png');
    const address = `${deepaas.endpoint}/mods/tiny`;
    for (const target of [address, `${address}/v2/models/tiny/`]) {
      const m = await modules.open(target);
      const { value } = await m.predict({ image: photo, top_k: 5 });
      expect(value).toMatchObject({ size: 14, args: { top_k: 5 } });
      await m.close();
    }
  });

  it('is unreachable when it is killed, and ready when it is back', async () => {
    const port = new URL(deepaas.endpoint).port;
    const pid = await findByArgument(`--listen-port=${port}`);
    const folder = readlinkSync(`/proc/${pid}/cwd`);
    process.kill(-Number(pid), 'SIGKILL');
    const run = await predict({ top_k: 1 });
    expect(run.error?.type).toBe('urn:jupyterlab-deep:module-unreachable');
    const stateOf = async (): Promise<Deployment> =>
      (await service.get(`/deployments/${connected.id}`)).json;
    await until(async () => (await stateOf()).state === 'unreachable');
    expect((await stateOf()).error).toContain('nothing listens there');
    rmSync(folder, { recursive: true, force: true });
    deepaas = await startDeepaas('tiny', [
      '--base-path=/mods/tiny',
      // The later one counts.
      `--listen-port=${port}`
    ]);
    await service.post('/deployments', { module: connected.module });
    await until(async () => (await stateOf()).state === 'ready');
    expect((await predict({ top_k: 1 })).state).toBe('succeeded');
  });
});
