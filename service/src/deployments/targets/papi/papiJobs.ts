import { DeepError, TargetPlan } from '@jupyterlab-deep/protocol';
import { textOf } from '../shapes';
import { IDeployable, IJobObserved, ITargetJobs } from '../target';
import { configurationFor } from './configurationFor';
import { orderEnd } from './ending';
import { findMarked, sure } from './finding';
import { handleOf, placeOf } from './handle';
import { jobObservationOf } from './jobs';
import { Offers } from './offers';
import { IPlace, PapiApi } from './papiApi';
import { planForJob } from './plan';
import { IPapiStorages } from './storage';

const SCRIPT = 'batch.sh';

/** Batch jobs of AI4EOSC: a script that the container of a module carries out once, with a storage at hand. */
export class PapiJobs implements ITargetJobs {
  constructor(private readonly _parts: PapiJobs.IParts) {}

  async plan(
    { module }: IDeployable,
    signal: AbortSignal
  ): Promise<TargetPlan> {
    const { api, offers, target } = this._parts;
    const { choices, warnings } = await offers.ofJob(module, signal);
    return planForJob({
      target,
      host: api.host,
      module,
      choices,
      warnings,
      storages: this._parts.storages?.list() ?? [],
      reason: `AI4EOSC has no module ${module.name} in its catalogue, or your account may deploy in none of its virtual organisations. Only modules of its catalogue can be batch jobs.`,
      cost: await this._parts.cost(signal)
    });
  }

  async find(run: string, signal: AbortSignal): Promise<string | undefined> {
    const { api, offers } = this._parts;
    const vos = await offers.organisations(signal);
    const places = vos.map((vo): IPlace => ({ kind: 'batch', vo }));
    return findMarked(api, places, run, signal);
  }

  async begin(
    run: string,
    { module, script }: IDeployable & { script: string },
    options: Record<string, unknown>,
    signal: AbortSignal
  ): Promise<string> {
    const { api, storages } = this._parts;
    const vo = textOf(options.vo);
    if (vo === undefined) {
      throw new DeepError(
        'invalid-arguments',
        'The virtual organisation is missing.',
        { fields: { vo: ['Choose one.'] } }
      );
    }
    const configuration = await configurationFor(
      module,
      run,
      options,
      storages
    );
    if (!configuration.storage) {
      throw new DeepError(
        'invalid-arguments',
        'A batch job needs a storage, where its data are and its results stay.',
        { fields: { use_storage: ['Choose one.'] } }
      );
    }
    const place: IPlace = { kind: 'batch', vo };
    const { FormData } = await import('undici');
    const form = new FormData();
    form.set('user_cmd', new Blob([withoutReturns(script)]), SCRIPT);
    form.set('conf', JSON.stringify(configuration));
    return sure(
      api.create(place, { form }, signal).then(id => handleOf(place, id)),
      () => findMarked(api, [place], run, signal)
    );
  }

  async observe(handle: string, signal: AbortSignal): Promise<IJobObserved> {
    const { api } = this._parts;
    const { id, ...place } = placeOf(handle);
    const job = await api.job(place, id, signal);
    return job
      ? jobObservationOf(job)
      : {
          state: 'gone',
          phase: '',
          reason: `The platform at ${api.host} knows no batch job ${id} of yours: it was removed there, or it belongs to somebody else.`
        };
  }

  stop(handle: string, signal: AbortSignal): Promise<void> {
    const { id, ...place } = placeOf(handle);
    return orderEnd(this._parts.api, place, id, signal);
  }

  nameOf(handle: string): string {
    return placeOf(handle).id;
  }
}

export namespace PapiJobs {
  export interface IParts {
    api: PapiApi;
    offers: Offers;
    /** Its id. */
    target: string;
    storages?: IPapiStorages;
    /** Cost or quota, in words. */
    cost(signal: AbortSignal): Promise<string>;
  }
}

/** Carriage returns of a browser would be parts of words. */
const withoutReturns = (script: string): string =>
  script.replace(/\r\n?/g, '\n');
