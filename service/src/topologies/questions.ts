import { Expressions } from '@jupyterlab-deep/kernel-helpers/expressions/expressions';
import {
  DeepError,
  KnownTopologyModule,
  Module,
  portsOf,
  TopologyCheck,
  TopologyExport,
  TopologyExportRequest,
  TopologyModule,
  TopologyModuleRequest,
  TopologyPreview,
  TopologyPreviewRequest
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { Deployments } from '../deployments/deployments';
import { IAsker } from '../inference/inputs';
import { Admission } from '../pythonModules/admission';
import { Consents } from '../pythonModules/consents';
import { Datasets } from '../storage/datasets/datasets';
import { TopologyCache } from './cache';
import { checkTopology, ICheckGiven, ICheckParts } from './check';
import { exportTopology } from './exports/exports';
import { ILocated, IWhere, locate } from './locate';
import { ModuleFacts } from './moduleFacts';
import { fingerprintOf, stampOf } from './modules';
import { naming } from './refusals';

/** A module that takes longer is asked for again; it goes on starting. */
const MODULE_MS = 100_000;

/** What is asked of topologies while they are drawn; nothing of it is a run. */
export class TopologyQuestions {
  constructor(private readonly _parts: TopologyQuestions.IParts) {
    this._checked = { ..._parts, facts: new ModuleFacts(_parts) };
  }

  /** @throws DeepError what `locate` throws */
  async check(where: IWhere, asker: IAsker): Promise<TopologyCheck> {
    return this.checkLocated(await locate(where, asker));
  }

  async checkLocated(
    at: ILocated,
    given: ICheckGiven = {}
  ): Promise<TopologyCheck> {
    await this._parts.cache.open();
    return checkTopology(at, this._checked, given);
  }

  /**
   * The ports of a module, which is started where it does not run.
   *
   * @throws DeepError `consent-needed` naming the module in `fields`; `timeout` while it is still being started
   */
  async module(
    { module, consent }: TopologyModuleRequest,
    closed: AbortSignal
  ): Promise<TopologyModule> {
    const { agreed, cache, catalogue, deployments } = this._parts;
    await cache.open();
    const timeout = AbortSignal.timeout(MODULE_MS);
    const signal = AbortSignal.any([closed, timeout]);
    try {
      const named = /^deployment:(.+)$/.exec(module)?.[1];
      const { about } = named
        ? await deployments.adopted(named)
        : await deployments.use(module, signal, () => undefined, consent);
      const { predict, accepts } = about;
      cache.noteApi(module, {
        ...{ predict, accepts, fingerprint: fingerprintOf(about) },
        stamp: await stampOf(module, catalogue, agreed)
      });
      const node = { kind: 'module' as const, module, arguments: {} };
      return { ports: portsOf(node, about), predict, accepts };
    } catch (error) {
      if (timeout.aborted) {
        throw new DeepError('timeout', `${module} is still being started.`, {
          hint: 'Ask again in a moment; the deployments say how far it is.'
        });
      }
      throw naming(error, module);
    }
  }

  /** The same as it was when it was last asked; nothing is started. */
  async knownModule(module: string): Promise<KnownTopologyModule> {
    await this._parts.cache.open();
    const { api, isCurrent } = await this._checked.facts.known(module);
    if (!api) {
      return { isCurrent: false };
    }
    const { predict, accepts } = api;
    const node = { kind: 'module' as const, module, arguments: {} };
    return {
      module: { ports: portsOf(node, api), predict, accepts: [...accepts] },
      isCurrent
    };
  }

  async preview(request: TopologyPreviewRequest): Promise<TopologyPreview> {
    const { expression, value, origin, steps = {} } = request;
    const [{ json, problem }] = await this._checked.expressions.evaluate(
      [expression],
      value,
      { origin: origin ?? { name: 'example', index: 0 }, steps }
    );
    if (problem) {
      const { message, position } = problem;
      return {
        error: { message, ...(position !== undefined && { position }) }
      };
    }
    return json === undefined ? {} : { value: JSON.parse(json) };
  }

  /** The same in another format. @throws DeepError what `locate` and `exportTopology` throw */
  async export(
    { to, ...where }: TopologyExportRequest,
    asker: IAsker
  ): Promise<TopologyExport> {
    const at = await locate(where, asker);
    const named = Object.values(at.document.nodes).flatMap(node =>
      node.kind === 'module' ? [node.module] : []
    );
    const modules = new Map<string, Module | undefined>();
    for (const id of named) {
      modules.set(
        id,
        await this._parts.catalogue.get(id).then(
          ({ module }) => module,
          () => undefined
        )
      );
    }
    return exportTopology(at.document, at.path, to, modules);
  }

  private readonly _checked: ICheckParts;
}

export namespace TopologyQuestions {
  export interface IParts {
    catalogue: Catalogue;
    datasets: Pick<Datasets, 'find'>;
    deployments: Deployments;
    agreed: Pick<Consents, 'of'>;
    admission?: Admission;
    /** What modules said of themselves. */
    cache: TopologyCache;
    expressions: Expressions;
  }
}
