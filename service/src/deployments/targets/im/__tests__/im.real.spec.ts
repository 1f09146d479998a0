import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { DeepError } from '@jupyterlab-deep/protocol';
import { makeModule } from '../../../../catalogue/__tests__/made';
import { IBeginning, IDeployable, IObserved } from '../../target';
import { ImTarget } from '../imTarget';
import startModel from '../templates/start_model.py';
import { credentials, ImServer, missing } from './imServer';

const withIm = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

const signal = new AbortController().signal;
const image: IDeployable = {
  module: makeModule('ai4eosc', 'plants', { image: 'ai4oshub/plants:latest' })
};
const folder: IDeployable = {
  module: makeModule('mine', 'petals', { runtime: 'onnx' }),
  folder: '/home/ada/models/petals'
};

/** A machine of the Dummy provider; only one in a private network stays configured. */
const machine = (types: string, network: string): string => `
tosca_definitions_version: tosca_simple_yaml_1_0
imports:
  - grycap_custom_types: ${types}
description: One machine
metadata:
  display_name: ${network} machine
topology_template:
  inputs:
    docker_image: { type: string }
    num_cpus: { type: integer, default: 2, constraints: [ { in_range: [ 1, 4 ] } ] }
    mem_size: { type: scalar-unit.size, default: 4 GB }
    address: { type: string, default: 'http://192.0.2.7:5000/' }
    rclone_password: { type: string, required: no, default: '' }
  node_templates:
    machine:
      type: tosca.nodes.indigo.Compute
      capabilities:
        endpoint: { properties: { network_name: ${network} } }
        host:
          properties:
            num_cpus: { get_input: num_cpus }
            mem_size: { get_input: mem_size }
        os: { properties: { type: linux, distribution: ubuntu, version: 22.04 } }
  outputs:
    deepaas_endpoint: { value: { get_input: address } }
    monitor_url: { value: { concat: [ 'http://', get_attribute: [ machine, private_address, 0 ], ':6006/' ] } }
    jupyter_endpoint: { value: { concat: [ 'http://', get_attribute: [ machine, public_address, 0 ], ':8888/' ] } }
    node_creds: { value: { get_attribute: [ machine, endpoint, credential, 0 ] } }
    rclone_password: { value: { get_input: rclone_password } }
`;

