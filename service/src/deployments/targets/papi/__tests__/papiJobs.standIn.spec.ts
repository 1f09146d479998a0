import { DeepError } from '@jupyterlab-deep/protocol';
import { IPapi } from '../../../../../../stand-in/papi/server.ts';
import { IBatchJob, PapiJobs } from '../papiJobs';
import { addUser, missing, startStandIn } from './papiStandIn';

const withPapi = missing ? describe.skip : describe;
const suffix = missing ? ` (skipped: needs ${missing})` : '';

const VO = 'vo.ai4eosc.eu';
const signal = new AbortController().signal;

const job: IBatchJob = {
  vo: VO,
  run: 'run0123456',
  title: 'Plants, ten epochs',
  script: '#!/bin/bash\ndeepaas-cli train --epochs=10\necho "ü"\n',
  configuration: {
    general: { docker_image: 'ai4oshub/plants' },
    hardware: { gpu_num: 1 }
  },
  storage: {
    url: 'https://share.example.org/remote.php/dav/files/ada',
    user: 'ada',
    password: 'Ab1cD-eF2gH'
  }
};

withPapi(`batch jobs of a stand-in for the platform${suffix}`, () => {
  let papi: IPapi;
  let jobs: PapiJobs;

  beforeEach(async () => {
    papi = await startStandIn();
    const token = addUser(papi, 'ada', { [VO]: 'ap-u' });
    jobs = new PapiJobs({
      address: papi.url,
      network: {},
      allowPrivate: true,
      token: async () => token
    });
  });
  afterEach(() => papi.close());

  it('are begun once for each run, with their script as it is', async () => {
    const id = await jobs.submit(job, signal);
    expect(await jobs.submit(job, signal)).toBe(id);
    const [made, ...others] = papi.jobs.all;
    expect(others).toEqual([]);
    expect(made.script).toBe(job.script);
    expect(made.configuration).toMatchObject({
      general: {
        title: 'Plants, ten epochs [run0123456]',
        docker_image: 'ai4oshub/plants'
      },
      hardware: { gpu_num: 1, cpu_num: 4 },
      storage: { rclone_user: 'ada', rclone_vendor: 'nextcloud' }
    });
  });

  it('tell how they stand to their end', async () => {
    const id = await jobs.submit(job, signal);
    const made = papi.jobs.get(id)!;
    const seen = async (status: typeof made.status) => {
      made.status = status;
      return jobs.observe(VO, id, signal);
    };
    expect(await seen('queued')).toMatchObject({ state: 'waiting' });
    expect(await seen('running')).toEqual({ state: 'running', phase: '' });
    expect(await seen('complete')).toMatchObject({
      state: 'ended',
      succeeded: true
    });
    made.errorMessage = 'exit code 2';
    expect(await seen('failed')).toMatchObject({
      state: 'ended',
      succeeded: false,
      reason: 'It failed. It says: exit code 2'
    });
    expect(await seen('dead')).toMatchObject({ succeeded: false });
  });

  it('are removed with both orders', async () => {
    const id = await jobs.submit(job, signal);
    papi.jobs.get(id)!.status = 'running';
    await jobs.remove(VO, id, signal);
    expect(papi.jobs.all).toEqual([]);
    expect(await jobs.observe(VO, id, signal)).toBeUndefined();
    expect(await jobs.find(VO, job.run, signal)).toBeUndefined();
  });

  it('never bring a password that a shell would carry out', async () => {
    const storage = { ...job.storage, password: '$(id)' };
    await expect(
      jobs.submit({ ...job, storage }, signal)
    ).rejects.toMatchObject({ key: 'invalid-arguments' } as Partial<DeepError>);
    expect(papi.jobs.all).toEqual([]);
  });
});
