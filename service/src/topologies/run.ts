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
import { isLive, RunJournal } from '../runs/journal';
import { RunLog } from '../runs/runLog';
import { Datasets } from '../storage/datasets/datasets';
import { TopologyCache } from './cache';
import { TopologyEngine } from './engine';
import { ModuleLeases } from './leases';
import { RunModules } from './modules';
import { NodeWork } from './nodeWork';
import { Plan } from './plan';
import { TopologyRecords } from './records';
import { TopologySinks } from './sinks';
import { listOrigins } from './sources';
import { IFiring } from './token';

/** What watchers are told at most so often. */
const TELL_MS = 250;
/** Files that come up in a run, below its folder. */
const FILES = 'files';
/** Failures that are written to the log one by one. */
const FAILURES_LOGGED = 1_000;

/** Why its work stops before its end. */
type Stop = 'paused' | 'cancelled' | 'closing';

/** One run of a topology: its record, its sinks, and its place in the journal. */
export class TopologyRun {
  constructor(private readonly _parts: TopologyRun.IParts) {
    const { records, log } = _parts;
    this._plan = new Plan(readTopology(records.about('document')));
    const places = records.about('places') ?? {};
    this._sinks = new TopologySinks(this._plan, records, places);
    this._log = log;
  }

  get records(): TopologyRecords {
    return this._parts.records;
  }

  get isWorking(): boolean {
    return this._working !== undefined;
  }

  /** Resolves when nothing of its work goes on any more. */
  get stopped(): Promise<void> {
    return this._working ?? Promise.resolve();
  }

  /** Work until all is done or somebody stops it. Never rejects. */
  start(): void {
    if (this._working) {
      return;
    }
    this._stop = undefined;
    this._controller = new AbortController();
    this._working = this._work(this._controller.signal)
      .catch(error => this._fail(asDeepError(error)))
      .then(() => this._settle())
      .finally(() => {
        this._working = undefined;
        this._parts.onWorking();
      });
    this._parts.onWorking();
  }

  /** What is under way is given up. */
  pause(): Run {
    this._halt('paused');
    this._log.add('Paused.');
    return this._parts.journal.update(this._parts.id, {
      state: 'paused',
      phase: '',
      topology: this._state()
    });
  }

  cancel(): Run {
    this._halt('cancelled');
    this._log.add('Cancelled.');
    const reason = new DeepError('cancelled', 'The run was cancelled.');
    return this._endRun('cancelled', reason);
  }

  resume(): Run {
    const { id, journal } = this._parts;
    this._log.add('Going on.');
    const run = journal.update(id, {
      state: 'running',
      phase: 'Going on',
      error: undefined
    });
    void this.stopped.then(() => {
      if (isLive(this._run) && this._run.state !== 'paused') {
        this.start();
      }
    });
    return run;
  }

  /** The service ends: the next one goes on. */
  async close(): Promise<void> {
    this._halt('closing');
    await this.stopped;
    await this._log.flush();
    this.records.close();
  }

  private _halt(stop: Stop): void {
    this._stop = stop;
    this._controller?.abort(new DeepError('cancelled', 'The run was stopped.'));
  }

