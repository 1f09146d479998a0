import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkArguments } from '@jupyterlab-deep/kernel-helpers/deepaas';
import {
  BatchCount,
  BatchFiles,
  BatchItem,
  BatchItems as ItemsPage,
  BatchItemState,
  BatchRequest,
  DeepError,
  Evaluation,
  Run,
  WORST_MISTAKES
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../../catalogue/catalogue';
import { Deployments } from '../../deployments/deployments';
import { IRunInput } from '../../runs/journal';
import { RunPruning } from '../../runs/pruning';
import { Beginnings, otherRequest, runIdOf } from '../../runs/requestIds';
import { WorkedRuns } from '../../runs/workedRuns';
import { Datasets } from '../../storage/datasets/datasets';
import { Store } from '../../store/store';
import { IAsker, Inputs } from '../inputs';
import { withoutSecrets } from '../secrets';
import { Batch, fixedFiles } from './batch';
import { classesOfModel, countedIn } from './evaluation';
import { BatchItems } from './items';
import { findLabels, FoundLabels, refuseUnlabelled } from './labels';
import { countFiles, refuseNothing } from './listing';
import { findFolder, IResultsFolder, makeResultsFolder } from './places';

const ITEMS_FILE = 'items.sqlite';

/** Predictions of many files: begun, steered, taken up again after any end of the service. */
export class Batches extends WorkedRuns<Batch, Batches.IParts> {
  constructor(parts: Batches.IParts) {
    super(parts, 'batch');
  }

  /** @throws DeepError `not-found`, `invalid-request`, `unauthorized` */
  async count(each: BatchFiles, asker: IAsker): Promise<BatchCount> {
    const { folder } = await findFolder(each, asker, this._parts.datasets);
    return countFiles(folder, each.pattern);
  }

  /**
   * Check a request, write its run down and begin it; a request that was made before under its `requestId` begins nothing.
   *
   * @throws DeepError `not-found`, `invalid-arguments`, `unauthorized`, `invalid-request`, `no-space`; `conflict` of a
   * `requestId` that was given to another request.
   */
  async begin(request: BatchRequest, asker: IAsker): Promise<Run> {
    const id = runIdOf(request.requestId);
    return this._beginnings.once(
      id,
      () => this._begun(id, request),
      () => this._begin(id, request, asker)
    );
  }

  /** Items of a run: the newest ends first, or with `after` in the order of their ends. */
  items(id: string, query: Batches.IItemsQuery): ItemsPage {
    const { items } = this._find(id);
    const { state, offset = 0, limit = 50 } = query;
    const { waiting, done, failed } = items.counts;
    const total = { waiting, done, failed, ended: done + failed };
    return {
      items: items.page({ state, offset, limit, after: query.after }),
      total: total[state ?? 'ended']
    };
  }

  /**
   * What was found for what, so far.
   *
   * @throws DeepError `not-found`; `conflict` of a batch whose files have no labels.
   */
  async evaluation(
    id: string,
    { offset = 0, limit = 24 }: { offset?: number; limit?: number }
  ): Promise<Evaluation> {
    const { items, tally } = this._find(id);
    if (!items.about('labels')) {
      throw new DeepError(
        'conflict',
        'This run is no evaluation: its files have no labels.',
        { hint: 'Evaluate the module on data with labels.' }
      );
    }
    await tally.update();
    const known = await this._classesOf(items.about('request')!.module);
    const counted = countedIn(tally, known);
    return {
      ...counted,
      total: items.total,
      failed: items.counts.failed,
      leftOut: items.about('leftOut') ?? { count: 0, first: [] },
      worst: items.labels.worst(offset, limit),
      worstTotal: Math.min(WORST_MISTAKES, counted.count - counted.right)
    };
  }

  /** Let the pages of the gallery bring their pictures along. @throws DeepError `not-found`, `no-space` */
  async showPictures(id: string): Promise<Run> {
    await this._find(id).showPictures();
    return this._parts.journal.get(id);
  }

  /** Where the file of an item lies. @throws DeepError `not-found` */
  fileOf(id: string, item: number): string {
    const { items } = this._find(id);
    const found: BatchItem = items.get(item);
    return path.join(items.about('folder')!, ...found.path.split('/'));
  }

  protected _refuseRetry({ items }: Batch): void {
    if (items.counts.failed === 0) {
      throw new DeepError('conflict', 'No file of this run has failed.');
    }
  }

  protected _make(id: string): Batch {
    const { journal, deployments, predictMinutes, pruning, store } =
      this._parts;
    const batch = new Batch({
      id,
      items: BatchItems.open(path.join(store.folderOf('runs', id), ITEMS_FILE)),
      journal,
      deployments,
      files: fixedFiles(journal.inputs(id)),
      timeoutMs: predictMinutes * 60_000,
      onWorking: () => this._mark(),
      onEnd: () => void batch.stopped.then(() => pruning.afterRun(id))
    });
    return batch;
  }

  private async _classesOf(
    module: string
  ): Promise<ReadonlySet<string> | undefined> {
    // It may have been removed since.
    const entry = await this._parts.catalogue
      .get(module)
      .catch(() => undefined);
    return entry?.folder ? classesOfModel(entry.folder) : undefined;
  }

  private async _begin(
    id: string,
    request: BatchRequest,
    asker: IAsker
  ): Promise<Run> {
    const { catalogue, deployments, inputs } = this._parts;
    const { module } = await catalogue.get(request.module);
    const { folder, name } = await findFolder(
      request.each,
      asker,
      this._parts.datasets
    );
    const labels =
      request.labels && (await findLabels(request.labels, folder, asker));
    await (labels
      ? refuseUnlabelled(folder, request.each, labels)
      : refuseNothing(folder, request.each));
    const found = await inputs.find(module.id, request.files ?? {}, asker);
    const ready = deployments.readyOf(module);
    const names = [...Object.keys(request.files ?? {}), request.each.argument];
    await (ready &&
      checkArguments(ready.about.predict, request.arguments, names));
    // Refuses a module that nothing here can run.
    const { id: deployment } = await deployments.start(request.module);
    const run = await this._record(id, request, found, {
      folder,
      labels,
      asker,
      title: titleOf(module.title, name, request),
      module: module.id,
      deployment,
      arguments: withoutSecrets(request.arguments, ready?.about.predict)
    });
    this._open(run.id).start();
    return run;
  }

  /** What an earlier request of the same name began. */
  private _begun(id: string, request: BatchRequest): Run | undefined {
    if (!request.requestId || !this._parts.journal.has(id)) {
      return undefined;
    }
    const run = this._parts.journal.get(id);
    const first = this._find(id).items.about('request');
    if (!isDeepStrictEqual(first, request)) {
      throw otherRequest('batch');
    }
    return run;
  }

  private async _record(
    id: string,
    request: BatchRequest,
    found: IRunInput[],
    about: IRecordAbout
  ): Promise<Run> {
    const { inputs, journal, store } = this._parts;
    const { folder, labels, asker, ...known } = about;
    const record = await store.makeFolder('runs', id);
    const folders = { files: folder, record };
    let results: IResultsFolder | undefined;
    try {
      results = await makeResultsFolder(id, request, folders, asker);
      const kept = await inputs.keep(id, found);
      const items = BatchItems.open(path.join(record, ITEMS_FILE));
      items.note('request', request);
      items.note('folder', folder);
      items.note('results', results.real);
      items.note('title', known.title);
      if (labels) {
        items.note('labels', labels);
      }
      items.close();
      const batch = {
        each: request.each,
        failed: 0,
        results: results.shown,
        ...(request.labels && { labels: request.labels })
      };
      const run = { ...known, kind: 'batch' as const, batch };
      return journal.create(id, run, kept);
    } catch (error) {
      await store.removeFolder('runs', id);
      await results?.remove();
      throw error;
    }
  }

  private readonly _beginnings = new Beginnings<Run>();
}

export namespace Batches {
  export interface IParts extends WorkedRuns.IParts {
    catalogue: Catalogue;
    datasets: Pick<Datasets, 'find'>;
    deployments: Deployments;
    inputs: Inputs;
    pruning: RunPruning;
    store: Store;
    predictMinutes: number;
  }

  export interface IItemsQuery {
    state?: BatchItemState;
    offset?: number;
    limit?: number;
    /** Only items that ended after the one of this place, in that order. */
    after?: number;
  }
}

interface IRecordAbout {
  folder: string;
  labels?: FoundLabels;
  asker: IAsker;
  title: string;
  module: string;
  deployment: string;
  arguments: Record<string, unknown>;
}

function titleOf(
  module: string,
  folder: string,
  { each: { pattern }, labels }: BatchRequest
): string {
  if (labels) {
    return `${module} evaluated: ${folder || pattern}`;
  }
  return `${module}: ${folder ? `${folder}/${pattern}` : pattern}`;
}
