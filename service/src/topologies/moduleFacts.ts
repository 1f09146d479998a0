import {
  Consent,
  DeepError,
  IPortsApi,
  TopologyProblem
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { ICatalogueEntry } from '../catalogue/source';
import { Deployments } from '../deployments/deployments';
import { asDeepError } from '../http/problems';
import { Admission } from '../pythonModules/admission';
import { Consents } from '../pythonModules/consents';
import { pythonOf } from '../pythonModules/origin';
import { TopologyCache } from './cache';
import { stampOf } from './modules';

/** What is known of a module without starting it. */
export interface IModuleFacts {
  /** As it said itself, now or before. */
  api?: IPortsApi;
  /** What its metadata tell of its arguments. */
  metadata?: IPortsApi;
  problem?: Omit<TopologyProblem, 'node'>;
}

/** What a module said of itself, now or before. */
export interface IKnown {
  api?: IPortsApi;
  /** It has not changed since. */
  isCurrent: boolean;
}

/** What can be told of modules before they run. */
export class ModuleFacts {
  constructor(private readonly _parts: ModuleFacts.IParts) {}

  async of(module: string, consent?: Consent): Promise<IModuleFacts> {
    try {
      return module.startsWith('deployment:')
        ? this._running(module.slice('deployment:'.length))
        : await this._catalogued(module, consent);
    } catch (error) {
      const { key, detail, hint } = asDeepError(error);
      return {
        problem: {
          rule: RULES[key] ?? 'module-unusable',
          severity: 'error',
          reason: detail,
          remedy: hint ?? 'Choose another module.'
        }
      };
    }
  }

  /** What it said of itself when it was last asked, also where it has changed since or is gone. */
  async known(module: string): Promise<IKnown> {
    const { catalogue, deployments } = this._parts;
    const named = /^deployment:(.+)$/.exec(module)?.[1];
    try {
      const ready =
        named !== undefined
          ? deployments.ready(named)
          : deployments.readyOf((await catalogue.get(module)).module);
      return ready
        ? { api: ready.about, isCurrent: true }
        : await this._remembered(module);
    } catch {
      // Whether it can still be had is what the check tells.
      return { api: this._parts.cache.api(module), isCurrent: false };
    }
  }

  private _running(deployment: string): IModuleFacts {
    const { about } = this._parts.deployments.ready(deployment);
    return { api: about };
  }

  private async _catalogued(
    module: string,
    consent: Consent | undefined
  ): Promise<IModuleFacts> {
    const { catalogue, deployments } = this._parts;
    const entry = await catalogue.getUsable(module);
    const ready = deployments.readyOf(entry.module);
    if (ready) {
      return { api: ready.about };
    }
    const { api, isCurrent } = await this._remembered(module);
    const facts = isCurrent ? { api } : { metadata: byMetadata(entry) };
    return {
      ...facts,
      problem: await this._obstacle(entry, consent)
    };
  }

  private async _remembered(module: string): Promise<IKnown> {
    const { catalogue, cache, agreed } = this._parts;
    const api = cache.api(module);
    const isCurrent = api?.stamp === (await stampOf(module, catalogue, agreed));
    return { api, isCurrent };
  }

  /** Why it could not be started. */
  private async _obstacle(
    entry: ICatalogueEntry,
    consent: Consent | undefined
  ): Promise<IModuleFacts['problem']> {
    if (entry.folder !== undefined && !entry.python) {
      return undefined;
    }
    const python = pythonOf(entry);
    const { admission, agreed } = this._parts;
    const { title } = entry.module;
    if (!python || !admission) {
      return {
        rule: 'module-not-running',
        severity: 'error',
        reason: `${title} does not run, and nothing on this machine can start it.`,
        remedy:
          'Deploy it to an engine or a cloud first, or connect to where it runs.'
      };
    }
    return consent || (await agreed.of(python.origin))
      ? undefined
      : {
          rule: 'module-consent',
          severity: 'error',
          reason: `${title} is code that would run as you; it needs your consent.`,
          remedy: 'Look at where it comes from, and agree to it.'
        };
  }
}

/** Arguments that its examples have, files first as most modules have them. */
function byMetadata({ module: { examples } }: ICatalogueEntry): IPortsApi {
  const properties: Record<string, unknown> = {};
  for (const { arguments: args, files } of examples) {
    for (const [name, { contentType }] of Object.entries(files)) {
      const family = contentType.split('/')[0];
      properties[name] = {
        format: 'file',
        ...(family !== 'application' && { contentMediaType: `${family}/*` })
      };
    }
    Object.keys(args).forEach(name => (properties[name] ??= {}));
  }
  return { predict: { properties }, accepts: [] };
}

const RULES: Partial<Record<DeepError['key'], string>> = {
  'not-found': 'module-unknown',
  'module-broken': 'module-broken',
  'module-unreachable': 'module-not-running'
};

export namespace ModuleFacts {
  export interface IParts {
    catalogue: Catalogue;
    deployments: Deployments;
    cache: TopologyCache;
    agreed: Pick<Consents, 'of'>;
    /** Of Python modules; without it there are none. */
    admission?: Admission;
  }
}
