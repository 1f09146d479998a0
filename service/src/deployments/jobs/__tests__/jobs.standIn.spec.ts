import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DeepError, JobRequest, Run } from '@jupyterlab-deep/protocol';
import { IPapi } from '../../../../../stand-in/papi/server.ts';
import { TestHome, until } from '../../../__tests__/home';
import type { Catalogue } from '../../../catalogue/catalogue';
import { makeModule } from '../../../catalogue/__tests__/made';
import { EventStream } from '../../../http/events';
import { RunsHere } from '../../../runs/__tests__/runsHere';
import { logFileOf } from '../../../runs/runLog';
import { Unfinished } from '../../../runs/unfinished';
import { SecretBox } from '../../../store/secretBox';
import {
  addUser,
  missing,
  startStandIn
} from '../../targets/papi/__tests__/papiStandIn';
import { PapiTarget } from '../../targets/papi/papiTarget';
import { Targets } from '../../targets/targets';
import { Jobs } from '../jobs';

jest.setTimeout(60_000);

const withPapi = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

const VO = 'vo.ai4eosc.eu';
const PASSWORD = 'Ab1cD-eF2gH-iJ3kL';
const PLANTS = makeModule('ai4eosc', 'plants', {
  title: 'Plants',
  image: 'ai4oshub/plants'
});

