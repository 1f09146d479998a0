import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Expressions } from '@jupyterlab-deep/kernel-helpers/expressions/expressions';
import {
  DeepError,
  nameOfNode,
  readTopology,
  Run,
  TopologyNodeProgress,
  TopologyState
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { Deployments } from '../deployments/deployments';
import { asDeepError } from '../http/problems';
import { Consents } from '../pythonModules/consents';
import { RunLog } from '../runs/runLog';
import { nothingCame, WorkedRun } from '../runs/workedRun';
import { Datasets } from '../storage/datasets/datasets';
import { TopologyCache } from './cache';
import { TopologyEngine } from './engine';
import { ModuleLeases } from './leases';
import { RunModules } from './modules';
import { NodeWork } from './nodeWork';
import { Plan } from './plan';
import { TopologyRecords } from './records';
import { retryFailed } from './retrying';
import { TopologySinks } from './sinks';
import { listOrigins } from './sources';
import { IFiring } from './token';

/** Files that come up in a run, below its folder. */
const FILES = 'files';
/** Failures that are written to the log one by one. */
const FAILURES_LOGGED = 1_000;

/** One run of a topology: its record, its sinks, and its place in the journal. */
export class TopologyRun extends WorkedRun<TopologyRun.IParts> {
  constructor(parts: TopologyRun.IParts) {
    super(parts);
    const { records } = parts;
    this._plan = new Plan(readTopology(records.about('document')));
    const places = records.about('places') ?? {};
    this._sinks = new TopologySinks(this._plan, records, places);
  }

  get records(): TopologyRecords {
    return this._parts.records;
  }

  override async close(): Promise<void> {
    await super.close();
    this.records.close();
  }

  protected async _work(signal: AbortSignal): Promise<void> {
    const { id, leases, records } = this._parts;
    const expressions = new Expressions();
    (records.about('started') ?? []).forEach(each => leases.take(each, id));
    try {
      await this._parts.cache.open();
      if (!records.about('isListed')) {
        await this._list(signal);
      }
      await this._go(expressions, signal);
      this._phase = 'Writing the results';
      await this._sinks.write(true);
      this._filesBytes = await bytesIn(this._files);
      signal.throwIfAborted();
      this._succeed();
    } finally {
      await expressions.close();
      this._release();
    }
  }

  /** What has come until it was stopped is in the sinks. */
  protected override _settle(): Promise<void> {
    return this._sinks.write();
  }

  /** What is wrong with a source is not mended by going on. */
  protected _isItsEnd({ key }: DeepError): boolean {
    return !this.records.about('isListed') && key !== 'no-space';
  }

  protected _forgetFailures(): Promise<void> {
    return retryFailed(this._plan, this.records);
  }

  protected _shown(): Partial<Run> {
    const { done, total } = this.records;
    return {
      progress: { done, total, unit: 'items' },
      topology: this._state()
    };
  }

  protected override _shownAtEnd(): Partial<Run> {
    const { storedBytes } = this.records;
    return {
      ...this._shown(),
      topology: {
        ...this._state(),
        storedBytes: storedBytes + this._filesBytes
      }
    };
  }

  protected override _end(
    state: 'succeeded' | 'failed' | 'cancelled',
    error?: DeepError
  ): Run {
    const { done, total } = this.records;
    const { failed } = this._sums();
    this._log(
      `Ended: ${state}. ${done} of ${total} items, ${failed} failures.`
    );
    return super._end(state, error);
  }

  private _release(): void {
    // The next service goes on with those that run.
    if (!this._isClosing) {
      this._parts.leases.release(this._parts.id);
      this.records.note('started', []);
    }
  }

  private async _list(signal: AbortSignal): Promise<void> {
    const { records, datasets } = this._parts;
    const request = records.about('request')!;
    this._phase = 'Looking for what the sources have';
    await listOrigins(
      {
        plan: this._plan,
        records,
        at: {
          folder: records.about('folder')!,
          asker: records.about('asker')!
        },
        given: { inputs: request.inputs ?? {}, items: request.items },
        datasets,
        signal
      },
      count => {
        this._phase = `Looking for what the sources have: ${count} so far`;
      }
    );
    this._log(`The sources have ${records.total}.`);
  }

  private async _go(
    expressions: Expressions,
    signal: AbortSignal
  ): Promise<void> {
    const { records, catalogue, deployments, cache, agreed } = this._parts;
    const request = records.about('request')!;
    const modules = new RunModules({
      ...{ catalogue, deployments, cache, agreed, signal },
      consents: request.consents ?? {},
      timeoutMs: this._parts.timeoutMs,
      onStarted: deployment => this._started(deployment)
    });
    const work = new NodeWork({
      ...{ plan: this._plan, modules, cache, expressions, signal },
      files: this._files,
      useCache: request.useCache ?? true
    });
    this._modules = modules;
    this._phase = 'At work';
    this._engine = new TopologyEngine({
      ...{ plan: this._plan, records, work, signal },
      onEnds: () => this._write(),
      onFailure: (firing, failure) => this._logFailure(firing, failure),
      isTrouble: failure =>
        this._plan.modules.some(id => modules.use(id).trouble === failure)
    });
    try {
      await this._engine.run();
    } finally {
      // What waits in the engine is told of also while the run rests; no module is at work for it.
      this._modules = undefined;
    }
  }

  private _started(deployment: string): void {
    const { id, leases, records } = this._parts;
    leases.take(deployment, id);
    const started = records.about('started') ?? [];
    records.note('started', [...new Set([...started, deployment])]);
    this._log(`A module was started: deployment ${deployment}.`);
  }

  private _logFailure({ node, origin }: IFiring, failure: DeepError): void {
    this._failures += 1;
    if (this._failures <= FAILURES_LOGGED) {
      const name = nameOfNode(this._plan.document, node);
      this._log(`${name}, ${origin.name}: ${failure.detail}`);
    }
  }

  /** In the background; the last writing tells what is wrong. */
  private _write(): void {
    if (!this._isWriting) {
      this._isWriting = true;
      void this._sinks
        .write()
        .catch(error => this._fail(asDeepError(error)))
        .finally(() => (this._isWriting = false));
    }
  }

  private _succeed(): void {
    const { done, failed } = this._sums();
    if (done === 0 && failed > 0) {
      const says = `Nothing came of any of the ${this.records.total} items. The first failure`;
      this._end('failed', nothingCame(says, this.records.firstError()));
    } else {
      this._end('succeeded');
    }
  }

  /** Works of sinks that are done, and all that failed. */
  private _sums(): { done: number; failed: number } {
    const { counts } = this.records;
    return {
      done: this._plan.sinks.reduce(
        (sum, sink) => sum + (counts.get(sink)?.done ?? 0),
        0
      ),
      failed: [...counts.values()].reduce((sum, { failed }) => sum + failed, 0)
    };
  }

  private _state(): TopologyState {
    const nodes = this._plan.order.map(id => [id, this._nodeState(id)]);
    return { ...this._run.topology!, nodes: Object.fromEntries(nodes) };
  }

  private _nodeState(id: string): TopologyNodeProgress {
    const counts = this.records.counts.get(id);
    const now = this._engine?.now(id);
    const { node } = this._plan.node(id);
    const phase =
      node.kind === 'module' ? this._modules?.phaseOf(node.module) : undefined;
    return {
      waiting: now?.waiting ?? 0,
      active: now?.active ?? 0,
      done: counts?.done ?? 0,
      failed: counts?.failed ?? 0,
      cached: counts?.cached ?? 0,
      ...(phase ? { phase } : {})
    };
  }

  /** Where files lie that come up in it. */
  private get _files(): string {
    return path.join(this._parts.folder, FILES);
  }

  private readonly _plan: Plan;
  private readonly _sinks: TopologySinks;
  private _engine?: TopologyEngine;
  private _modules?: RunModules;
  private _isWriting = false;
  private _failures = 0;
  private _filesBytes = 0;
}

export namespace TopologyRun {
  export interface IParts extends WorkedRun.IParts {
    /** Of the run. */
    folder: string;
    records: TopologyRecords;
    log: RunLog;
    catalogue: Catalogue;
    deployments: Deployments;
    datasets: Pick<Datasets, 'find'>;
    cache: TopologyCache;
    leases: ModuleLeases;
    agreed: Pick<Consents, 'of'>;
    timeoutMs: number;
  }
}

/** What lies in a folder that may not be there. */
async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let bytes = 0;
  for (const name of names) {
    bytes += (await stat(path.join(folder, name))).size;
  }
  return bytes;
}