withIm(`a real Infrastructure Manager${suffix}`, () => {
  let im: ImServer;
  let files: string;
  let count = 0;

  beforeAll(async () => {
    im = await ImServer.open();
    files = mkdtempSync(path.join(tmpdir(), 'tosca-'));
    for (const network of ['PRIVATE', 'PUBLIC']) {
      const text = machine(im.types('grycap'), network);
      writeFileSync(path.join(files, `${network}.yml`), text);
    }
  });

  afterAll(async () => {
    await im?.close();
    rmSync(files, { recursive: true, force: true });
  });

  const target = (more: Partial<ImTarget.IOptions> = {}): ImTarget =>
    new ImTarget({
      id: 'im:test',
      title: 'Test cloud',
      address: im.address,
      network: { privateHosts: ['127.0.0.1'] },
      authorization: async () => credentials(),
      templateFolders: [files],
      mirrors: im.mirrors,
      ...more
    });

  const beginning = (): IBeginning & { phases: string[]; log: string } => ({
    signal,
    phases: [],
    log: '',
    onPhase(phase) {
      this.phases.push(phase);
    },
    onLog(text) {
      this.log += text;
    }
  });

  const newId = (): string => `deployment${count++}`;

  const begin = (
    options: Record<string, unknown>,
    id = newId(),
    what = image,
    to = target()
  ): Promise<string> => {
    const told = beginning();
    return to.begin(id, what, options, {
      signal,
      onPhase: phase => told.onPhase(phase),
      onLog: text => told.onLog(text)
    });
  };

  /** Asked some times a second: it changes its mind when it is asked while it works. */
  const becomes = async (
    handle: string,
    state: IObserved['state'],
    of = target()
  ): Promise<IObserved> => {
    for (;;) {
      const observed = await of.observe(handle, signal);
      if (observed.state === state) {
        return observed;
      }
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  };

  const failureOf = async (work: Promise<unknown>): Promise<DeepError> =>
    work.then(
      () => {
        throw new Error('It did not fail.');
      },
      (error: DeepError) => error
    );

  it('says that it can be used, and what is used of the cloud', async () => {
    const check = await target().check(signal);
    expect(check).toEqual({
      state: 'reachable',
      said: expect.stringMatching(
        /^The Infrastructure Manager 2\.0\.0 at 127\.0\.0\.1 answered; \d+ infrastructures are yours\.$/
      ),
      used: 'dummy: 1 of 10 cores, 1 of 10 GB of memory, 1 of 10 machines'
    });
  });

  it('plans with the inputs of its templates', async () => {
    const plan = await target().plan(image, signal);
    expect(plan.isPossible).toBe(true);
    expect(plan.cost).toContain('1 of 10 cores');
    expect(plan.options).toMatchObject({
      properties: {
        template: {
          oneOf: expect.arrayContaining([
            { const: 'private', title: 'PRIVATE machine' },
            { const: 'machine', title: 'Virtual machine with Docker' }
          ])
        }
      }
    });
  });

  it('runs a deployment until it is removed', async () => {
    const id = newId();
    const handle = await begin(
      { template: 'private', num_cpus: 3, rclone_password: 'hunter 22: no' },
      id
    );
    const observed = await becomes(handle, 'running');
    expect(observed).toEqual({
      state: 'running',
      phase: '',
      endpoint: 'http://192.0.2.7:5000',
      pages: { monitor: 'http://10.0.0.1:6006' },
      resources: '3 CPUs, 4 GB'
    });
    expect(await target().find(id, signal)).toBe(handle);

    const log = await target().readLog(handle, undefined, signal);
    expect(log.text).not.toBe('');
    const more = await target().readLog(handle, log.next, signal);
    expect(more).toEqual({ text: '', next: log.next });

    await target().remove(handle, signal);
    const { state, reason } = await target().observe(handle, signal);
    expect([state, reason]).toEqual([
      'gone',
      expect.stringContaining('it was removed, or it belongs to other')
    ]);
    expect(await target().find(id, signal)).toBeUndefined();
    // Nothing happens where there is nothing.
    await target().remove(handle, signal);
  });

  it('keeps values as they were given, whatever YAML makes of them', async () => {
    const value = 'no: "1.10" # \'yes\'\n\\n & *x {{ y }}';
    const handle = await begin({
      template: 'private',
      rclone_password: value,
      address: 'https://example.org/a?b=1#c'
    });
    const outputs = JSON.parse(
      await im.ask(`infrastructures/${handle}/outputs`)
    );
    expect(outputs.outputs.rclone_password).toBe(value);
    const observed = await becomes(handle, 'running');
    expect(observed.endpoint).toBe('https://example.org/a?b=1#c');
    await target().stop(handle, signal);
  });

  it('says why the configuration failed, and that an address with None is none', async () => {
    const handle = await begin({
      template: 'public',
      address: 'http://None:5000/'
    });
    const observed = await becomes(handle, 'ended');
    expect(observed.endpoint).toBeUndefined();
    expect(observed.reason).toMatch(
      /^The machines run, but their configuration failed\. Its machines \(1\) are still there: remove them.*\nContextualization disabled[^]*Error waiting all the VMs to have all the requested IPs$/
    );
    // One that looks at once what became of its order.
    const stopping = target();
    await stopping.stop(handle, signal);
    await becomes(handle, 'gone', stopping);
  });

  it('shows the log as it grows, without passwords', async () => {
    const handle = await begin({
      template: 'public',
      // The log of this provider says it by itself.
      rclone_password: 'requested'
    });
    await becomes(handle, 'ended');
    let text = '';
    for (let next: string | undefined = undefined; ;) {
      const part = await target().readLog(handle, next, signal);
      if (part.text === '') {
        break;
      }
      text += part.text;
      next = part.next;
    }
    expect(text).toContain('have all the •••••• IPs');
    const { reason } = await target().observe(handle, signal);
    expect(reason).toContain('have all the •••••• IPs');
    await target().stop(handle, signal);
  });

  it('begins nothing twice, and finds what it began before a crash of the Infrastructure Manager', async () => {
    const id = newId();
    const handle = await begin({ template: 'private' }, id);
    expect(await begin({ template: 'private' }, id)).toBe(handle);
    await becomes(handle, 'running');
    await im.kill();

    const away = await failureOf(target().observe(handle, signal));
    expect([away.key, away.detail]).toEqual([
      'target-unreachable',
      'The Infrastructure Manager could not be asked to say the state of the infrastructure: 127.0.0.1 refused the connection.'
    ]);
    expect((await failureOf(target().find(id, signal))).key).toBe(
      'target-unreachable'
    );
    expect(await target().check(signal)).toMatchObject({
      state: 'unreachable',
      said: expect.stringContaining('refused the connection')
    });

    await im.start();
    expect(await target().find(id, signal)).toBe(handle);
    expect(await begin({ template: 'private' }, id)).toBe(handle);
    expect((await becomes(handle, 'running')).endpoint).toBe(
      'http://192.0.2.7:5000'
    );
    await target().stop(handle, signal);
  });

  it('says that somebody stopped the machines elsewhere', async () => {
    const handle = await begin({ template: 'private' });
    await becomes(handle, 'running');
    await im.ask(`infrastructures/${handle}/stop`, 'PUT');
    const stopped = await becomes(handle, 'stopped');
    expect(stopped.phase).toBe('Somebody stopped the machines.');
    await target().stop(handle, signal);
  });

  it('refuses in its words what it cannot read', async () => {
    writeFileSync(
      path.join(files, 'bad.yml'),
      machine(im.types('grycap'), 'PRIVATE').replace(
        'capabilities:',
        'requirements: [ { host: nowhere } ]\n      capabilities:'
      )
    );
    const error = await failureOf(begin({ template: 'bad' }));
    expect([error.key, error.detail]).toEqual([
      'target-refused',
      `The Infrastructure Manager at 127.0.0.1 did not make the infrastructure. It says: 'Node template "nowhere" was not found in "machine".'`
    ]);
    rmSync(path.join(files, 'bad.yml'));
  });

  it('says which script of a template could not be fetched there', async () => {
    const error = await failureOf(
      begin({ template: 'machine' }, newId(), image, target())
    );
    expect(error.key).toBe('target-refused');
    expect(error.detail).toContain(
      'Error downloading the implementation script'
    );
  });

  it('tells wrong credentials from none, and both from silence', async () => {
    const handle = await begin({ template: 'private' });
    const other = target({
      authorization: async () => credentials('another', 'eve')
    });
    const notYours = await failureOf(other.observe(handle, signal));
    expect([notYours.key, notYours.detail]).toEqual([
      'target-refused',
      expect.stringContaining('it belongs to other credentials')
    ]);
    expect(await other.find('deployment0', signal)).toBeUndefined();
    const none = target({
      authorization: async () => 'id = dummy; type = Dummy'
    });
    expect(await none.check(signal)).toMatchObject({
      state: 'needs-account',
      said: expect.stringContaining('does not take these credentials')
    });
    const cloudless = target({
      authorization: async () => credentials().split('\\n')[0]
    });
    expect(await cloudless.check(signal)).toMatchObject({
      state: 'needs-account',
      said: expect.stringContaining('no credentials of a cloud')
    });
    await target().stop(handle, signal);
  });

  it('asks for another sign-in when its users are known and this is none', async () => {
    const users = path.join(files, 'users.json');
    writeFileSync(
      users,
      JSON.stringify({ users: [{ username: 'ada', password: 'not a secret' }] })
    );
    await im.kill();
    im.users = users;
    await im.start();
    try {
      expect((await target().check(signal)).state).toBe('reachable');
      const wrong = target({ authorization: async () => credentials('wrong') });
      expect(await wrong.check(signal)).toMatchObject({
        state: 'needs-account',
        hint: 'Sign in again, or correct the credentials of this target.'
      });
    } finally {
      await im.kill();
      im.users = '';
      await im.start();
    }
  });

  it('needs a link for a model folder of this machine, and serves it by a command of separate arguments', async () => {
    const without = await target().plan(folder, signal);
    expect([without.isPossible, without.reason]).toEqual([
      false,
      expect.stringContaining('it needs a public link to a ZIP file')
    ]);
    const wheelUrl = 'https://example.org/jupyterlab_deep-0.1.0-py3.whl';
    const to = target({ wheelUrl });
    const plan = await to.plan(folder, signal);
    expect(plan.options).toMatchObject({
      required: ['model_url', 'model_sha256', 'wheel_url'],
      properties: { wheel_url: { default: wheelUrl } }
    });
    const evil = 'https://example.org/a"; rm -rf / #.zip';
    const handle = await begin(
      { wheel_url: wheelUrl, model_url: evil, model_sha256: 'AB'.repeat(32) },
      newId(),
      folder,
      to
    );
    const tosca = parse(
      JSON.parse(await im.ask(`infrastructures/${handle}/tosca`)).tosca
    );
    const { start_command: command } = tosca.topology_template.inputs;
    expect(command.default).toEqual([
      'python3',
      '-c',
      startModel,
      '5000',
      'petals',
      wheelUrl,
      evil,
      'ab'.repeat(32)
    ]);
    const { radl } = JSON.parse(await im.ask(`infrastructures/${handle}/radl`));
    expect(radl).toMatch(/command = \['python3',\s*'-c',/);
    await to.stop(handle, signal);
  });

  it('makes a container of the image in the metadata', async () => {
    const handle = await begin({ template: 'container', num_gpus: 1 });
    const { radl } = JSON.parse(await im.ask(`infrastructures/${handle}/radl`));
    expect(radl).toContain('docker://ai4oshub/plants:latest');
    expect(radl).toContain('gpu.count = 1');
    await target().stop(handle, signal);
  });

  it('ends a removal that nobody waits for any longer', async () => {
    const handle = await begin({ template: 'private' });
    const controller = new AbortController();
    const removal = target().remove(handle, controller.signal);
    controller.abort(new Error('nobody waits'));
    await expect(removal).rejects.toThrow();
    await target().remove(handle, signal);
    expect((await target().observe(handle, signal)).state).toBe('gone');
  });
});