  private async _work(signal: AbortSignal): Promise<void> {
    const { id, journal, leases, records } = this._parts;
    const startedAt = this._run.startedAt ?? new Date().toISOString();
    journal.update(id, { state: 'running', startedAt });
    const ticker = setInterval(() => this._tell(), TELL_MS);
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
      this._parts.onEnd();
    } finally {
      clearInterval(ticker);
      await expressions.close();
      this._release();
    }
  }

  private _release(): void {
    // The next service goes on with those that run.
    if (this._stop !== 'closing') {
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
    this._log.add(`The sources have ${records.total}.`);
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
      this._engine = undefined;
    }
  }

  private _started(deployment: string): void {
    const { id, leases, records } = this._parts;
    leases.take(deployment, id);
    const started = records.about('started') ?? [];
    records.note('started', [...new Set([...started, deployment])]);
    this._log.add(`A module was started: deployment ${deployment}.`);
  }

  private _logFailure({ node, origin }: IFiring, failure: DeepError): void {
    this._failures += 1;
    if (this._failures <= FAILURES_LOGGED) {
      const name = nameOfNode(this._plan.document, node);
      this._log.add(`${name}, ${origin.name}: ${failure.detail}`);
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
      const first = this.records.firstError();
      this._endRun(
        'failed',
        new DeepError(
          'module-failed',
          `Nothing came of any of the ${this.records.total} items. The first failure: ${first?.detail}`,
          { hint: first?.hint, technical: first?.technical }
        )
      );
    } else {
      this._endRun('succeeded');
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

  /** It cannot go on by itself: a person decides. What is wrong with a source is not mended by going on. */
  private _fail(error: DeepError): void {
    if (this._stop) {
      return;
    }
    this._log.add(error.detail);
    if (!this.records.about('isListed') && error.key !== 'no-space') {
      this._halt('cancelled');
      this._endRun('failed', error);
      this._parts.onEnd();
      return;
    }
    this._halt('paused');
    this._parts.journal.update(this._parts.id, {
      state: 'paused',
      phase: '',
      topology: this._state(),
      progress: this._progress(),
      error: error.toProblem()
    });
  }

  /** What has come until it was stopped is in the sinks. */
  private async _settle(): Promise<void> {
    if (this._stop === 'paused' || this._stop === 'cancelled') {
      await this._sinks.write().catch(() => undefined);
    }
    await this._log.flush();
  }

  private _endRun(
    state: 'succeeded' | 'failed' | 'cancelled',
    error?: DeepError
  ): Run {
    const { failed } = this._sums();
    this._log.add(
      `Ended: ${state}. ${this.records.done} of ${this.records.total} items, ${failed} failures.`
    );
    return this._parts.journal.end(this._parts.id, state, {
      progress: this._progress(),
      topology: {
        ...this._state(),
        storedBytes: this.records.storedBytes + this._filesBytes
      },
      error: error?.toProblem()
    });
  }

  private _tell(): void {
    if (this._stop) {
      return;
    }
    const topology = this._state();
    const progress = this._progress();
    const news = JSON.stringify([this._phase, topology, progress]);
    if (news !== this._told) {
      this._told = news;
      const { journal, id } = this._parts;
      journal.update(id, { phase: this._phase, progress, topology });
    }
  }

  private _progress(): Run['progress'] {
    const { done, total } = this.records;
    return { done, total, unit: 'items' };
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
      ...(phase && this._engine ? { phase } : {})
    };
  }

  /** Where files lie that come up in it. */
  private get _files(): string {
    return path.join(this._parts.folder, FILES);
  }

  private get _run(): Run {
    return this._parts.journal.get(this._parts.id);
  }

  private readonly _plan: Plan;
  private readonly _sinks: TopologySinks;
  private readonly _log: RunLog;
  private _engine?: TopologyEngine;
  private _modules?: RunModules;
  private _controller?: AbortController;
  private _working?: Promise<void>;
  private _stop?: Stop;
  private _phase = 'Going on';
  private _isWriting = false;
  private _failures = 0;
  private _filesBytes = 0;
  private _told = '';
}

export namespace TopologyRun {
  export interface IParts {
    id: string;
    /** Of the run. */
    folder: string;
    records: TopologyRecords;
    log: RunLog;
    journal: RunJournal;
    catalogue: Catalogue;
    deployments: Deployments;
    datasets: Pick<Datasets, 'find'>;
    cache: TopologyCache;
    leases: ModuleLeases;
    agreed: Pick<Consents, 'of'>;
    timeoutMs: number;
    /** It has begun to work, or stopped. */
    onWorking(): void;
    /** Its run has ended by itself. */
    onEnd(): void;
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
