import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Expressions } from '@jupyterlab-deep/kernel-helpers/expressions/expressions';
import {
  Consent,
  DeepError,
  placeOfSink,
  portsOf,
  readTopology,
  Run,
  TopologyDocument,
  TopologyItems,
  TopologyRunRequest,
  topologyUpTo,
  writeTopology
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { Deployments } from '../deployments/deployments';
import { IAsker } from '../inference/inputs';
import { Admission } from '../pythonModules/admission';
import { Consents } from '../pythonModules/consents';
import { isLive } from '../runs/journal';
import { RunPruning } from '../runs/pruning';
import { Beginnings, otherRequest, runIdOf } from '../runs/requestIds';
import { logFileOf, RunLog } from '../runs/runLog';
import { WorkedRuns } from '../runs/workedRuns';
import { Datasets } from '../storage/datasets/datasets';
import { Store } from '../store/store';
import { TopologyCache } from './cache';
import { ICallAnswer, TopologyCalls } from './calls';
import { ModuleLeases } from './leases';
import { ILocated, jupyterPathOf, locate, placeIn } from './locate';
import { TopologyQuestions } from './questions';
import { TopologyRecords } from './records';
import { IItemRow, IRowsQuery } from './recordShapes';
import { refuseProblems } from './refusals';
import { TopologyRun } from './run';
import { ICarried } from './token';

const ITEMS_FILE = 'items.sqlite';
/** Runs that may still be at work are among the newest. */
const RUNS_LOOKED_AT = 500;

/** Runs of topologies: checked, begun, steered, taken up again after any end of the service. */
export class Topologies extends WorkedRuns<TopologyRun, Topologies.IParts> {
  constructor(parts: Topologies.IParts) {
    super(parts, 'topology');
    const { store, deployments } = parts;
    this.cache = new TopologyCache(store.folderOf('topologies', 'cache'));
    this.questions = new TopologyQuestions({
      ...parts,
      cache: this.cache,
      expressions: this._expressions
    });
    this._leases = new ModuleLeases(deployments);
  }

  /** Answers of modules, and what they said of themselves. */
  readonly cache: TopologyCache;

  readonly questions: TopologyQuestions;

  /**
   * Check a request, write its run down and begin it; a request that was made before under its `requestId` begins nothing.
   *
   * @throws DeepError `topology-invalid` with every problem in `fields` by node; `consent-needed` by module; what `locate` throws;
   * `conflict` of a `requestId` that was given to another request.
   */
  async begin(request: TopologyRunRequest, asker: IAsker): Promise<Run> {
    const id = runIdOf(request.requestId, 'topology');
    return this._beginnings.once(
      id,
      () => this._begun(id, request),
      () => this._begin(id, request, asker)
    );
  }

  /** What nodes made of items, newest first. @throws DeepError `not-found` */
  items(id: string, query: IRowsQuery): TopologyItems {
    const { records } = this._find(id);
    return { items: records.page(query), total: records.totalOf(query) };
  }

  /** What reached a sink or failed, behind an item, oldest first. @throws DeepError `not-found` */
  outcomes(id: string, after: number, limit: number): TopologyItems {
    const { records } = this._find(id);
    const { nodes } = readTopology(records.about('document'));
    const sinks = Object.keys(nodes).filter(
      each => portsOf(nodes[each]).outputs.length === 0
    );
    const items = records.outcomes(after, sinks, limit);
    return { items, total: records.totalOf({ offset: 0, limit: 0 }) };
  }

  /** @throws DeepError `not-found` */
  item(id: string, item: number): IItemRow {
    return this._find(id).records.get(item);
  }

  /** A topology that is called item by item, in memory; whoever has it closes it. */
  calls(
    document: TopologyDocument,
    consents: Record<string, Consent> = {}
  ): TopologyCalls {
    const { catalogue, deployments, agreed, predictMinutes, store } =
      this._parts;
    return new TopologyCalls({
      ...{ document, consents, catalogue, deployments, agreed },
      cache: this.cache,
      expressions: this._expressions,
      folder: store.folderOf('topologies', 'calls'),
      timeoutMs: predictMinutes * 60_000
    });
  }

  /**
   * One item through a topology with a request and a reply, in memory.
   *
   * @throws DeepError what `TopologyCalls.call` throws
   */
  async runOne(
    document: TopologyDocument,
    inputs: Readonly<Record<string, ICarried>>,
    signal: AbortSignal
  ): Promise<ICallAnswer> {
    const calls = this.calls(document);
    return calls.call(inputs, signal).finally(() => calls.close());
  }

  override async close(): Promise<void> {
    await super.close();
    await this._expressions.close();
    this.cache.close();
  }

  protected _refuseRetry({ records }: TopologyRun): void {
    if (![...records.counts.values()].some(({ failed }) => failed > 0)) {
      throw new DeepError('conflict', 'Nothing of this run has failed.');
    }
  }

  protected _make(id: string): TopologyRun {
    const { predictMinutes, pruning, store, ...parts } = this._parts;
    const folder = store.folderOf('runs', id);
    const run = new TopologyRun({
      ...parts,
      id,
      folder,
      records: TopologyRecords.open(path.join(folder, ITEMS_FILE)),
      log: new RunLog(logFileOf(store, id)),
      cache: this.cache,
      leases: this._leases,
      timeoutMs: predictMinutes * 60_000,
      onWorking: () => this._mark(),
      onEnd: () => void run.stopped.then(() => pruning.afterRun(id))
    });
    return run;
  }

  private async _begin(
    id: string,
    request: TopologyRunRequest,
    asker: IAsker
  ): Promise<Run> {
    const { inputs, consents, upTo } = request;
    const whole = await locate(request, asker);
    const at =
      upTo === undefined
        ? whole
        : { ...whole, document: topologyUpTo(whole.document, upTo) };
    const checked = await this.questions.checkLocated(at, { inputs, consents });
    refuseProblems(checked, at);
    const { document, requestId: _requestId, ...given } = request;
    const { journal, store } = this._parts;
    const places = placesOf(at);
    this._refuseShared(Object.values(places));
    const folder = await store.makeFolder('runs', id);
    try {
      const records = TopologyRecords.open(path.join(folder, ITEMS_FILE));
      records.note('request', given);
      records.note('document', writeTopology(at.document));
      records.note('folder', at.folder);
      records.note('asker', asker);
      records.note('places', places);
      records.write('asked', request);
      records.close();
      const about = {
        kind: 'topology' as const,
        title: titleOf(at),
        arguments: {},
        topology: {
          ...(at.path && { path: at.path }),
          ...(at.jupyterPath && { jupyterPath: at.jupyterPath }),
          nodes: {},
          outputs: Object.entries(places).map(([node, place]) => {
            const jupyterPath = jupyterPathOf(place, asker);
            return { node, path: place, ...(jupyterPath && { jupyterPath }) };
          })
        }
      };
      const run = journal.create(id, about, []);
      this._open(id).start();
      return run;
    } catch (error) {
      if (!journal.has(id)) {
        await store.removeFolder('runs', id);
      }
      throw error;
    }
  }

  /** Two runs that write to one file would spoil it for each other. */
  private _refuseShared(places: readonly string[]): void {
    for (const run of this._parts.journal.list({ limit: RUNS_LOOKED_AT })) {
      const shared =
        isLive(run) &&
        run.topology?.outputs.find(({ path: place }) => places.includes(place));
      if (shared) {
        throw new DeepError(
          'conflict',
          `Another run, “${run.title}”, is writing to ${shared.path}.`,
          { hint: 'Wait for its end, cancel it, or write somewhere else.' }
        );
      }
    }
  }

  /** What an earlier request of the same name began. */
  private _begun(id: string, request: TopologyRunRequest): Run | undefined {
    if (!request.requestId || !this._parts.journal.has(id)) {
      return undefined;
    }
    const run = this._parts.journal.get(id);
    const first = this._find(id).records.read('asked');
    if (!isDeepStrictEqual(first, JSON.parse(JSON.stringify(request)))) {
      throw otherRequest('run');
    }
    return run;
  }

  private readonly _leases: ModuleLeases;
  private readonly _beginnings = new Beginnings<Run>();
  /** For previews, checks and single items. */
  private readonly _expressions = new Expressions();
}

export namespace Topologies {
  export interface IParts extends WorkedRuns.IParts {
    catalogue: Catalogue;
    datasets: Pick<Datasets, 'find'>;
    deployments: Deployments;
    pruning: RunPruning;
    store: Store;
    /** What was agreed to of foreign code. */
    agreed: Pick<Consents, 'of'>;
    admission?: Admission;
    predictMinutes: number;
  }
}

/** Where sinks write, by node. */
function placesOf(at: ILocated): Record<string, string> {
  return Object.fromEntries(
    Object.entries(at.document.nodes).flatMap(([id, node]) => {
      const place = placeOfSink(node);
      return place === undefined ? [] : [[id, placeIn(at, place)]];
    })
  );
}

const titleOf = ({ document, path: file }: ILocated): string =>
  document.title || (file ? path.parse(file).name : 'Topology');
