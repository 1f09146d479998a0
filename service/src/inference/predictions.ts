import {
  checkArguments,
  FileSource,
  IPredictReply
} from '@jupyterlab-deep/kernel-helpers/deepaas';
import {
  DeepError,
  Deployment,
  PredictionRequest,
  Run
} from '@jupyterlab-deep/protocol';
import { Catalogue } from '../catalogue/catalogue';
import { Deployments } from '../deployments/deployments';
import { IReadyModule } from '../deployments/life';
import { IRunInput, NewRun, RunJournal } from '../runs/journal';
import { RunPruning } from '../runs/pruning';
import { saveResult } from '../runs/results';
import { IWork, Running } from '../runs/running';
import { Store } from '../store/store';
import { IAsker, Inputs } from './inputs';
import { withoutSecrets } from './secrets';
import { Turns } from './turns';

/** Predictions that a module is asked for at once: it makes batches of what waits. */
const AT_ONCE = 8;
const TICK_MS = 1_000;

/** Predictions are runs: begun at once, carried out behind the answer. */
export class Predictions {
  constructor(private readonly _parts: Predictions.IParts) {}

  /**
   * Check a request, write its run down and begin it.
   *
   * @throws DeepError `not-found`, `module-broken`, `invalid-arguments`, `too-large`, `no-space`
   */
  async begin(request: PredictionRequest, asker: IAsker): Promise<Run> {
    const { catalogue, deployments, inputs, running, pruning } = this._parts;
    const { module } = await catalogue.get(request.module);
    const found = await inputs.find(request.module, request.files, asker);
    const ready = deployments.readyOf(module);
    await (ready && check(ready, request));
    // Also refuses a broken module, and lets its start and the copying of files go on side by side.
    const { id: deployment } = await deployments.start(
      request.module,
      request.consent
    );
    const about = {
      kind: 'prediction' as const,
      title: titleOf(module.title, found),
      module: module.id,
      deployment,
      arguments: withoutSecrets(request.arguments, ready?.about.predict)
    };
    const { run, kept } = await this._record(about, found);
    void running
      .carryOut(run.id, work =>
        this._turns.take(module.id, work.signal, () =>
          this._predict(request, kept, work)
        )
      )
      .then(() => pruning.afterRun(run.id));
    return run;
  }

  private async _record(
    about: NewRun,
    found: IRunInput[]
  ): Promise<{ run: Run; kept: IRunInput[] }> {
    const { inputs, journal, store } = this._parts;
    const id = RunJournal.newId();
    try {
      const kept = await inputs.keep(id, found);
      return { run: journal.create(id, about, kept), kept };
    } catch (error) {
      await store.removeFolder('runs', id);
      throw error;
    }
  }

  private async _predict(
    request: PredictionRequest,
    kept: IRunInput[],
    work: IWork
  ): Promise<Partial<Run>> {
    const inputs = await this._fetch(kept, work);
    const ready = await this._open(request.module, work);
    await check(ready, request);
    work.update({
      phase: 'Predicting',
      progress: undefined,
      arguments: withoutSecrets(request.arguments, ready.about.predict)
    });
    const reply = await this._ask(ready, request, inputs, work);
    const content =
      reply.value === undefined ? reply.body : JSON.stringify(reply.value);
    const { contentType, filename } = reply;
    const answer = { contentType, filename, content };
    return { result: await saveResult(this._parts.store, work.id, answer) };
  }

  private async _fetch(kept: IRunInput[], work: IWork): Promise<IRunInput[]> {
    if (!kept.some(({ address }) => address)) {
      return kept;
    }
    const inputs = await this._parts.inputs.fetch(kept, work);
    work.signal.throwIfAborted();
    this._parts.journal.fetched(work.id, inputs);
    return inputs;
  }

  /** Start the module where it does not run; the elapsed seconds are the progress. */
  private async _open(module: string, work: IWork): Promise<IReadyModule> {
    const { deployments, startSeconds } = this._parts;
    const since = Date.now();
    let phase = 'Asking for the module';
    const tell = (): void =>
      work.update({
        phase,
        progress: {
          done: Math.round((Date.now() - since) / 1000),
          total: startSeconds,
          unit: 's'
        }
      });
    const onStart = (deployment: Deployment): void => {
      const isReady = deployment.state === 'ready';
      phase = isReady ? phase : `Starting ${deployment.title}`;
      const startedAt = new Date().toISOString();
      work.update({
        state: 'running',
        phase,
        startedAt,
        deployment: deployment.id
      });
    };
    const ticker = setInterval(tell, TICK_MS);
    try {
      return await deployments.use(module, work.signal, onStart);
    } finally {
      clearInterval(ticker);
    }
  }

  private async _ask(
    { client, deployment }: IReadyModule,
    request: PredictionRequest,
    inputs: IRunInput[],
    { signal }: IWork
  ): Promise<IPredictReply> {
    const { deployments, predictMinutes } = this._parts;
    try {
      return await client.predict(request.arguments, sources(inputs), {
        accept: request.accept,
        signal,
        timeoutMs: predictMinutes * 60_000
      });
    } catch (error) {
      // A connection that breaks says little: the end of the process says why.
      const isCut = (error as DeepError).key === 'module-unreachable';
      throw (isCut && (await deployments.explainEnd(deployment))) || error;
    }
  }

  private readonly _turns = new Turns(AT_ONCE);
}

export namespace Predictions {
  export interface IParts {
    catalogue: Catalogue;
    deployments: Deployments;
    inputs: Inputs;
    journal: RunJournal;
    running: Running;
    pruning: RunPruning;
    store: Store;
    startSeconds: number;
    predictMinutes: number;
  }
}

const check = (
  { about }: IReadyModule,
  request: PredictionRequest
): Promise<void> =>
  checkArguments(about.predict, request.arguments, Object.keys(request.files));

const titleOf = (module: string, inputs: IRunInput[]): string =>
  [module, ...inputs.map(({ name }) => name)].join(': ');

const sources = (inputs: IRunInput[]): Record<string, FileSource> =>
  Object.fromEntries(
    inputs.map(({ argument, path, name, contentType }) => [
      argument,
      { path, filename: name, contentType }
    ])
  );
