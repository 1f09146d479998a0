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

  private _running(deployment: string): IModuleFacts {
    const { about } = this._parts.deployments.ready(deployment);
    return { api: about };
  }

  private async _catalogued(
    module: string,
    consent: Consent | undefined
  ): Promise<IModuleFacts> {
    const { catalogue, deployments, cache, agreed } = this._parts;
    const entry = await catalogue.getUsable(module);
    const ready = deployments.readyOf(entry.module);
    if (ready) {
      return { api: ready.about };
    }
    const remembered = cache.api(module);
    const isCurrent =
      remembered?.stamp === (await stampOf(module, catalogue, agreed));
    const facts = isCurrent
      ? { api: remembered as IPortsApi }
      : { metadata: byMetadata(entry) };
    return {
      ...facts,
      problem: await this._obstacle(entry, consent)
    };
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
