import { createHash } from 'node:crypto';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
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
import { IRunInput, isLive, RunJournal } from '../../runs/journal';
import { RunPruning } from '../../runs/pruning';
import { Unfinished } from '../../runs/unfinished';
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
/** Databases of ended batches that stay open for who looks at them. */
const KEPT_OPEN = 4;

/** Predictions of many files: begun, steered, taken up again after any end of the service. */
export class Batches {
  constructor(private readonly _parts: Batches.IParts) {}

  /** Go on with what an earlier service left. */
  takeUp(leftovers: readonly Run[]): void {
    for (const { id, state } of leftovers.filter(isBatch)) {
      try {
        const batch = this._open(id);
        if (state !== 'paused') {
          batch.start();
        }
      } catch (error) {
        this._parts.logger.warn({ err: error, run: id }, 'a batch is lost');
        const says = `The record of its files cannot be read: ${(error as Error).message}.`;
        this._parts.journal.interrupt(id, says);
      }
    }
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
    const id = runIdOf(request);
    while (this._beginning.has(id)) {
      await this._beginning.get(id)!.catch(() => undefined);
    }
    const begun = this._begun(id, request);
    if (begun) {
      return begun;
    }
    const run = this._begin(id, request, asker);
    this._beginning.set(id, run);
    return run.finally(() => this._beginning.delete(id));
  }

  /** @throws DeepError `not-found`; `conflict` unless it is at work. */
  pause(id: string): Run {
    const { state } = this._parts.journal.get(id);
    if (state !== 'running' && state !== 'queued') {
      throw new DeepError('conflict', `This run is not at work: ${state}.`);
    }
    return this._batch(id).pause();
  }

  /** @throws DeepError `not-found`; `conflict` unless it is paused. */
  resume(id: string): Run {
    const { state } = this._parts.journal.get(id);
    if (state !== 'paused') {
      throw new DeepError('conflict', `This run is not paused: ${state}.`);
    }
    return this._batch(id).resume();
  }

  /** @throws DeepError `not-found`; `conflict` when it has ended. */
  cancel(id: string): Run {
    const run = this._parts.journal.get(id);
    if (!isLive(run)) {
      throw new DeepError(
        'conflict',
        `This run has already ended: ${run.state}.`
      );
    }
    const batch = this._batch(id);
    void batch.stopped.then(() => this._parts.pruning.afterRun(id));
    return batch.cancel();
  }

  /** @throws DeepError `not-found`; `conflict` when nothing failed. */
  async retry(id: string): Promise<Run> {
    const batch = this._batch(id);
    if (batch.items.counts.failed === 0) {
      throw new DeepError('conflict', 'No file of this run has failed.');
    }
    return batch.retryFailed();
  }

  /** Items of a run: the newest ends first, or with `after` in the order of their ends. */
  items(id: string, query: Batches.IItemsQuery): ItemsPage {
    const { items } = this._batch(id);
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
    const { items, tally } = this._batch(id);
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
    await this._batch(id).showPictures();
    return this._parts.journal.get(id);
  }

  /** Where the file of an item lies. @throws DeepError `not-found` */
  fileOf(id: string, item: number): string {
    const { items } = this._batch(id);
    const found: BatchItem = items.get(item);
    return path.join(items.about('folder')!, ...found.path.split('/'));
  }

  /**
   * Delete an ended run and its record; the files of results are the user's.
   *
   * @throws DeepError `not-found`; `conflict` while it is not ended.
   */
  async remove(id: string): Promise<void> {
    const { journal } = this._parts;
    const batch = this._batches.get(id);
    if (batch && !isLive(journal.get(id))) {
      this._batches.delete(id);
      await batch.close();
    }
    await journal.remove(id);
  }

  /** The service ends: everything stops where it is, and the next service goes on. */
  async close(): Promise<void> {
    this._isClosing = true;
    const all = [...this._batches.values()];
    this._batches.clear();
    await Promise.all(all.map(batch => batch.close()));
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
    const first = this._batch(id).items.about('request');
    if (!isDeepStrictEqual(first, request)) {
      throw new DeepError(
        'conflict',
        'Another batch was begun with this requestId.',
        { hint: 'Give every new batch a requestId of its own.' }
      );
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

  /** @throws DeepError `not-found` also for a run that is no batch. */
  private _batch(id: string): Batch {
    const { kind } = this._parts.journal.get(id);
    if (kind !== 'batch') {
      throw new DeepError('not-found', 'This run has no items.');
    }
    return this._batches.get(id) ?? this._open(id);
  }

  private _open(id: string): Batch {
    const { journal, deployments, predictMinutes, pruning, store } =
      this._parts;
    this._closeSome();
    const batch = new Batch({
      id,
      items: BatchItems.open(path.join(store.folderOf('runs', id), ITEMS_FILE)),
      journal,
      deployments,
      files: fixedFiles(journal.inputs(id)),
      timeoutMs: predictMinutes * 60_000,
      onWorking: () => this._mark(),
      onEnd: () => void pruning.afterRun(id)
    });
    this._batches.set(id, batch);
    return batch;
  }

  private _mark(): void {
    if (!this._isClosing) {
      const all = [...this._batches.values()];
      this._parts.unfinished.mark('batches', all.some(isAtWork));
    }
  }

  private _closeSome(): void {
    const idle = [...this._batches].filter(
      ([id, batch]) => !batch.isWorking && !this._parts.journal.isLive(id)
    );
    for (const [id, batch] of idle.slice(0, -KEPT_OPEN)) {
      this._batches.delete(id);
      void batch.close();
    }
  }

  private readonly _batches = new Map<string, Batch>();
  private readonly _beginning = new Map<string, Promise<Run>>();
  private _isClosing = false;
}

export namespace Batches {
  export interface IParts {
    catalogue: Catalogue;
    datasets: Pick<Datasets, 'find'>;
    deployments: Deployments;
    inputs: Inputs;
    journal: RunJournal;
    pruning: RunPruning;
    store: Store;
    unfinished: Unfinished;
    logger: Pick<Logger, 'warn'>;
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

const isAtWork = ({ isWorking }: Batch): boolean => isWorking;

const isBatch = ({ kind }: Run): boolean => kind === 'batch';

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

/** The same for the same `requestId`: what was begun is known by it also after an end of the service. */
const runIdOf = ({ requestId }: BatchRequest): string =>
  requestId === undefined
    ? RunJournal.newId()
    : createHash('sha256').update(requestId).digest('hex').slice(0, 16);
