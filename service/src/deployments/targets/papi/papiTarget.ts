import { setTimeout as sleep } from 'node:timers/promises';
import { DeepError, Module, TargetPlan } from '@jupyterlab-deep/protocol';
import { ISettings } from '../../../admin/config';
import { isRecord, textOf } from '../shapes';
import {
  IBeginning,
  IDeployable,
  IObserved,
  ITarget,
  ITargetCheck
} from '../target';
import { checkOf, TargetApi } from '../targetApi';
import { together } from '../together';
import { handleOf, isMarked, markedTitle, placeOf } from './handle';
import { IPapiJob, observationOf } from './jobs';
import { isHere, kindOf, Offers } from './offers';
import { IPlace, Kind, PapiApi } from './papiApi';
import { planFor, TRY_ME } from './plan';
import { clusterInWords, ownInWords } from './quotas';
import { IPapiStorage, storageGroup } from './storage';

const TITLE = 'The platform';
const LOOK_AGAIN_MS = 1000;
/** Of one removal. */
const ORDERS = 10;
const DEPLOYED: Kind[] = ['module', 'tool'];
/** In these a job that was ordered to end is purged by one more order. */
const PURGED = new Set([
  'queued',
  'complete',
  'failed',
  'error',
  'down',
  'dead'
]);
const NO_LOG =
  'The platform gives no logs of deployments: what a module says can be seen in its JupyterLab only, where it was deployed with one.\n';

/**
 * Deploys modules and tools of the catalogue on AI4EOSC, by its platform API. A handle is kind, virtual organisation and id of a
 * job; its title carries the deployment.
 */
export class PapiTarget implements ITarget {
  constructor(private readonly _options: PapiTarget.IOptions) {
    this.id = _options.id;
    this.title = _options.title;
    this.account = _options.account;
    const authorization = async (signal: AbortSignal): Promise<string> =>
      `Bearer ${await _options.token(signal)}`;
    this._api = new PapiApi(
      new TargetApi({ ..._options, title: TITLE, authorization })
    );
    this._offers = new Offers(this._api, {
      token: signal => _options.token(signal),
      vos: _options.vos,
      hasStorage: _options.storage !== undefined
    });
  }

  readonly kind = 'papi';
  readonly id: string;
  readonly title: string;
  readonly account?: string;

  async check(signal: AbortSignal): Promise<ITargetCheck> {
    try {
      const vos = await this._offers.organisations(signal);
      const jobs = await this._jobs(vos, signal);
      const where = vos.length > 0 ? ` in ${vos.join(', ')}` : '';
      return {
        state: 'reachable',
        said: `The platform at ${this._api.host} answered${where}.`,
        used: await this._used(vos, jobs, signal)
      };
    } catch (error) {
      return checkOf(error);
    }
  }

  async plan(
    { module }: IDeployable,
    signal: AbortSignal
  ): Promise<TargetPlan> {
    const { choices, warnings } = await this._offers.of(module, signal);
    const vos = await this._offers.organisations(signal);
    const jobs = await this._jobs(vos, signal);
    const used = await this._used(vos, jobs, signal);
    return planFor({
      target: this.id,
      host: this._api.host,
      module,
      choices,
      warnings,
      hasStorage: this._options.storage !== undefined,
      reason: this._reasonAgainst(module),
      cost: `The platform asks for no money. In use: ${used}.`
    });
  }

  async find(
    deployment: string,
    signal: AbortSignal
  ): Promise<string | undefined> {
    const vos = await this._offers.organisations(signal);
    const places: IPlace[] = [
      ...vos.flatMap(vo => DEPLOYED.map(kind => ({ kind, vo }))),
      { kind: 'try', vo: '' }
    ];
    const found = await together(
      places.map(place => this._marked(place, deployment, signal))
    );
    return found.find(handle => handle !== undefined);
  }

  async begin(
    deployment: string,
    { module }: IDeployable,
    options: Record<string, unknown>,
    { signal, onPhase, onLog }: IBeginning
  ): Promise<string> {
    onPhase('Asking the platform whether it has it already');
    const there = await this.find(deployment, signal);
    if (there !== undefined) {
      return there;
    }
    const place = placeFor(module, options);
    onPhase('Asking the platform to begin it');
    const work =
      place.kind === 'try'
        ? this._try(place, deployment, module, signal)
        : this._deploy(place, deployment, module, options, signal);
    const handle = await this._sure(work, deployment, signal);
    onLog(`It is ${placeOf(handle).id} at ${this._api.host}.\n`);
    return handle;
  }

  async observe(handle: string, signal: AbortSignal): Promise<IObserved> {
    const { id, ...place } = placeOf(handle);
    const job = await this._api.job(place, id, signal);
    return job
      ? observationOf(job)
      : {
          state: 'gone',
          phase: '',
          reason: `The platform at ${this._api.host} knows no deployment ${id} of yours: it was ended, or it belongs to somebody else.`
        };
  }

  /** There is none; that is said once. */
  async readLog(
    _handle: string,
    after: string | undefined
  ): Promise<{ text: string; next: string }> {
    return { text: after === undefined ? NO_LOG : '', next: 'said' };
  }

