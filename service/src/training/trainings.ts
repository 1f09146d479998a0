import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { checkArguments } from '@jupyterlab-deep/kernel-helpers/deepaas';
import {
  DeepError,
  Deployment,
  Module,
  NotebookReply,
  NotebookRequest,
  Run,
  TrainingRequest,
  TrainingState,
  TrainingSteps
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { Deployments } from '../deployments/deployments';
import { IReadyModule } from '../deployments/life';
import { asDeepError } from '../http/problems';
import { IAsker } from '../inference/inputs';
import { HIDDEN, withoutSecrets } from '../inference/secrets';
import { isLive, RunJournal } from '../runs/journal';
import { saveResult } from '../runs/results';
import { IRunWorker } from '../runs/workers';
import { Unfinished } from '../runs/unfinished';
import { Datasets } from '../storage/datasets/datasets';
import { writeAtomically } from '../store/atomicFile';
import { Store } from '../store/store';
import { findData } from './dataPaths';
import { fingerprintOf } from './fingerprint';
import { Follower, IOutcome } from './follower';
import { trainingNotebook } from './notebook';
import { OWN_MODELS } from './ownModels';
import { TrainingFiles } from './trainingFiles';

/** The module's own record in a folder that it made. */
const RECORD = 'training.json';

/** What a live training needs beyond its record. */
interface IWork {
  controller: AbortController;
  /** Set by who cancelled: how it ends. */
  cancelled?: Promise<void>;
  ready?: IReadyModule;
  done: Promise<void>;
}

/** What is kept on disk of a request: without passwords, which are nobody's business later. */
interface IKept {
  request: TrainingRequest;
  /** Of the whole request: whether another is the same. */
  digest: string;
  /** Where the training began in the module's log. */
  logOffset?: number;
}

/** Trainings of any module: begun, watched, taken up again after any end of the service. */
export class Trainings implements IRunWorker {
  constructor(private readonly _parts: Trainings.IParts) {}

  /** Go on with what an earlier service left. */
  takeUp(leftovers: readonly Run[]): void {
    for (const run of leftovers.filter(({ kind }) => kind === 'training')) {
      this._start(run.id, work => this._resume(run, work));
    }
  }

  /**
   * Check a request, write its run down and begin it; a request that was made before under its `requestId` begins nothing.
   *
   * @throws DeepError `not-found`, `invalid-arguments`, `module-broken`, `module-not-implemented`, `consent-needed`, `no-space`;
   * `conflict` of a `requestId` that was given to another request.
   */
  async begin(request: TrainingRequest, asker: IAsker): Promise<Run> {
    const { catalogue, datasets, deployments, journal, store } = this._parts;
    const id = idOf(request);
    if (request.requestId && journal.has(id)) {
      return this._begun(id, request);
    }
    const { module } = await catalogue.get(request.module);
    const ready = deployments.readyOf(module);
    const isElsewhere =
      ready !== undefined && !ready.endpoint.startsWith('unix:');
    const data = await findData(
      datasets,
      request.data ?? {},
      asker,
      isElsewhere
    );
    const given = withPaths(request.arguments, data);
    await (ready && checkTrain(ready, module, given));
    // Also refuses a broken module, and one that nothing here can run.
    const { id: deployment } = await deployments.start(
      request.module,
      request.consent
    );
    const title = [module.title, ...data.map(({ name }) => name)].join(': ');
    await store.makeFolder('runs', id);
    const { consent: _consent, ...kept } = request;
    const run = journal.create(
      id,
      {
        kind: 'training',
        title,
        module: module.id,
        deployment,
        arguments: shown(request.arguments, data, ready),
        training: {
          data,
          ...(module.version ? { moduleVersion: module.version } : {}),
          hardware: await this._parts.hardware(),
          environment: '',
          steps: 0,
          metrics: {}
        }
      },
      []
    );
    await this._keep(id, keptOf(kept, ready));
    this._start(id, work => this._carryOut(run, kept, work, isElsewhere));
    return run;
  }

  /**
   * Begin another training with the same arguments and data.
   *
   * @throws DeepError `not-found`, also of data that are gone; what `begin` throws
   */
  async again(id: string, asker: IAsker): Promise<Run> {
    const run = this._training(id);
    const { requestId: _requestId, ...request } = (await this._kept(run.id))
      .request;
    const hidden = Object.entries(request.arguments)
      .filter(([, value]) => value === HIDDEN)
      .map(([name]) => name);
    if (hidden.length > 0) {
      throw new DeepError(
        'conflict',
        `This training had a password (${hidden.join(', ')}), which was not kept.`,
        { hint: 'Fill in the form of the module once more.' }
      );
    }
    return this.begin(request, asker);
  }

  /** @throws DeepError `not-found`; `conflict` when it has ended; what the module says when it cannot. */
  async cancel(id: string): Promise<Run> {
    const { journal } = this._parts;
    const run = journal.get(id);
    const work = this._works.get(id);
    if (!isLive(run) || !work) {
      throw new DeepError(
        'conflict',
        `This run has already ended: ${run.state}.`
      );
    }
    work.cancelled ??= this._cancel(run, work).catch(error => {
      work.cancelled = undefined;
      throw error;
    });
    await work.cancelled;
    return journal.get(id);
  }

  /** @throws DeepError `not-found`; `conflict` while it is at work. */
  async remove(id: string): Promise<void> {
    await this._parts.journal.remove(id);
  }

  /** A notebook that repeats it. @throws DeepError `not-found`, also of a module that is gone; `conflict` */
  async notebook(
    id: string,
    language: NotebookRequest['language']
  ): Promise<NotebookReply> {
    const run = this._training(id);
    const { module } = await this._parts.catalogue.get(run.module!);
    return trainingNotebook(run, module, language);
  }

  /** Numbers of a training from a place on. @throws DeepError `not-found` */
  steps(id: string, from: number): Promise<TrainingSteps> {
    const { journal, store } = this._parts;
    return new TrainingFiles(store, journal.get(id).id).read(from);
  }

  /** The service ends, and the modules of this machine with it. */
  async close(): Promise<void> {
    const works = [...this._works];
    for (const [id, { controller }] of works) {
      this._parts.journal.interrupt(id, 'The service was stopped.');
      controller.abort(
        new DeepError('interrupted', 'The service was stopped.')
      );
    }
    await Promise.allSettled(works.map(([, { done }]) => done));
  }

  private _training(id: string): Run {
    const run = this._parts.journal.get(id);
    if (run.kind !== 'training') {
      throw new DeepError('conflict', 'This run is no training.');
    }
    return run;
  }

  private _start(id: string, act: (work: IWork) => Promise<void>): void {
    const work: IWork = {
      controller: new AbortController(),
      done: Promise.resolve()
    };
    this._works.set(id, work);
    this._mark();
    work.done = act(work)
      .catch(error => this._fail(id, work, error))
      .finally(() => {
        this._works.delete(id);
        this._mark();
      });
  }

  /** By it a Jupyter that starts anew starts the service too. */
  private _mark(): void {
    this._parts.unfinished.mark('trainings', this._works.size > 0);
  }

  private _fail(id: string, { controller }: IWork, error: unknown): void {
    if (controller.signal.aborted) {
      // Whoever stopped it has written its end.
      return;
    }
    const problem = asDeepError(error);
    const state = problem.key === 'interrupted' ? 'interrupted' : 'failed';
    this._parts.journal.end(id, state, { error: problem.toProblem() });
  }

  private async _carryOut(
    run: Run,
    request: TrainingRequest,
    work: IWork,
    isElsewhere: boolean
  ): Promise<void> {
    const { journal, deployments } = this._parts;
    const { signal } = work.controller;
    let state = run.training!;
    const tell = (change: Partial<Run>): void => {
      if (!signal.aborted) {
        journal.update(run.id, change);
      }
    };
    tell({
      state: 'running',
      phase: 'Looking at the data',
      startedAt: new Date().toISOString()
    });
    if (!isElsewhere) {
      state = { ...state, data: await fingerprints(state.data, signal) };
    }
    tell({ phase: 'Starting the module', training: state });
    const ready = await deployments.use(
      request.module,
      signal,
      deployment => tell({ deployment: deployment.id }),
      request.consent
    );
    work.ready = ready;
    const { module } = await this._parts.catalogue.get(request.module);
    const given = withPaths(request.arguments, state.data);
    await checkTrain(ready, module, given);
    const logOffset = await this._logSize(ready.deployment);
    const deployment = await deployments.get(ready.deployment);
    state = { ...state, environment: environmentOf(deployment) };
    // Before it begins: whoever finds this run after a kill knows where to look.
    await this._keep(run.id, { ...keptOf(request, ready), logOffset });
    const { id: training } = await ready.client.train(given, { signal });
    state = { ...state, training };
    tell({
      phase: 'Training',
      arguments: shown(request.arguments, state.data, ready),
      training: state
    });
    await this._follow(run.id, ready, state, logOffset, work);
  }

  /** After a kill of the service: the module may still be at it, may have ended well, or may be gone. */
  private async _resume(run: Run, work: IWork): Promise<void> {
    const { journal, deployments } = this._parts;
    const state = run.training!;
    if (!state.training || !run.deployment) {
      throw new DeepError(
        'interrupted',
        'The service ended before the training had begun.',
        { hint: 'Start it again.' }
      );
    }
    journal.update(run.id, { phase: 'Looking for the module again' });
    const ready = await deployments
      .adopted(run.deployment)
      .catch(() => undefined);
    if (ready) {
      work.ready = ready;
      const { logOffset = 0 } = await this._kept(run.id);
      await this._follow(run.id, ready, state, logOffset, work);
      return;
    }
    const made = await findRecord(this._parts.modelsFolder, state.training);
    if (made) {
      await this._end(run.id, state, { isDone: true, output: made });
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
    id: string,
    ready: IReadyModule,
    state: TrainingState,
    logOffset: number,
    work: IWork
  ): Promise<void> {
    const { deployments, journal, store, logger } = this._parts;
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
      tell: change => {
        if (!work.controller.signal.aborted && journal.isLive(id)) {
          journal.update(id, change);
        }
      },
      signal: work.controller.signal
    });
    let outcome: IOutcome;
    try {
      outcome = await follower.follow();
    } catch (error) {
      const isKnown = await findRecord(
        this._parts.modelsFolder,
        state.training!
      );
      if (!isKnown || work.controller.signal.aborted) {
        throw error;
      }
      // It had saved its model before it went.
      outcome = { isDone: true, output: isKnown };
    }
    if (work.cancelled && !outcome.isDone) {
      // Its cancelling says how it ended.
      return;
    }
    await this._end(id, follower.state, outcome);
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
    id: string,
    state: TrainingState,
    { isDone, output, problem }: IOutcome
  ): Promise<void> {
    const { journal, store, catalogue } = this._parts;
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

  private async _cancel(run: Run, work: IWork): Promise<void> {
    const { journal } = this._parts;
    const training = journal.get(run.id).training?.training;
    if (work.ready && training) {
      journal.update(run.id, { phase: 'Cancelling' });
      const last = await work.ready.client
        .cancelTraining(training)
        .catch(error => {
          // Gone already: how it ended comes by itself.
          if ((error as DeepError).key !== 'not-found') {
            throw error;
          }
          return undefined;
        });
      if (last?.isDone) {
        await work.done;
        return;
      }
    }
    const reason = new DeepError('cancelled', 'The training was cancelled.');
    if (isLive(journal.get(run.id))) {
      journal.end(run.id, 'cancelled', { error: reason.toProblem() });
    }
    work.controller.abort(reason);
    await work.done;
  }

  private _begun(id: string, request: TrainingRequest): Promise<Run> {
    return this._kept(id).then(kept => {
      if (kept.digest !== digestOf(request)) {
        throw new DeepError(
          'conflict',
          'Another training was begun with this requestId.',
          { hint: 'Give every new training a requestId of its own.' }
        );
      }
      return this._parts.journal.get(id);
    });
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

  private async _keep(id: string, kept: IKept): Promise<void> {
    await writeAtomically(this._keptFile(id), JSON.stringify(kept));
  }

  private async _kept(id: string): Promise<IKept> {
    return JSON.parse(await readFile(this._keptFile(id), 'utf8')) as IKept;
  }

  private _keptFile(id: string): string {
    return path.join(this._parts.store.folderOf('runs', id), 'request.json');
  }

  private readonly _works = new Map<string, IWork>();
}

export namespace Trainings {
  export interface IParts {
    catalogue: Catalogue;
    datasets: Datasets;
    deployments: Deployments;
    journal: RunJournal;
    store: Store;
    unfinished: Unfinished;
    logger: Logger;
    /** Where the runtime puts what was trained. */
    modelsFolder: string;
    /** For people: `2 CPU, 24 GB, no GPU`. */
    hardware(): Promise<string>;
  }
}

/** The same for the same `requestId`. */
const idOf = ({ requestId }: TrainingRequest): string =>
  requestId === undefined
    ? RunJournal.newId()
    : createHash('sha256')
        .update(`training ${requestId}`)
        .digest('hex')
        .slice(0, 16);

const withPaths = (
  given: Record<string, unknown>,
  data: TrainingState['data']
): Record<string, unknown> => ({
  ...given,
  ...Object.fromEntries(data.map(({ argument, path: at }) => [argument, at]))
});

const digestOf = ({ consent: _consent, ...asked }: TrainingRequest): string =>
  createHash('sha256').update(JSON.stringify(asked)).digest('hex');

const keptOf = (
  request: TrainingRequest,
  ready: IReadyModule | undefined
): IKept => ({
  request: {
    ...request,
    arguments: withoutSecrets(
      request.arguments,
      ready?.about.train ?? undefined
    )
  },
  digest: digestOf(request)
});

/** Without passwords; where the data lie is none. */
const shown = (
  given: Record<string, unknown>,
  data: TrainingState['data'],
  ready: IReadyModule | undefined
): Record<string, unknown> =>
  withPaths(withoutSecrets(given, ready?.about.train ?? undefined), data);

async function checkTrain(
  { about }: IReadyModule,
  { title }: Module,
  given: Record<string, unknown>
): Promise<void> {
  const { train } = about;
  const takesNothing =
    !train || Object.keys(train.properties ?? {}).length === 0;
  if (takesNothing) {
    throw new DeepError(
      'module-not-implemented',
      `${title} cannot be trained: its API has no arguments for it.`,
      { hint: 'Choose a module that the catalogue shows as trainable.' }
    );
  }
  await checkArguments(train, given, []);
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

interface IMade {
  model: { name: string; folder: string };
}

/** The model folder that a training of our runtime made. */
function modelOf(output: unknown): IMade['model'] | undefined {
  const { model } = (output ?? {}) as Partial<IMade>;
  return typeof model?.name === 'string' && typeof model.folder === 'string'
    ? { name: model.name, folder: model.folder }
    : undefined;
}

/** Numbers that the module says of what it kept. */
function keptMetrics(output: unknown): Record<string, number> | undefined {
  const { metrics } = (output ?? {}) as { metrics?: unknown };
  const numbers = Object.entries((metrics ?? {}) as object).filter(
    ([, value]) => typeof value === 'number' && Number.isFinite(value)
  );
  return numbers.length > 0 ? Object.fromEntries(numbers) : undefined;
}

/** What a training left in the folder of models, found by its id. */
async function findRecord(models: string, training: string): Promise<unknown> {
  const names = await readdir(models).catch(() => []);
  for (const name of names.filter(each => !each.startsWith('.'))) {
    const folder = path.join(models, name);
    const text = await readFile(path.join(folder, RECORD), 'utf8').catch(
      () => ''
    );
    // Parsed only where it may be it.
    if (text.includes(training)) {
      const record = JSON.parse(text) as { training?: string };
      if (record.training === training) {
        return { ...record, model: { name, folder } };
      }
    }
  }
  return undefined;
}
