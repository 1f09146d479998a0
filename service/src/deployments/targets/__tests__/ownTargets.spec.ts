import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Target, TargetTemplate } from '@jupyterlab-deep/protocol';
import { TestHome } from '../../../__tests__/home';
import { ServiceHere } from '../../../__tests__/serviceHere';

jest.setTimeout(60_000);

/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9';
const LAB = { id: 'lab', kind: 'im', title: 'Our cloud', address: NOBODY };
const OWN = { ...LAB, allowPrivate: true };
const TARGETS = '/deployments/targets';
const TEMPLATES = `${TARGETS}/im:lab/templates`;
const TYPES =
  'https://raw.githubusercontent.com/grycap/tosca/main/custom_types.yaml';

const tosca = (imported: string): string => `
tosca_definitions_version: tosca_simple_yaml_1_0
imports:
  - types: ${imported}
metadata: { display_name: One machine }
topology_template:
  inputs:
    num_cpus: { type: integer, default: 2 }
    admin_password: { type: string, default: everybody knows }
  node_templates:
    machine: { type: tosca.nodes.Compute }
`;

describe('a place that its user adds', () => {
  let home: TestHome;
  let service: ServiceHere;

  const open = async (env = {}): Promise<void> => {
    service = await ServiceHere.open(home, env);
  };
  beforeEach(async () => {
    home = new TestHome();
    await open();
  });
  afterEach(async () => {
    await service.close();
    home.remove();
  });

  const listed = async (): Promise<Target[]> =>
    (await service.get(TARGETS)).json.targets;
  const own = async (): Promise<string[]> =>
    (await listed()).filter(({ isOwn }) => isOwn).map(({ id }) => id);
  const add = (target: object = OWN) => service.post(TARGETS, target);
  const remove = (at: string) => service.ask({ method: 'DELETE', path: at });
  const typeOf = ({ status, json }: Awaited<ReturnType<typeof add>>) => [
    status,
    json.type.replace('urn:jupyterlab-deep:', '')
  ];

  it('is asked at once, kept over an end of the service, and removed again', async () => {
    const { status, json } = await add();
    expect([status, json]).toEqual([
      201,
      expect.objectContaining({
        id: 'im:lab',
        title: 'Our cloud',
        state: 'needs-account',
        isOwn: true,
        takesTemplates: true,
        said: expect.stringContaining('wants to know who you are'),
        checkedAt: expect.any(String)
      })
    ]);
    await service.close();
    await open();
    expect(await own()).toEqual(['im:lab']);
    expect(typeOf(await add())).toEqual([409, 'conflict']);
    expect((await remove(`${TARGETS}/im:lab`)).status).toBe(204);
    expect(await own()).toEqual([]);
    await service.close();
    await open();
    expect(await own()).toEqual([]);
    expect((await remove(`${TARGETS}/im:lab`)).status).toBe(404);
    // What was always there is not the user's to remove.
    expect(typeOf(await remove(`${TARGETS}/container`))).toEqual([
      409,
      'conflict'
    ]);
  });

  it('may be an engine on another host, which says what was tried', async () => {
    const { status, json } = await add({
      id: 'gpu-host',
      kind: 'container',
      address: 'ssh://ada@127.0.0.1:9',
      allowPrivate: true
    });
    expect([status, json.state]).toEqual([201, 'unreachable']);
    expect(json.said).toMatch(/127\.0\.0\.1/);
  });

  it('is at no private address that nobody confirmed, and never asked without TLS', async () => {
    expect(typeOf(await add(LAB))).toEqual([422, 'address-private']);
    const engine = { id: 'gpu-host', kind: 'container', allowPrivate: true };
    for (const address of [
      'tcp://10.0.0.1:2375',
      'ssh://ada:secret@10.0.0.1',
      'ftp://10.0.0.1',
      'words'
    ]) {
      const answer = await add({ ...engine, address });
      expect([address, ...typeOf(answer)]).toEqual([
        address,
        422,
        'invalid-arguments'
      ]);
      expect(answer.json.fields.address).toHaveLength(1);
      expect(answer.text).not.toContain('secret');
    }
    for (const address of ['ftp://x.org', 'https://ada:pw@x.org']) {
      expect(typeOf(await add({ ...LAB, address }))[1]).toBe(
        'invalid-arguments'
      );
    }
    expect(await own()).toEqual([]);
  });

  it('is none where the administrator allows none', async () => {
    await service.close();
    await open({ DEEP_TARGETS_LOCK_TARGETS: 'true' });
    const { status, json } = await add();
    expect([status, json.detail]).toEqual([
      409,
      expect.stringContaining('The administrator lets nobody add places')
    ]);
  });

  it('leaves the others alone when its file was spoilt', async () => {
    await add();
    await service.close();
    const file = path.join(home.store, 'targets.json');
    const { targets } = JSON.parse(readFileSync(file, 'utf8'));
    const broken = { id: 'x', kind: 'container', address: 'nowhere' };
    writeFileSync(file, JSON.stringify({ targets: [broken, ...targets] }));
    await open();
    expect(await own()).toEqual(['im:lab']);
  });

  it('takes TOSCA files that fetch nothing but public https, lists and forgets them', async () => {
    await add();
    const bring = (name: string, text: string) =>
      service.post(TEMPLATES, { name, text });
    const templates = async (): Promise<TargetTemplate[]> =>
      (await service.get(TEMPLATES)).json.templates;
    const { status, json } = await bring('My Machine.yaml', tosca(TYPES));
    expect([status, json]).toEqual([
      201,
      { id: 'my-machine', title: 'One machine', description: '', isOwn: true }
    ]);
    expect((await templates()).filter(({ isOwn }) => isOwn)).toHaveLength(1);
    for (const address of [
      'http://example.org/types.yaml',
      'https://10.0.0.1/types.yaml',
      'file:///etc/passwd',
      '/etc/passwd'
    ]) {
      const refused = await bring('other.yaml', tosca(address));
      expect([address, ...typeOf(refused)]).toEqual([
        address,
        422,
        'address-refused'
      ]);
      expect(refused.json.detail).toContain(address);
    }
    const words = await bring('words.yaml', 'a: b');
    expect(typeOf(words)).toEqual([400, 'invalid-request']);
    // What it says, such as a password, is told to nobody.
    expect((await service.get(TEMPLATES)).text).not.toContain('everybody');
    expect((await remove(`${TEMPLATES}/my-machine`)).status).toBe(204);
    expect((await templates()).some(({ isOwn }) => isOwn)).toBe(false);
    expect((await remove(`${TEMPLATES}/container`)).status).toBe(404);
    expect(
      existsSync(path.join(home.store, 'templates', 'my-machine.yml'))
    ).toBe(false);
    const engine = await service.get(`${TARGETS}/container/templates`);
    expect(engine.status).toBe(501);
  });
});
