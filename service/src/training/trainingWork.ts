import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import {
  DeepError,
  Deployment,
  Run,
  TrainingRequest,
  TrainingState
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { Deployments } from '../deployments/deployments';
import { IReadyModule } from '../deployments/life';
import { asDeepError } from '../http/problems';
import { RunJournal } from '../runs/journal';
import { saveResult } from '../runs/results';
import { Store } from '../store/store';
import { fingerprintOf } from './fingerprint';
import { Follower, IOutcome } from './follower';
import { checkTrain, shownArguments, withPaths } from './givenArguments';
import { KeptTraining, keptOf } from './keptTraining';
import { findRecord, keptMetrics, modelOf } from './madeModel';
import { OWN_MODELS } from './ownModels';
import { TrainingFiles } from './trainingFiles';

/** One training, from its beginning or its finding again to its end. */
export class TrainingWork {
  constructor(private readonly _parts: TrainingWork.IParts) {
    this._kept = new KeptTraining(_parts.store, _parts.id);
  }

  /** Resolves when nothing of it goes on any more. */
  done: Promise<void> = Promise.resolve();

  /** @param isElsewhere The module cannot see the files of this machine. */
  begin(request: TrainingRequest, isElsewhere: boolean): void {
    this.done = this._carryOut(request, isElsewhere).catch(error =>
      this._fail(error)
    );
  }

  /** Go on with what an earlier service left. */
  takeUp(): void {
    this.done = this._resume().catch(error => this._fail(error));
  }

  /** @throws DeepError what the module says when it cannot. */
  async cancel(): Promise<void> {
    this._cancelling ??= this._cancel().catch(error => {
      this._cancelling = undefined;
      throw error;
    });
    await this._cancelling;
  }

  /** The service ends, and the modules of this machine with it. */
  interrupt(): void {
    const says = 'The service was stopped.';
    this._parts.journal.interrupt(this._parts.id, says);
    this._controller.abort(new DeepError('interrupted', says));
  }

  private _fail(error: unknown): void {
    if (this._controller.signal.aborted) {
      // Whoever stopped it has written its end.
      return;
    }
    const { id, journal } = this._parts;
    const problem = asDeepError(error);
    const state = problem.key === 'interrupted' ? 'interrupted' : 'failed';
    journal.end(id, state, { error: problem.toProblem() });
  }

  private async _carryOut(
    request: TrainingRequest,
    isElsewhere: boolean
  ): Promise<void> {
    const { deployments } = this._parts;
    const { signal } = this._controller;
    let state = this._run.training!;
    this._tell({
      state: 'running',
      phase: 'Looking at the data',
      startedAt: new Date().toISOString()
    });
    if (!isElsewhere) {
      state = { ...state, data: await fingerprints(state.data, signal) };
    }
    this._tell({ phase: 'Starting the module', training: state });
    const ready = await deployments.use(
      request.module,
      signal,
      deployment => this._tell({ deployment: deployment.id }),
      request.consent
    );
    this._ready = ready;
    const { module } = await this._parts.catalogue.get(request.module);
    const given = withPaths(request.arguments, state.data);
    await checkTrain(ready, module, given);
    const logOffset = await this._logSize(ready.deployment);
    const deployment = await deployments.get(ready.deployment);
    state = { ...state, environment: environmentOf(deployment) };
    // Before it begins: whoever finds this run after a kill knows where to look.
    await this._kept.write({ ...keptOf(request, ready), logOffset });
    const { id: training } = await ready.client.train(given, { signal });
    state = { ...state, training };
    this._tell({
      phase: 'Training',
      arguments: shownArguments(request.arguments, state.data, ready),
      training: state
    });
    await this._follow(ready, state, logOffset);
  }

  /** After a kill of the service: the module may still be at it, may have ended well, or may be gone. */
  private async _resume(): Promise<void> {
    const { deployments } = this._parts;
    const run = this._run;
    const state = run.training!;
    if (!state.training || !run.deployment) {
      throw new DeepError(
        'interrupted',
        'The service ended before the training had begun.',
        { hint: 'Start it again.' }
      );
    }
    this._tell({ phase: 'Looking for the module again' });
    const ready = await deployments
      .adopted(run.deployment)
      .catch(() => undefined);
    if (ready) {
      this._ready = ready;
      const { logOffset = 0 } = await this._kept.read();
      await this._follow(ready, state, logOffset);
      return;
    }
    const made = await findRecord(this._parts.modelsFolder, state.training);
    if (made) {
      await this._end(state, { isDone: true, output: made });
      return;
    }
    const gone = await deployments.get(run.deployment).catch(() => undefined);
    throw new DeepError(
      'interrupted',
      `The module's process ended while nobody watched${gone?.error ? `: ${gone.error}` : '.'}`,
      { hint: 'Start it again.' }
    );
  }

  private async _follow(
    ready: IReadyModule,
    state: TrainingState,
    logOffset: number
  ): Promise<void> {
    const { deployments, id, store, logger, modelsFolder } = this._parts;
    const deployment = await deployments.get(ready.deployment);
    const follower = new Follower({
      ready,
      training: state.training!,
      hasEvents: deployment.runtime === 'onnx',
      logFile: this._logFile(ready.deployment),
      logOffset,
      files: new TrainingFiles(store, id),
      state,
      explainEnd: () => this._explainEnd(ready.deployment),
      tell: change => this._tell(change),
      signal: this._controller.signal
    });
    let outcome: IOutcome;
    try {
      outcome = await follower.follow();
    } catch (error) {
      const isKnown = await findRecord(modelsFolder, state.training!);
      if (!isKnown || this._controller.signal.aborted) {
        throw error;
      }
      // It had saved its model before it went.
      outcome = { isDone: true, output: isKnown };
    }
    if (this._cancelling && !outcome.isDone) {
      // Its cancelling says how it ended.
      return;
    }
    await this._end(follower.state, outcome);
    if (outcome.isDone && deployment.runtime === 'python') {
      // New weights are seen after a restart only.
      await deployments
        .restart(ready.deployment)
        .catch(error => logger.warn({ err: error }, 'not restarted'));
    }
  }

  /** Why a module is gone; undefined while it lives. */
  private async _explainEnd(id: string): Promise<DeepError | undefined> {
    const { deployments } = this._parts;
    const end = await deployments.explainEnd(id);
    const now = await deployments.get(id).catch(() => undefined);
    const isGone = !now || ['stopped', 'failed'].includes(now.state);
    return (
      end ??
      (isGone
        ? new DeepError('interrupted', 'The module was stopped or restarted.')
        : undefined)
    );
  }

  private async _end(
    state: TrainingState,
    { isDone, output, problem }: IOutcome
  ): Promise<void> {
    const { id, journal, store, catalogue } = this._parts;
    if (!isDone) {
      journal.end(id, 'failed', { training: state, error: problem });
      return;
    }
    const model = modelOf(output);
    const kept = keptMetrics(output);
    const training: TrainingState = {
      ...state,
      metrics: kept ?? state.metrics,
      ...(model && { model: { ...model, id: `${OWN_MODELS}/${model.name}` } })
    };
    const result = await saveResult(store, id, {
      contentType: 'application/json',
      content: JSON.stringify(output ?? null)
    }).catch(() => undefined);
    if (model) {
      // Whoever hears of the end asks for the model at once.
      await catalogue.reread(OWN_MODELS).catch(() => undefined);
    }
    journal.end(id, 'succeeded', {
      training,
      ...(result && { result })
    });
  }

  private async _cancel(): Promise<void> {
    const { id, journal } = this._parts;
    const { training } = this._run.training!;
    if (this._ready && training) {
      journal.update(id, { phase: 'Cancelling' });
      const last = await this._ready.client
        .cancelTraining(training)
        .catch(error => {
          // Gone already: how it ended comes by itself.
          if ((error as DeepError).key !== 'not-found') {
            throw error;
          }
          return undefined;
        });
      if (last?.isDone) {
        await this.done;
        return;
      }
    }
    const reason = new DeepError('cancelled', 'The training was cancelled.');
    if (journal.isLive(id)) {
      journal.end(id, 'cancelled', { error: reason.toProblem() });
    }
    this._controller.abort(reason);
    await this.done;
  }

  private _logFile(deployment: string): string | undefined {
    try {
      return this._parts.deployments.logFile(deployment);
    } catch {
      // It runs elsewhere, and so does its log.
      return undefined;
    }
  }

  private async _logSize(deployment: string): Promise<number> {
    const file = this._logFile(deployment);
    return file === undefined
      ? 0
      : (await stat(file).catch(() => ({ size: 0 }))).size;
  }

  private _tell(change: Partial<Run>): void {
    const { id, journal } = this._parts;
    if (!this._controller.signal.aborted && journal.isLive(id)) {
      journal.update(id, change);
    }
  }

  private get _run(): Run {
    return this._parts.journal.get(this._parts.id);
  }

  private readonly _kept: KeptTraining;
  private readonly _controller = new AbortController();
  private _ready?: IReadyModule;
  /** Set by who cancels: how it ends. */
  private _cancelling?: Promise<void>;
}

export namespace TrainingWork {
  export interface IParts {
    /** Of its run. */
    id: string;
    catalogue: Catalogue;
    deployments: Deployments;
    journal: RunJournal;
    store: Store;
    logger: Logger;
    /** Where the runtime puts what was trained. */
    modelsFolder: string;
  }
}

const environmentOf = ({ target, runtime, backend }: Deployment): string =>
  [
    target === 'process' ? 'on this machine' : 'runs elsewhere',
    runtime === 'python' ? 'Python (DEEPaaS)' : runtime && 'module-runtime',
    backend
  ]
    .filter(Boolean)
    .join(', ');

async function fingerprints(
  data: TrainingState['data'],
  signal: AbortSignal
): Promise<TrainingState['data']> {
  const done: TrainingState['data'] = [];
  for (const each of data) {
    done.push({ ...each, ...(await fingerprintOf(each.path, signal)) });
  }
  return done;
}