withPapi(
  `a batch job at a stand-in for the platform of AI4EOSC${suffix}`,
  () => {
    let papi: IPapi;
    let token: string;
    let home: TestHome;
    let here: RunsHere;
    let jobs: Jobs;
    let address: string;

    const catalogue = {
      getUsable: async () => ({ module: PLANTS })
    } as unknown as Catalogue;

    async function open(): Promise<void> {
      here = await RunsHere.open(home);
      const { journal, store } = here;
      const leftovers = journal.takeLeftovers();
      const targets = new Targets({ events: new EventStream(), disabled: [] });
      targets.add(
        new PapiTarget({
          id: 'papi',
          title: 'AI4EOSC',
          address,
          network: {},
          allowPrivate: true,
          token: async () => token
        })
      );
      jobs = new Jobs({
        catalogue,
        journal,
        secrets: new SecretBox(home.store, {}),
        store,
        targets,
        unfinished: new Unfinished(home.store, { warn: () => undefined }),
        looksMs: [0, 10, 10]
      });
      jobs.takeUp(leftovers);
    }

    async function leave(): Promise<void> {
      await jobs.close();
      here.store.close();
    }

    beforeEach(async () => {
      papi = await startStandIn();
      address = papi.url;
      token = addUser(papi, 'ada', { [VO]: 'ap-u' });
      home = new TestHome();
      await open();
    });

    afterEach(async () => {
      await leave();
      await papi.close();
      home.remove();
      // Whatever a test was about: the document has a word on every request.
      expect(
        papi.requests.filter(({ status }) => status === 404 || status === 422)
      ).toEqual([]);
    });

    const request = (more: Partial<JobRequest> = {}): JobRequest => ({
      module: PLANTS.id,
      script: '#!/bin/bash\r\npython train.py --epochs 3\r\n',
      options: {
        vo: VO,
        hardware: { cpu_num: 2 },
        storage: {
          rclone_url: 'https://share.example.org/remote.php/dav/files/ada',
          rclone_user: 'ada',
          rclone_password: PASSWORD
        }
      },
      requestId: 'request-0001',
      ...more
    });

    const begin = (more?: Partial<JobRequest>): Promise<Run> =>
      jobs.begin('papi', request(more));

    const untilRun = (id: string, isIt: (run: Run) => boolean): Promise<Run> =>
      until(async () => {
        const run = here.journal.get(id);
        return isIt(run) ? run : undefined;
      });

    const reaches = (id: string, state: Run['state']): Promise<Run> =>
      untilRun(id, run => run.state === state);

    const theJob = () =>
      until(async () => {
        const [job, ...others] = papi.jobs.all;
        expect(others).toEqual([]);
        return job;
      });

    const logOf = (id: string): string =>
      readFileSync(logFileOf(here.store, id), 'utf8');

    const orders = (): number =>
      papi.requests.filter(({ method }) => method === 'POST').length;

    it('asks for a storage and not for a service, and is no choice for a target without jobs', async () => {
      const plan = await jobs.plan('papi', PLANTS.id);
      const text = JSON.stringify(plan.options);
      expect(plan.isPossible).toBe(true);
      expect(text).toContain('rclone_password');
      expect(text).not.toContain('Service to run');
      expect(text).not.toContain('try-me');
      expect(text).toContain('"maxLength":26');
      expect(plan.says.join(' ')).toContain('/storage');
    });

    it('is a run from its order to the end that the platform says', async () => {
      const { id, title, state } = await begin();
      expect([title, state]).toEqual([
        'Plants: python train.py --epochs 3',
        'running'
      ]);
      const job = await theJob();
      expect(job).toMatchObject({
        kind: 'batch',
        script: '#!/bin/bash\npython train.py --epochs 3\n',
        configuration: {
          general: { title: `Plants [${id}]` },
          storage: { rclone_password: PASSWORD }
        }
      });
      await untilRun(id, run => /waits in the queue/.test(run.phase));
      job.status = 'running';
      const running = await untilRun(id, run => /It runs/.test(run.phase));
      expect(running).toMatchObject({
        state: 'running',
        kind: 'job',
        module: 'ai4eosc/plants',
        job: {
          target: 'papi',
          job: job.id,
          resources: '2 CPUs, 8000 MB of memory, in ifca-ai4eosc'
        }
      });
      job.status = 'complete';
      await reaches(id, 'succeeded');
      const log = logOf(id);
      expect(log).toMatch(/waits in the queue[^]*It runs[^]*It is done/);
      expect(log + JSON.stringify(here.journal.get(id))).not.toContain(
        PASSWORD
      );
      const kept = path.join(here.store.folderOf('runs', id), 'job.json');
      // Not even sealed, once it is not needed any more.
      expect(JSON.parse(readFileSync(kept, 'utf8'))).not.toHaveProperty(
        'sealed'
      );
      await jobs.remove(id);
      expect(here.journal.has(id)).toBe(false);
    });

    it('is begun once, however often it is asked for', async () => {
      const [one, two] = await Promise.all([begin(), begin()]);
      expect(two.id).toBe(one.id);
      await theJob();
      await begin();
      expect(orders()).toBe(1);
      await expect(begin({ script: 'another' })).rejects.toMatchObject({
        key: 'conflict'
      });
    });

    it('fails with the words of the platform, also where the status was 200', async () => {
      papi.switches.schedulerSays = 'No nodes were eligible for evaluation';
      const { id } = await begin();
      expect((await reaches(id, 'failed')).error).toMatchObject({
        detail: expect.stringContaining('No nodes were eligible')
      });
      papi.switches.schedulerSays = undefined;
      const second = await begin({ requestId: 'request-0002' });
      const job = await theJob();
      Object.assign(job, { status: 'failed', errorMessage: 'exit code 137' });
      expect((await reaches(second.id, 'failed')).error).toMatchObject({
        detail: 'It failed. It says: exit code 137'
      });
    });

    it('is refused before anything is written down, field by field', async () => {
      const { options } = request();
      for (const wrong of [
        { ...options, hardware: { cpu_num: 99 } },
        { ...options, vo: 'another' },
        { ...options, storage: { rclone_user: 'ada' } },
        { vo: VO }
      ]) {
        await expect(begin({ options: wrong })).rejects.toMatchObject({
          key: 'invalid-arguments'
        });
      }
      expect(here.journal.list()).toEqual([]);
      expect(orders()).toBe(0);
    });

    it('goes on while nobody watches, and is taken up by the next service', async () => {
      const { id } = await begin();
      const job = await theJob();
      await untilRun(id, run => run.job?.job === job.id);
      await leave();
      job.status = 'complete';
      await open();
      await reaches(id, 'succeeded');
      expect(orders()).toBe(1);
    });

    it('is found by its mark when the answer to its order was lost with the service', async () => {
      // The order arrives; nobody here hears of it.
      papi.switches.goesAway = true;
      const { id } = await begin();
      const job = await theJob();
      await leave();
      Object.assign(papi.switches, { goesAway: false, isAway: false });
      await open();
      await untilRun(id, run => run.job?.job === job.id);
      job.status = 'complete';
      await reaches(id, 'succeeded');
      expect(orders()).toBe(1);
    });

    it('is not ordered again when nobody knows whether the order arrived', async () => {
      papi.switches.losesOrders = true;
      const { id } = await begin();
      const { error } = await reaches(id, 'interrupted');
      expect(error?.detail).toContain('Nothing was ordered twice');
      expect(papi.jobs.all).toEqual([]);
      expect(orders()).toBe(1);
    });

    it('is cancelled when the platform has taken the order, even one that was given before it began', async () => {
      const { id } = await begin();
      const job = await theJob();
      job.status = 'running';
      await untilRun(id, run => run.job?.resources !== undefined);
      const cancelling = await jobs.cancel(id);
      expect([cancelling.state, cancelling.phase]).toEqual([
        'running',
        'Ending it at AI4EOSC'
      ]);
      await reaches(id, 'cancelled');
      expect(papi.jobs.all).toEqual([]);
      await expect(jobs.cancel(id)).rejects.toMatchObject({ key: 'conflict' });
    });

    it('that has ended before its end was ordered says how it ended', async () => {
      const { id } = await begin();
      const job = await theJob();
      await untilRun(id, run => run.job?.job !== undefined);
      job.status = 'complete';
      await jobs.cancel(id).catch((error: DeepError) => error);
      await reaches(id, 'succeeded');
    });

    it('that vanished, or was ended by somebody else, is no success', async () => {
      const { id } = await begin();
      const job = await theJob();
      job.status = 'running';
      await untilRun(id, run => run.job?.resources !== undefined);
      job.status = 'dead';
      expect((await reaches(id, 'interrupted')).error?.detail).toBe(
        'It was ended at the platform.'
      );
    });

    it('waits while nobody may ask for it, and goes on with the next sign-in', async () => {
      const { id } = await begin();
      const job = await theJob();
      await untilRun(id, run => run.job?.job !== undefined);
      papi.users.clear();
      await untilRun(id, run => /Sign in again/.test(run.phase));
      token = addUser(papi, 'ada', { [VO]: 'ap-u' });
      job.status = 'complete';
      await reaches(id, 'succeeded');
    });
  }
);
