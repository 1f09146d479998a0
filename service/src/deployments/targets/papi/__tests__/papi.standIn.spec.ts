import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { DeepError } from '@jupyterlab-deep/protocol';
import { makeModule } from '../../../../catalogue/__tests__/made';
import { IPapi } from '../../../../../../stand-in/papi/server.ts';
import { IDeployable } from '../../target';
import { PapiTarget } from '../papiTarget';
import { addUser, missing, startStandIn } from './papiStandIn';

const withPapi = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

const VO = 'vo.ai4eosc.eu';
const ID = 'ab12cd34ef';
const signal = new AbortController().signal;
const plants: IDeployable = {
  module: makeModule('ai4eosc', 'plants', {
    title: 'Plants of Europe and of everywhere else where plants grow',
    image: 'ai4oshub/plants'
  })
};
const tool: IDeployable = {
  module: makeModule('ai4eosc', 'ai4os-federated-server', {
    capabilities: ['tool'],
    image: 'ai4oshub/ai4os-federated-server'
  })
};

withPapi(`a stand-in for the platform of AI4EOSC${suffix}`, () => {
  let papi: IPapi;
  let token: string;
  let told: { phases: string[]; log: string };

  beforeEach(async () => {
    papi = await startStandIn();
    token = addUser(papi, 'ada', {
      [VO]: 'ap-u',
      tutorials: 'ap-d',
      'vo.ai4life.eu': 'ap-b'
    });
    told = { phases: [], log: '' };
  });
  afterEach(() => papi.close());

  const target = (more: Partial<PapiTarget.IOptions> = {}): PapiTarget =>
    new PapiTarget({
      id: 'papi',
      title: 'AI4EOSC',
      address: papi.url,
      network: {},
      allowPrivate: true,
      token: async () => token,
      ...more
    });

  const begin = (
    options: Record<string, unknown> = { vo: VO },
    what = plants,
    of = target(),
    id = ID
  ): Promise<string> =>
    of.begin(id, what, options, {
      signal,
      onPhase: phase => told.phases.push(phase),
      onLog: text => {
        told.log += text;
      }
    });

  const failureOf = async (work: Promise<unknown>): Promise<DeepError> =>
    work.then(
      () => {
        throw new Error('It did not fail.');
      },
      (error: DeepError) => error
    );

  const only = () => {
    const [job, ...others] = papi.jobs.all;
    expect(others).toEqual([]);
    return job;
  };

  const compiled = (schema: unknown) => {
    const ajv = new Ajv({ strict: true, strictRequired: false });
    addFormats(ajv);
    return ajv.compile(schema as object);
  };

  afterEach(() => {
    // Whatever a test was about: the document has a word on every request that was carried out.
    expect(
      papi.requests.filter(({ status }) => status === 404 || status === 422)
    ).toEqual([]);
  });

  describe('the form', () => {
    it('asks for the organisation first, and then for what the platform offers there', async () => {
      const plan = await target().plan(plants, signal);
      expect(plan).toMatchObject({
        isPossible: true,
        cost: 'The platform asks for no money. In use: 0 deployments of yours with 0 of 2 GPUs; 9 of 12 GPUs and 40 of 100 CPUs of the platform.',
        warnings: [
          'Your level of access in vo.ai4life.eu (ap-b) allows no deployments there.',
          'The author asks for more memory than there is & a GPU.'
        ]
      });
      const check = compiled(plan.options);
      const general = { title: 'mine', service: 'deepaas' };
      const allowed = (vo: string, hardware: object): boolean =>
        check({ vo, general, hardware });
      expect(allowed(VO, { cpu_num: 10, gpu_num: 1 })).toBe(true);
      expect(allowed(VO, { cpu_num: 11 })).toBe(false);
      expect(allowed(VO, { cpu_num: 1.5 })).toBe(false);
      expect(allowed('tutorials', { cpu_num: 4 })).toBe(true);
      expect(allowed('tutorials', { cpu_num: 10 })).toBe(false);
      expect(allowed('tutorials', { gpu_num: 1 })).toBe(false);
      expect(allowed('try-me', {})).toBe(true);
      expect(allowed('vo.ai4life.eu', {})).toBe(false);
      expect(check({ general })).toBe(false);
    });

    it('wants a password of nine characters for JupyterLab, and none for DEEPaaS', async () => {
      const { options } = await target({ vos: [VO] }).plan(plants, signal);
      const check = compiled(options);
      const allowed = (general: object): boolean => check({ vo: VO, general });
      expect(allowed({ service: 'deepaas' })).toBe(true);
      expect(allowed({ service: 'jupyter' })).toBe(false);
      expect(
        allowed({ service: 'jupyter', jupyter_password: '12345678' })
      ).toBe(false);
      expect(
        allowed({ service: 'jupyter', jupyter_password: '123456789' })
      ).toBe(true);
      expect(allowed({ service: 'emacs' })).toBe(false);
    });

    it('has words instead of HTML, and titles that leave room for ours', async () => {
      const { options } = await target({ vos: [VO] }).plan(plants, signal);
      const text = JSON.stringify(options);
      expect(text).not.toMatch(/<[a-z]/);
      expect(text).toContain('cannot run together; see how.');
      expect(text).toContain('"maxLength":32');
    });

    it('of a tool has its own groups, ranges without end and lists', async () => {
      const { options, isPossible } = await target({ vos: [VO] }).plan(
        tool,
        signal
      );
      expect(isPossible).toBe(true);
      const check = compiled(options);
      const allowed = (flower: object): boolean => check({ vo: VO, flower });
      expect(allowed({ rounds: 1e6, metric: ['mse'], dp: true, mu: 0.5 })).toBe(
        true
      );
      for (const wrong of [{ rounds: 0 }, { metric: ['x'] }, { dp: 1 }]) {
        expect([wrong, allowed(wrong)]).toEqual([wrong, false]);
      }
      const handle = await begin(
        { vo: VO, flower: { rounds: 3, dp: true } },
        tool
      );
      expect(handle).toMatch(/^tool\/vo\.ai4eosc\.eu\//);
      expect(only().configuration.flower).toMatchObject({
        rounds: 3,
        dp: true,
        mu: 1
      });
    });

    it('is none for what the platform does not have', async () => {
      const unknown = makeModule('mine', 'unknown', { image: 'a/b' });
      const plan = await target().plan({ module: unknown }, signal);
      expect([plan.isPossible, plan.reason]).toEqual([
        false,
        expect.stringContaining('has no module unknown in its catalogue')
      ]);
      const here = makeModule('mine', 'petals', { runtime: 'onnx' });
      const local = await target().plan(
        { module: here, folder: '/home/ada/petals' },
        signal
      );
      expect(local.reason).toContain('lies on this machine');
    });

    it('offers somebody without an organisation to try a module', async () => {
      token = addUser(papi, 'eve', { [VO]: 'ap-a' });
      const plan = await target().plan(plants, signal);
      expect(plan.isPossible).toBe(true);
      const check = compiled(plan.options);
      expect(check({ vo: 'try-me' })).toBe(true);
      expect(check({ vo: VO })).toBe(false);
    });
  });

  describe('a deployment', () => {
    it('is ready when it answers, not when the scheduler says that it runs', async () => {
      papi.apiOf = () => 'http://127.0.0.1:5005';
      const handle = await begin({
        vo: VO,
        general: { title: 'My plants' },
        hardware: { cpu_num: 2, gpu_num: 1 }
      });
      const job = only();
      const of = target();
      expect(await of.observe(handle, signal)).toEqual({
        state: 'waiting',
        phase: 'It waits in the queue of the platform.',
        resources: '2 CPUs, 1 GPUs, 8000 MB of memory'
      });
      job.status = 'starting';
      expect((await of.observe(handle, signal)).state).toBe('waiting');
      job.status = 'running';
      expect(await of.observe(handle, signal)).toMatchObject({
        state: 'waiting',
        phase: 'Its container runs; what it is for does not answer yet.'
      });
      job.active = ['api', 'monitor'];
      expect(await of.observe(handle, signal)).toEqual({
        state: 'running',
        phase: '',
        endpoint: 'http://127.0.0.1:5005',
        pages: { monitor: `https://monitor-${job.id}.example.org` },
        resources: '2 CPUs, 1 GPUs, 8000 MB of memory, in ifca-ai4eosc'
      });
      // Even when the scheduler is behind.
      job.status = 'starting';
      expect((await of.observe(handle, signal)).state).toBe('running');
    });

    it('waits while the platform has lost its machine', async () => {
      const handle = await begin();
      const job = only();
      job.status = 'down';
      job.errorMessage = 'There seem to be network issues in the cluster.';
      expect(await target().observe(handle, signal)).toMatchObject({
        state: 'waiting',
        phase:
          'The platform lost the connection to the machine that runs it. It says: There seem to be network issues in the cluster.'
      });
    });

    it('with JupyterLab says how the module is started there', async () => {
      const handle = await begin({
        vo: VO,
        general: { service: 'jupyter', jupyter_password: 'nine characters' }
      });
      const job = only();
      job.status = 'running';
      job.active = ['monitor'];
      expect((await target().observe(handle, signal)).state).toBe('waiting');
      job.active = ['ide'];
      const observed = await target().observe(handle, signal);
      expect(observed).toMatchObject({
        state: 'running',
        phase: expect.stringContaining('deep-start --deepaas'),
        pages: { ide: `https://ide-${job.id}.example.org` }
      });
      // Who waits for an API would end it.
      expect(observed.endpoint).toBeUndefined();
      job.active = ['ide', 'api'];
      expect(await target().observe(handle, signal)).toMatchObject({
        phase: '',
        endpoint: `https://api-${job.id}.example.org`
      });
    });

    it.each([
      ['failed', 'It failed. It says: exit code 1'],
      [
        'error',
        'The platform could not place it on any machine. It says: exit code 1'
      ],
      ['complete', 'It ended. It says: exit code 1'],
      ['dead', 'It was ended at the platform. It says: exit code 1']
    ] as const)('that is %s says why', async (status, reason) => {
      const handle = await begin();
      Object.assign(only(), { status, errorMessage: 'exit code 1' });
      expect(await target().observe(handle, signal)).toMatchObject({
        state: 'ended',
        reason
      });
    });

    it('is found by its title, which the platform cuts, and begun once', async () => {
      const handle = await begin();
      expect(only().configuration.general.title).toBe(
        `Plants of Europe and of everywhe [${ID}]`
      );
      expect(await target().find(ID, signal)).toBe(handle);
      expect(await target().find('another000', signal)).toBeUndefined();
      expect(await begin()).toBe(handle);
      only();
    });

    it('has a title without what its scheduler would take for more than a text', async () => {
      const title = 'a"\n} ${b} %{c} \\ d';
      await begin({ vo: VO, general: { title } });
      expect(only().configuration.general.title).toBe(`a b c d [${ID}]`);
    });

    it('is found when the answer to its order was lost', async () => {
      papi.switches.cutAnswers = true;
      const handle = await begin();
      expect(handle).toBe(`module/${VO}/${only().id}`);
    });

    it('that runs is ended by two orders, and stays away', async () => {
      const handle = await begin();
      const job = only();
      job.status = 'running';
      await target().stop(handle, signal);
      expect([job.deletes, papi.jobs.all]).toEqual([2, []]);
      expect(await target().observe(handle, signal)).toMatchObject({
        state: 'gone'
      });
      await target().remove(handle, signal);
    });

    it.each(['queued', 'failed', 'error', 'down'] as const)(
      'that is %s is purged',
      async status => {
        const handle = await begin();
        only().status = status;
        await target().remove(handle, signal);
        expect(papi.jobs.all).toEqual([]);
      }
    );

    it('has no log, which is said once', async () => {
      const handle = await begin();
      const log = await target().readLog(handle, undefined);
      expect(log.text).toContain('gives no logs');
      expect((await target().readLog(handle, log.next)).text).toBe('');
      expect(told.log).toContain(only().id);
    });

    it('for trying is a page without organisation, three at most', async () => {
      const handles = await Promise.all(
        ['t0', 't1', 't2'].map(id =>
          begin({ vo: 'try-me' }, plants, target(), id)
        )
      );
      expect(await target().find('t1', signal)).toBe(handles[1]);
      const job = papi.jobs.get(handles[1].split('/')[2])!;
      job.status = 'running';
      job.active = ['ui'];
      expect(await target().observe(handles[1], signal)).toMatchObject({
        state: 'running',
        pages: { ui: `https://ui-${job.id}.example.org` }
      });
      const error = await failureOf(
        begin({ vo: 'try-me' }, plants, target(), 't3')
      );
      expect([error.key, error.detail]).toEqual([
        'target-refused',
        expect.stringContaining('currently running 3 `try-me` environments')
      ]);
      await target().remove(handles[0], signal);
      papi.switches.tryMeFull = true;
      const full = await failureOf(
        begin({ vo: 'try-me' }, plants, target(), 't3')
      );
      expect(full.detail).toContain('no resources available right now');
    });
  });

  describe('a storage', () => {
    const cloud = { id: 'cloud', title: 'share.example.org · Ada' };
    const storages = {
      list: () => [
        { ...cloud, isAllowed: true },
        { id: 'other', title: 'other.example.org · Ada', isAllowed: false }
      ],
      open: async (id: string) => ({
        url: `https://share.example.org/remote.php/dav/files/${id}`,
        user: 'ada',
        password: 'Ab1cD-eF2gH-iJ3kL'
      })
    };

    it('is given only to those that ask for it', async () => {
      const of = target({ storages });
      const { options, says } = await of.plan(plants, signal);
      expect(JSON.stringify(options)).not.toContain('rclone_password');
      expect(says.join(' ')).toContain(
        'other.example.org · Ada can be given to it once you allow that'
      );
      const check = compiled(options);
      const allowed = (use_storage: string): boolean =>
        check({ vo: VO, use_storage });
      expect(['', 'cloud', 'other'].map(allowed)).toEqual([true, true, false]);
      await begin({ vo: VO, use_storage: '' }, plants, of, 'without');
      expect(only().configuration.storage.rclone_password).toBe('');
      const sent = papi.requests.find(({ method }) => method === 'POST');
      expect(sent?.body).not.toHaveProperty('storage');
      papi.jobs.clear();
      const datasets = [{ doi: '10.5281/zenodo.1', force_pull: false }];
      const dois = { datasets: ['10.5281/zenodo.1'] };
      const { options: form } = await target().plan(plants, signal);
      // Nothing but fields for people, so that no password is typed in the open.
      expect(compiled(form)({ vo: VO, storage: dois })).toBe(true);
      await begin(
        { vo: VO, use_storage: 'cloud', storage: dois },
        plants,
        of,
        'with'
      );
      expect(only().configuration.storage).toEqual({
        rclone_conf: '/srv/.rclone/rclone.conf',
        rclone_url: 'https://share.example.org/remote.php/dav/files/cloud',
        rclone_vendor: 'nextcloud',
        rclone_user: 'ada',
        rclone_password: 'Ab1cD-eF2gH-iJ3kL',
        datasets
      });
    });

    it.each(['a b', '$(id)', "it's", 'a;b', '-f', '`id`', 'a|b', 'a\nb'])(
      'keeps the password %p, which a shell would carry out',
      async password => {
        const error = await failureOf(
          begin(
            {
              vo: VO,
              storage: {
                rclone_url: 'https://share.example.org',
                rclone_user: 'ada',
                rclone_password: password
              }
            },
            plants
          )
        );
        expect(error.key).toBe('invalid-arguments');
        expect(error.fields).toHaveProperty(['storage.rclone_password']);
        expect(JSON.stringify(papi.requests)).not.toContain(
          JSON.stringify(password)
        );
        expect(papi.jobs.all).toEqual([]);
      }
    );

    it('is whole or not at all, and data sets need one', async () => {
      const half = await failureOf(
        begin({ vo: VO, storage: { rclone_user: 'ada' } })
      );
      expect(half.detail).toContain('rclone_url is missing');
      const datasets = [{ doi: '10.5281/zenodo.1' }];
      const none = await failureOf(begin({ vo: VO, storage: { datasets } }));
      expect(none.detail).toContain('Data sets are fetched into a storage');
    });
  });

  describe('a refusal', () => {
    it('with HTTP 200 is one, in its own words', async () => {
      papi.switches.schedulerSays = 'No nodes were eligible for evaluation';
      const error = await failureOf(begin());
      expect([error.key, error.detail]).toEqual([
        'target-refused',
        'The platform at 127.0.0.1 did not begin the deployment. It says: No nodes were eligible for evaluation'
      ]);
    });

    it('of values that are out of range has the sentence of the platform', async () => {
      const error = await failureOf(
        begin({ vo: VO, hardware: { cpu_num: 11 } })
      );
      expect(error.detail).toContain(
        'It says: The parameter cpu_num should smaller or equal to 10.'
      );
      expect(
        (await failureOf(begin({ vo: VO, nonsense: {} }))).detail
      ).toContain('The key `nonsense` in not a valid parameter.');
    });

    it('of a third GPU says so', async () => {
      const hardware = { gpu_num: 1 };
      await begin({ vo: VO, hardware }, plants, target(), 'one');
      await begin({ vo: VO, hardware }, plants, target(), 'two');
      expect(await target().check(signal)).toMatchObject({
        used: expect.stringContaining('2 deployments of yours with 2 of 2 GPUs')
      });
      const error = await failureOf(
        begin({ vo: VO, hardware }, plants, target(), 'three')
      );
      expect(error.detail).toContain('You already have at least 2 GPUs');
    });

    it('of a sign-in that has ended asks for another', async () => {
      const handle = await begin();
      papi.users.clear();
      const error = await failureOf(target().observe(handle, signal));
      expect([error.key, error.hint]).toEqual([
        'account-needed',
        expect.stringContaining('Sign in again')
      ]);
      expect(await target().check(signal)).toMatchObject({
        state: 'needs-account'
      });
    });

    it('of a level that is too low has the same status, and both meanings', async () => {
      const error = await failureOf(begin({ vo: 'vo.ai4life.eu' }));
      expect([error.key, error.detail, error.hint]).toEqual([
        'account-needed',
        expect.stringContaining('(ap-b) is not high enough'),
        expect.stringContaining('your level of access')
      ]);
    });

    it('from inside names what it may be', async () => {
      const error = await failureOf(begin({ vo: 'vo.imagine-ai.eu' }));
      expect([error.key, error.hint]).toEqual([
        'target-refused',
        expect.stringContaining('no role in the virtual organisation')
      ]);
      papi.switches.secretStoreDown = true;
      const other = await failureOf(begin());
      expect(other.hint).toContain('its store of secrets is down');
    });

    it('is none while nobody answers', async () => {
      const handle = await begin();
      const of = target();
      await papi.close();
      const error = await failureOf(of.observe(handle, signal));
      expect(error.key).toBe('target-unreachable');
      expect(await of.check(signal)).toMatchObject({ state: 'unreachable' });
    });

    it('of nobody in time is silence', async () => {
      const handle = await begin();
      const late = AbortSignal.timeout(0);
      await new Promise(resolve => late.addEventListener('abort', resolve));
      const error = await failureOf(target().observe(handle, late));
      expect([error.key, error.detail]).toEqual([
        'target-unreachable',
        expect.stringContaining('did not answer in time')
      ]);
    });

    it('of the account is passed on as it is', async () => {
      const of = target({
        token: async () => {
          throw new DeepError('account-needed', 'Nobody has signed in.');
        }
      });
      expect(await of.check(signal)).toEqual({
        state: 'needs-account',
        said: 'Nobody has signed in.'
      });
      expect((await failureOf(of.plan(plants, signal))).key).toBe(
        'account-needed'
      );
    });
  });

  it('is asked with a token that is asked for anew each time, and told to nobody', async () => {
    let asked = 0;
    const of = target({
      token: async () => {
        asked++;
        return token;
      }
    });
    const handle = await begin({ vo: VO }, plants, of);
    const before = asked;
    await of.observe(handle, signal);
    expect(asked).toBe(before + 1);
    papi.users.clear();
    const error = await failureOf(of.observe(handle, signal));
    expect(JSON.stringify(error.toProblem())).not.toContain(token);
    expect(told.log + told.phases.join('')).not.toContain(token);
  });

  it('belongs to its users: what is another’s is not known', async () => {
    const handle = await begin();
    token = addUser(papi, 'grace', { [VO]: 'ap-u' });
    expect((await target().observe(handle, signal)).state).toBe('gone');
    expect(await target().find(ID, signal)).toBeUndefined();
  });
});
