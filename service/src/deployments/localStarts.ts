import {
  Consent,
  DeepError,
  Deployment,
  DeploymentRequest
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { ICatalogueEntry } from '../catalogue/source';
import { Admission, IAdmitted } from '../pythonModules/admission';
import { pythonOf } from '../pythonModules/origin';
import { checkChoices } from './choices';
import { CONNECTED } from './connectedModule';
import { Connections } from './connections';
import { LocalModules } from './localModules';
import { IModuleFolder } from './processTarget';
import { DeploymentRecords } from './records';
import {
  deployable,
  idsOf,
  isReady,
  notConnected,
  notRunnable,
  soonestOf
} from './starting';
import { deploymentId, TargetModules } from './targetModules';

/** Where and how a module shall be started. */
export type IWish = Pick<DeploymentRequest, 'target' | 'options' | 'requestId'>;

/** Finds a module that runs, or starts it on this machine. */
export class LocalStarts {
  constructor(private readonly _parts: LocalStarts.IParts) {}

  /** @throws DeepError `not-found`, `module-broken`, `module-not-implemented`, `invalid-arguments`, `consent-needed`, `no-space` */
  async start(
    id: string,
    consent: Consent | undefined,
    { target, options, requestId }: IWish
  ): Promise<Deployment> {
    const { connections, local, records } = this._parts;
    const entry = await this._entryOf(id);
    const ids = entry ? idsOf(entry.module) : [id];
    const ending = soonestOf(records.list(), ids, 'process');
    await (ending && local.settle(ending));
    const found = soonestOf(
      records.list(),
      ids,
      target === 'process' ? target : undefined
    );
    const isElsewhere = found && found.target !== 'process';
    const isLost = isElsewhere && !isReady(found);
    const runsHere = entry?.folder ?? entry?.python ?? entry?.bring;
    if (found && !(isLost && runsHere)) {
      connections.get(found.id)?.revive();
      return records.get(found.id)!;
    }
    if (!entry && id.startsWith(`${CONNECTED}/`)) {
      throw notConnected(id);
    }
    const usable = await this._parts.catalogue.getUsable(id);
    const startable = await this._startable(usable, consent);
    const given = {
      id: deploymentId(requestId),
      options: options && (await this._processChoices(usable, options))
    };
    return (
      soonestOf(records.list(), ids, 'process') ?? local.begin(startable, given)
    );
  }

  /** @throws DeepError `invalid-arguments` */
  private async _processChoices(
    entry: ICatalogueEntry,
    options: Record<string, unknown>
  ): Promise<Record<string, unknown>> {
    const plan = await this._parts.placed.plan('process', deployable(entry));
    return (await checkChoices(plan.options, options)).open;
  }

  /** @throws DeepError `consent-needed`, `module-not-implemented` */
  private async _startable(
    entry: ICatalogueEntry,
    consent: Consent | undefined
  ): Promise<IModuleFolder | IAdmitted> {
    const { module, folder } = entry;
    const python = pythonOf(entry);
    if (folder !== undefined && !entry.python) {
      return { module, folder };
    }
    if (entry.bring) {
      return { module, folder: '', bring: entry.bring };
    }
    const { admission } = this._parts;
    if (!python || !admission) {
      throw notRunnable(module);
    }
    return admission.admit(python, consent);
  }

  /** What the catalogue says of it; undefined of what no source has any longer. */
  private async _entryOf(id: string): Promise<ICatalogueEntry | undefined> {
    try {
      return await this._parts.catalogue.get(id);
    } catch (error) {
      if ((error as DeepError).key === 'not-found') {
        return undefined;
      }
      throw error;
    }
  }
}

export namespace LocalStarts {
  export interface IParts {
    catalogue: Catalogue;
    records: DeploymentRecords;
    local: LocalModules;
    placed: TargetModules;
    connections: Connections;
    /** Of Python modules; without it there are none. */
    admission?: Admission;
  }
}