  /** What runs is ended by one order; what is stuck, and what has ended, is purged by a second. */
  async stop(handle: string, signal: AbortSignal): Promise<void> {
    const { id, ...place } = placeOf(handle);
    const isThere = await this._api.delete(place, id, signal);
    const job = isThere ? await this._api.job(place, id, signal) : undefined;
    if (job && PURGED.has(job.status)) {
      await this._api.delete(place, id, signal);
    }
  }

  async remove(handle: string, signal: AbortSignal): Promise<void> {
    const { id, ...place } = placeOf(handle);
    for (let order = 1; order <= ORDERS; order++) {
      await this.stop(handle, signal);
      if (!(await this._api.job(place, id, signal))) {
        return;
      }
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
    throw new DeepError(
      'target-unreachable',
      `The platform at ${this._api.host} took the order to end ${id}, and still has it: it is asked again in a while.`
    );
  }

  private async _deploy(
    place: IPlace,
    deployment: string,
    module: Module,
    options: Record<string, unknown>,
    signal: AbortSignal
  ): Promise<string> {
    const { vo: _, use_storage: usesStorage, storage, ...groups } = options;
    const given =
      usesStorage === true ? await this._storage(signal) : undefined;
    const general = isRecord(groups.general) ? groups.general : {};
    const title = textOf(general.title) ?? module.title;
    const group = storageGroup(storage, given);
    const json = {
      ...groups,
      general: { ...general, title: markedTitle(title, deployment) },
      ...(group && { storage: group })
    };
    const query: Record<string, string> =
      place.kind === 'tool' ? { tool_name: module.name } : {};
    const id = await this._api.create(place, { json, query }, signal);
    return handleOf(place, id);
  }

  private async _try(
    place: IPlace,
    deployment: string,
    module: Module,
    signal: AbortSignal
  ): Promise<string> {
    const query = {
      module_name: module.name,
      title: markedTitle(module.title, deployment)
    };
    const id = await this._api.create(place, { query }, signal);
    return handleOf(place, id);
  }

  /** When nobody knows whether the order arrived, the title tells. */
  private async _sure(
    work: Promise<string>,
    deployment: string,
    signal: AbortSignal
  ): Promise<string> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof DeepError && error.key === 'target-unreachable') {
        const found = await this.find(deployment, signal).catch(
          () => undefined
        );
        if (found !== undefined) {
          return found;
        }
      }
      throw error;
    }
  }

  private async _storage(signal: AbortSignal): Promise<IPapiStorage> {
    const storage = await this._options.storage?.(signal);
    if (!storage) {
      throw new DeepError(
        'account-needed',
        'The deployment is to use your cloud storage, and none is linked.',
        { hint: 'Link it in the storage panel, or leave this out.' }
      );
    }
    return storage;
  }

  private async _marked(
    place: IPlace,
    deployment: string,
    signal: AbortSignal
  ): Promise<string | undefined> {
    const jobs = await this._api.list(place.kind, [place.vo], signal);
    const job = jobs.find(({ title }) => isMarked(title, deployment));
    return job && handleOf(place, job.id);
  }

  private async _jobs(
    vos: readonly string[],
    signal: AbortSignal
  ): Promise<IPapiJob[]> {
    const kinds = vos.length > 0 ? DEPLOYED : (['try'] as const);
    const lists = await together(
      kinds.map(kind => this._api.list(kind, vos, signal))
    );
    return lists.flat();
  }

  private async _used(
    vos: readonly string[],
    jobs: IPapiJob[],
    signal: AbortSignal
  ): Promise<string> {
    const [vo] = vos;
    const stats = vo ? await this._api.clusterStats(vo, signal) : undefined;
    return [ownInWords(jobs), clusterInWords(stats)].filter(Boolean).join('; ');
  }

  private _reasonAgainst(module: Module): string {
    return isHere(module)
      ? `${module.title} lies on this machine and has no container image: AI4EOSC runs images of its catalogue only. Publish it there first, or use another target.`
      : `AI4EOSC has no ${kindOf(module)} ${module.name} in its catalogue, or your account may deploy in none of its virtual organisations.`;
  }

  private readonly _api: PapiApi;
  private readonly _offers: Offers;
}

export namespace PapiTarget {
  export interface IOptions {
    /** `papi` or `papi:name` */
    id: string;
    title: string;
    /** Base of the API, without its version: `https://api.cloud.ai4eosc.eu`. */
    address: string;
    network: ISettings['network'];
    /** A person confirmed that the address need not be public. */
    allowPrivate?: boolean;
    /** Id of the account that it needs. */
    account?: string;
    /**
     * An access token that is valid now; asked for anew each time.
     *
     * @throws DeepError `account-needed`
     */
    token(signal: AbortSignal): Promise<string>;
    /** Virtual organisations that are offered; by default those that the token names. */
    vos?: readonly string[];
    /** A cloud storage that deployments are given when their user asks for it; undefined where none is linked. */
    storage?(signal: AbortSignal): Promise<IPapiStorage | undefined>;
  }
}

function placeFor(module: Module, { vo }: Record<string, unknown>): IPlace {
  if (vo === TRY_ME) {
    return { kind: 'try', vo: '' };
  }
  if (typeof vo !== 'string' || vo === '') {
    throw new DeepError(
      'invalid-arguments',
      'The virtual organisation is missing.',
      { fields: { vo: ['Choose one.'] } }
    );
  }
  return { kind: kindOf(module), vo };
}
