import { setTimeout as sleep } from 'node:timers/promises';
import { DeepError, Module, TargetPlan } from '@jupyterlab-deep/protocol';
import { ISettings } from '../../../admin/config';
import {
  IBeginning,
  IDeployable,
  IObserved,
  ITarget,
  ITargetCheck,
  ITargetJobs
} from '../target';
import { checkOf, TargetApi } from '../targetApi';
import { together } from '../together';
import { configurationFor } from './configurationFor';
import { orderEnd } from './ending';
import { findMarked, sure } from './finding';
import { handleOf, markedTitle, placeOf } from './handle';
import { IPapiJob, observationOf } from './jobs';
import { isHere, kindOf, Offers } from './offers';
import { IPlace, Kind, PapiApi } from './papiApi';
import { PapiJobs } from './papiJobs';
import { planFor, TRY_ME } from './plan';
import { clusterInWords, ownInWords } from './quotas';
import { IPapiStorages } from './storage';

const TITLE = 'The platform';
const LOOK_AGAIN_MS = 1000;
/** Of one removal. */
const ORDERS = 10;
const DEPLOYED: Kind[] = ['module', 'tool'];
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
      storages: _options.storages
    });
    this.jobs = new PapiJobs({
      api: this._api,
      offers: this._offers,
      target: this.id,
      storages: _options.storages,
      cost: signal => this._cost(signal)
    });
  }

  readonly kind = 'papi';
  readonly id: string;
  readonly title: string;
  readonly account?: string;
  readonly jobs: ITargetJobs;

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
    return planFor({
      target: this.id,
      host: this._api.host,
      module,
      choices,
      warnings,
      storages: this._options.storages?.list() ?? [],
      reason: this._reasonAgainst(module),
      cost: await this._cost(signal)
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
    return findMarked(this._api, places, deployment, signal);
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
    const handle = await sure(work, () => this.find(deployment, signal));
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

  stop(handle: string, signal: AbortSignal): Promise<void> {
    const { id, ...place } = placeOf(handle);
    return orderEnd(this._api, place, id, signal);
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
    const json = await configurationFor(
      module,
      deployment,
      options,
      this._options.storages
    );
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

  private async _cost(signal: AbortSignal): Promise<string> {
    const vos = await this._offers.organisations(signal);
    const jobs = await this._jobs(vos, signal);
    const used = await this._used(vos, jobs, signal);
    return `The platform asks for no money. In use: ${used}.`;
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
    /** Cloud storages that deployments can be given when their user chooses one. */
    storages?: IPapiStorages;
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
