import { setTimeout as sleep } from 'node:timers/promises';
import { TargetApi } from '../targetApi';
import { isMarked, markedTitle } from './handle';
import { IPapiJob, observationOf } from './jobs';
import { PapiApi } from './papiApi';
import { IPapiStorage, storageGroup } from './storage';

const KIND = 'batch';
const LOOK_AGAIN_MS = 1000;

/** A script that the platform runs to its end in the image of a module. */
export interface IBatchJob {
  vo: string;
  /** Of the run that it belongs to: `find` knows it by this. At most 30 characters. */
  run: string;
  title: string;
  /** The script of bash: whatever goes into it is its caller's own. */
  script: string;
  /** Image, tag, CPUs, GPUs, memory, as in the form of a module. */
  configuration: Record<string, Record<string, unknown>>;
  /** Where it leaves what it makes: without a storage the platform takes no job. */
  storage: IPapiStorage;
}

/**
 * Batch jobs of AI4EOSC: the surface that a Run can drive. It keeps nothing; a job is known by the run in its title. There are no
 * logs and no files of it but what the script writes into the storage.
 */
export class PapiJobs {
  constructor(options: PapiJobs.IOptions) {
    const authorization = async (signal: AbortSignal): Promise<string> =>
      `Bearer ${await options.token(signal)}`;
    this._api = new PapiApi(
      new TargetApi({ ...options, title: 'The platform', authorization })
    );
  }

  /**
   * Begin a job, once for each run.
   *
   * @returns its id.
   * @throws DeepError `target-unreachable`, `target-refused`, `account-needed`, `invalid-arguments`
   */
  async submit(job: IBatchJob, signal: AbortSignal): Promise<string> {
    const { configuration, run, script, storage, title, vo } = job;
    const there = await this.find(vo, run, signal);
    if (there !== undefined) {
      return there;
    }
    const { FormData } = await import('undici');
    const form = new FormData();
    const conf = {
      ...configuration,
      general: { ...configuration.general, title: markedTitle(title, run) },
      storage: storageGroup({}, storage)
    };
    form.set('conf', JSON.stringify(conf));
    form.set('user_cmd', new Blob([script]), 'batch.sh');
    return this._api.create({ kind: KIND, vo }, { form }, signal);
  }

  /** The job of a run; undefined where there is none. */
  async find(
    vo: string,
    run: string,
    signal: AbortSignal
  ): Promise<string | undefined> {
    const jobs = await this._api.list(KIND, [vo], signal);
    return jobs.find(({ title }) => isMarked(title, run))?.id;
  }

  /** Undefined: the platform knows none of this id. `ended` says in `succeeded` how it went. */
  async observe(
    vo: string,
    id: string,
    signal: AbortSignal
  ): Promise<PapiJobs.IState | undefined> {
    const job = await this._api.job({ kind: KIND, vo }, id, signal);
    return job && stateOf(job);
  }

  /** End it and leave nothing of it. */
  async remove(vo: string, id: string, signal: AbortSignal): Promise<void> {
    const place = { kind: KIND, vo } as const;
    while (await this._api.delete(place, id, signal)) {
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  }

  private readonly _api: PapiApi;
}

export namespace PapiJobs {
  export type IOptions = Omit<TargetApi.IOptions, 'title' | 'authorization'> & {
    /** @throws DeepError `account-needed` */
    token(signal: AbortSignal): Promise<string>;
  };

  export interface IState {
    state: 'waiting' | 'running' | 'ended';
    /** For people. */
    phase: string;
    /** Of one that ended. */
    succeeded?: boolean;
    reason?: string;
  }
}

/** What runs has no endpoint here, so the scheduler's word counts; one that was ended by somebody did not succeed. */
function stateOf(job: IPapiJob): PapiJobs.IState {
  const { phase, reason, state } = observationOf(job);
  if (state === 'ended') {
    const succeeded = job.status === 'complete';
    return { state, phase, succeeded, ...(!succeeded && { reason }) };
  }
  const isRunning = job.status === 'running' || job.status === 'down';
  return {
    state: isRunning ? 'running' : 'waiting',
    phase: job.status === 'running' ? '' : phase
  };
}
